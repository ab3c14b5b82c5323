"""Form 347 of Spain: operations of a year with one party, and 349: those with operators of other member states.

Source: RD 1065/2007 art. 31-35 (347: more than 3,005.06 euro with taxes in the year, sales and purchases apart; not
what is told in forms of withholdings and of the Union, nor imports and exports); Orden EHA/769/2010 (349).
"""

from dataclasses import dataclass
from decimal import Decimal

LEAST = Decimal("3005.06")  # told is what is more
KEYS_OF_347 = {"sales": "B", "purchases": "A"}
# Categories whose operations other forms tell: within the Union (349), exports and imports (customs).
TOLD_ELSEWHERE = ("K", "G")


@dataclass(frozen=True, slots=True)
class Operations:
    """What a year brought with a party in euro, taxes included, signed: credits count less. `key` is A or B.

    `party` names it in addresses: its tax id as ids compare, or the id of its contact where it has none.
    """

    key: str
    party: str
    name: str
    tax_id: str
    total: Decimal
    quarters: tuple[Decimal, Decimal, Decimal, Decimal]
    count: int


@dataclass(frozen=True, slots=True)
class Operator:
    """What a period brought with an operator of another member state, without tax; `key` is E, S, A or I."""

    key: str
    party: str
    name: str
    tax_id: str
    taxable: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """What bills of a period withhold at one percentage: over which sums, how much, of how many suppliers."""

    percent: Decimal
    taxable: Decimal
    tax: Decimal
    parties: int
    count: int


RENT_PERCENT = Decimal(19)  # the rate of rents: RD 439/2007 art. 100; also of a few others, which a bill cannot tell


def form_of_withheld(percent: Decimal) -> str:
    """The form that sums of this percentage usually belong to: 115 for the rate of rents, 111 for any other."""
    return "115" if percent == RENT_PERCENT else "111"


def operator_key(category: str, is_sale: bool) -> str:
    """The key of form 349: E and S are sales of goods and services, A and I purchases of them."""
    if category == "K":
        return "E" if is_sale else "A"
    return "S" if is_sale else "I"

"""What a person types of a document: plain values, the same for the editor, a conversion and a stored template."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

MOST_LINES = 500  # typed by hand; an imported document may have more


@dataclass(frozen=True, slots=True)
class Tax:
    """How a line is taxed. Percentages are whole percents (21 is 21 %); None where the category has no rate.

    `category` is UNTDID 5305: S standard, Z zero, E exempt, AE reverse charge, K intra-community, G export, O not
    subject, L IGIC, M IPSI. `exemption_reason` "" means the usual words of category and code (`documents.words`).
    """

    category: str
    percent: Decimal | None
    surcharge_percent: Decimal = Decimal(0)
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class LineContent:
    """A line as it is typed. `unit` is of UN/ECE Recommendation 20, "" for none."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    tax: Tax
    discount_percent: Decimal = Decimal(0)
    withholding_percent: Decimal = Decimal(0)
    description: str = ""
    unit: str = ""
    item_number: str = ""


@dataclass(frozen=True, slots=True)
class AdjustmentContent:
    """A discount (or, `is_charge`, a charge) of the whole document: a percentage of all lines or an amount.

    Exactly one of `percent` and `amount` is given. Without `tax` it is spread over the taxes of the lines.
    """

    reason: str
    is_charge: bool = False
    percent: Decimal | None = None
    amount: Decimal | None = None
    tax: Tax | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is typed of a document. `number` is for kinds that their supplier numbers.

    `delivery` is an address of this document alone (its parts as in `rules.DELIVERY_PARTS`), empty for the contact's;
    None leaves what a draft has.
    """

    contact_id: UUID
    currency: str
    issued_on: date
    lines: tuple[LineContent, ...] = ()
    adjustments: tuple[AdjustmentContent, ...] = ()
    due_on: date | None = None
    delivered_on: date | None = None
    language: str = "en"
    number: str = ""
    series_id: UUID | None = None
    buyer_reference: str = ""
    order_reference: str = ""
    note: str = ""
    terms: str = ""
    delivery: Mapping[str, str] | None = None

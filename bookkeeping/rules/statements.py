"""What a statement must fit: which account it is of, and whether it joins what is known."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from advisory_portal.formats.bank import ColumnMapping

STATEMENTS = "bookkeeping.statements"
RECONCILE = "bookkeeping.reconcile"
COLUMNS = (
    "date", "value_date", "amount", "debit", "credit", "balance", "text", "counterparty_name", "counterparty_account",
    "reference", "bank_id", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account as statements may name it."""

    id: str
    iban: str
    number: str


def account_key(iban: str, number: str) -> str:
    """By what a statement names its account: its IBAN, else its number without spaces; "" for neither."""
    return iban or "".join(one for one in number.upper() if one.isalnum())


def account_of(iban: str, number: str, accounts: Sequence[KnownAccount]) -> str | None:
    """The id of the account that a statement is of: by IBAN, by number, or by a number within an IBAN."""
    wanted = account_key(iban, number)
    if not wanted:
        return None
    for one in accounts:
        if wanted in (one.iban, account_key("", one.number)) and wanted:
            return one.id
    inside = [one.id for one in accounts if one.iban and len(wanted) >= 8 and one.iban.endswith(wanted)]
    return inside[0] if len(inside) == 1 else None


def gap_before(opening: Decimal | None, starts_on: date | None, last: tuple[date, Decimal] | None) -> Decimal | None:
    """What the opening balance differs from the last one that is known; None where they join or nothing can be said.

    `last` is the day and closing balance of the statement before.
    """
    if opening is None or last is None or starts_on is None or starts_on < last[0]:
        return None
    return opening - last[1] if opening != last[1] else None


def mapping_as_json(mapping: ColumnMapping) -> dict[str, Any]:
    """A mapping as JSON keeps it."""
    return asdict(mapping) | {"text": list(mapping.text)}


def mapping_of_json(kept: dict[str, Any]) -> ColumnMapping:
    """The mapping that JSON kept."""
    return ColumnMapping(**(kept | {"text": tuple(kept["text"])}))


def chosen_mapping(chosen: Sequence[str], *, head_row: int, date_order: str, decimal_mark: str) -> ColumnMapping | None:
    """The mapping that says of each column one of COLUMNS or ""; None without a date and an amount (or both sides),
    and where a kind other than the text is said twice.
    """
    places: dict[str, list[int]] = {kind: [] for kind in COLUMNS}
    for place, kind in enumerate(chosen):
        if kind in places:
            places[kind].append(place)
    texts = tuple(places.pop("text"))
    if any(len(found) > 1 for found in places.values()):
        return None
    single = {kind: found[0] if found else None for kind, found in places.items()}
    day = single.pop("date")
    sides = (single["debit"], single["credit"])
    if day is None or (single["amount"] is None and None in sides):
        return None
    if single["amount"] is not None and any(side is not None for side in sides):
        return None
    return ColumnMapping(
        head_row=head_row, date=day, date_order=date_order, decimal_mark=decimal_mark, text=texts, **single
    )

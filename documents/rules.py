"""Pure rules of documents: which section a kind belongs to, how states move, how totals are computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from advisory_portal.core.money import round_money

SALES_KINDS = ("invoice", "credit_note", "quote", "proforma", "sales_order", "delivery_note")
PURCHASE_KINDS = ("bill", "supplier_credit_note", "purchase_order")
PORTAL_KINDS = (*SALES_KINDS, "purchase_order")
IMPORTED_KINDS = ("invoice", "credit_note", "bill", "supplier_credit_note")
PAYABLE_KINDS = ("invoice", "credit_note", "sales_order", "bill", "supplier_credit_note")

DRAFT, ISSUED, PARTIALLY_PAID, PAID, VOID = "draft", "issued", "partially_paid", "paid", "void"

_MOVES: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({ISSUED}),
    ISSUED: frozenset({VOID}),
}
_PAYABLE_MOVES: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({ISSUED}),
    ISSUED: frozenset({PARTIALLY_PAID, PAID, VOID}),
    PARTIALLY_PAID: frozenset({ISSUED, PAID}),
    PAID: frozenset({ISSUED, PARTIALLY_PAID}),
}


def section_of(kind: str) -> str:
    """The section of the account whose level decides over documents of this kind: `sales` or `purchases`."""
    return "purchases" if kind in PURCHASE_KINDS else "sales"


def moves_of(kind: str) -> Mapping[str, frozenset[str]]:
    """The arrows between the states of a document of this kind."""
    return _PAYABLE_MOVES if kind in PAYABLE_KINDS else _MOVES


def state_after_settling(payable: Decimal, settled: Decimal) -> str:
    """Where a payable document stands once `settled` of `payable` has been received; signs follow the document's."""
    if payable < 0:
        payable, settled = -payable, -settled
    if settled <= 0:
        return ISSUED
    return PAID if settled >= payable else PARTIALLY_PAID


def is_overdue(state: str, due_on: date | None, today: date) -> bool:
    """Whether something is still open after the last day on which it could be paid in time."""
    return state in (ISSUED, PARTIALLY_PAID) and due_on is not None and due_on < today


def shown_state(kind: str, state: str, due_on: date | None, today: date) -> str:
    """The state as people read it: what is still open after its due date is `overdue`."""
    return "overdue" if kind in PAYABLE_KINDS and is_overdue(state, due_on, today) else state


def imported_kind(file_kind: str, direction: str) -> str:
    """The kind of a file's document: `invoice` or `credit_note`, in the direction `sales` or `purchases`."""
    if direction == "sales":
        return file_kind
    return {"invoice": "bill", "credit_note": "supplier_credit_note"}[file_kind]


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What the totals need of a line: its net in whole currency units, and its tax group."""

    net: Decimal
    tax_category: str
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class TaxGroup:
    category: str
    percent: Decimal
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    lines_net: Decimal
    tax_exclusive: Decimal
    tax_total: Decimal
    payable: Decimal
    groups: Sequence[TaxGroup]


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal, currency: str) -> Decimal:
    """Quantity times price less a percentage, rounded half up to the currency. Source: EN 16931 BT-131."""
    return round_money(quantity * unit_price * (Decimal(100) - discount_percent).scaleb(-2), currency)


def totals(lines: Iterable[LineFigures], currency: str) -> Totals:
    """Totals of a document whose tax is computed once per rate group. Source: EN 16931 BR-CO-10, -14, -15, -17."""
    taxable: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.tax_category, line.tax_percent)
        taxable[key] = taxable.get(key, Decimal(0)) + line.net
    groups = [
        TaxGroup(category, percent, base, round_money(base * percent.scaleb(-2), currency))
        for (category, percent), base in sorted(taxable.items())
    ]
    net = sum(taxable.values(), Decimal(0))
    tax = sum((group.tax for group in groups), Decimal(0))
    return Totals(lines_net=net, tax_exclusive=net, tax_total=tax, payable=net + tax, groups=groups)


def series_number(prefix: str, year: int, sequence: int) -> str:
    """The number of the next document of a series: prefix, year, four digits or more."""
    return f"{prefix}{year}-{sequence:04d}"


def tax_id_key(tax_id: str) -> str:
    """A tax id as it is compared: capitals and digits only, at most 60."""
    return "".join(character for character in tax_id.upper() if character.isalnum())[:60]


KIND_SLUGS = {
    "invoices": "invoice",
    "credit-notes": "credit_note",
    "quotes": "quote",
    "proformas": "proforma",
    "sales-orders": "sales_order",
    "delivery-notes": "delivery_note",
    "bills": "bill",
    "supplier-credit-notes": "supplier_credit_note",
    "purchase-orders": "purchase_order",
}
SLUG_OF_KIND = {kind: slug for slug, kind in KIND_SLUGS.items()}

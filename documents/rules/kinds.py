"""Kinds of documents: which section they belong to, how their states move, what they are called in addresses."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

SALES_KINDS = ("invoice", "credit_note", "quote", "proforma", "sales_order", "delivery_note", "recurring_invoice")
PURCHASE_KINDS = ("bill", "supplier_credit_note", "purchase_order")
PORTAL_KINDS = ("invoice", "credit_note", "quote", "proforma", "sales_order", "delivery_note", "purchase_order")
IMPORTED_KINDS = ("invoice", "credit_note", "bill", "supplier_credit_note")
PAYABLE_KINDS = ("invoice", "credit_note", "sales_order", "bill", "supplier_credit_note")
SUPPLIER_NUMBERED_KINDS = ("bill", "supplier_credit_note")  # their number is typed; the others take it from a series
INVOICE_KINDS = ("invoice", "credit_note")  # what the law of invoices is about
CREDITED_BY = {"invoice": "credit_note", "bill": "supplier_credit_note"}
CONVERSIONS: Mapping[str, tuple[str, ...]] = {
    "quote": ("proforma", "sales_order", "invoice"),
    "proforma": ("invoice",),
    "sales_order": ("delivery_note", "invoice"),
    "delivery_note": ("invoice",),
    "purchase_order": ("bill",),
}
HAND_METHODS = ("transfer", "card", "cash", "direct_debit", "cheque", "other")  # of payments that people record
GATEWAY_METHODS = ("stripe", "paypal", "square")  # of payments that a gateway holds until it pays them out
CREDIT_METHOD = "credit_note"  # a credit note set off against an invoice

DRAFT, ISSUED, PARTIALLY_PAID, PAID, VOID = "draft", "issued", "partially_paid", "paid", "void"
ACCEPTED, DECLINED = "accepted", "declined"  # of quotes

_MOVES: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({ISSUED}),
    ISSUED: frozenset({VOID}),
}
_QUOTE_MOVES: Mapping[str, frozenset[str]] = {  # what was decided stays decided
    DRAFT: frozenset({ISSUED}),
    ISSUED: frozenset({ACCEPTED, DECLINED, VOID}),
}
_TEMPLATE_MOVES: Mapping[str, frozenset[str]] = {DRAFT: frozenset()}  # a recurring invoice is never issued itself
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
    if kind == "recurring_invoice":
        return _TEMPLATE_MOVES
    if kind == "quote":
        return _QUOTE_MOVES
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


def is_expired(state: str, due_on: date | None, today: date) -> bool:
    """Whether nobody decided on a quote in time. The last day belongs to it; `today` is the business's."""
    return state == ISSUED and due_on is not None and due_on < today


def waits_for_money(kind: str, state: str, *, is_invoiced: bool) -> bool:
    """Whether something of a document is still to be paid, on the document itself."""
    return kind in PAYABLE_KINDS and state in (ISSUED, PARTIALLY_PAID) and not is_invoiced


def shown_state(kind: str, state: str, due_on: date | None, today: date, *, is_invoiced: bool = False) -> str:
    """The state as people read it: what is still open after its due date is `overdue`, of quotes `expired`.

    A sales order that was invoiced before all of it was paid is `invoiced`: it is paid on its invoice.
    """
    if is_invoiced and state in (ISSUED, PARTIALLY_PAID):
        return "invoiced"
    if kind == "quote":
        return "expired" if is_expired(state, due_on, today) else state
    return "overdue" if kind in PAYABLE_KINDS and is_overdue(state, due_on, today) else state


def imported_kind(file_kind: str, direction: str) -> str:
    """The kind of a file's document: `invoice` or `credit_note`, in the direction `sales` or `purchases`."""
    if direction == "sales":
        return file_kind
    return {"invoice": "bill", "credit_note": "supplier_credit_note"}[file_kind]


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
    "recurring-invoices": "recurring_invoice",
}
SLUG_OF_KIND = {kind: slug for slug, kind in KIND_SLUGS.items()}

"""Words for kinds of documents, one table for every page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Two sets, because languages have genders: an invoice and a bill, against a quote, an order or a note.
_STATES = {
    "draft": _("Draft"),
    "issued": _("Issued"),
    "partially_paid": _("Partly paid"),
    "paid": _("Paid"),
    "void": _("Void"),
    "overdue": _("Overdue"),
}
_STATES_OF_ORDERS = {
    "draft": pgettext_lazy("quote, order or note", "Draft"),
    "issued": pgettext_lazy("quote, order or note", "Issued"),
    "partially_paid": pgettext_lazy("quote, order or note", "Partly paid"),
    "paid": pgettext_lazy("quote, order or note", "Paid"),
    "void": pgettext_lazy("quote, order or note", "Void"),
    "overdue": pgettext_lazy("quote, order or note", "Overdue"),
}
_ORDERS = ("quote", "sales_order", "delivery_note", "purchase_order")


def state_label(kind: str, state: str) -> str:
    """A document's state, as `rules.shown_state` names it, in words that agree with its kind."""
    return str((_STATES_OF_ORDERS if kind in _ORDERS else _STATES)[state])


@dataclass(frozen=True, slots=True)
class Words:
    """What a list of a kind is called, and what it says when it is empty."""

    plural: str | Promise
    empty: str | Promise
    next_step: str | Promise


_IMPORT = _("Import the ones you have already issued: UBL or CII files, one by one or as a ZIP.")
_RECEIVED = _("Import what your suppliers sent you: UBL or CII files, one by one or as a ZIP.")

KIND_WORDS = {
    "invoice": Words(_("Invoices"), _("No invoices yet"), _IMPORT),
    "credit_note": Words(_("Credit notes"), _("No credit notes yet"), _IMPORT),
    "quote": Words(_("Quotes"), _("No quotes yet"), _("Quotes that you send to customers are listed here.")),
    "proforma": Words(_("Pro formas"), _("No pro formas yet"), _("Pro forma invoices are listed here.")),
    "sales_order": Words(_("Sales orders"), _("No sales orders yet"), _("Orders of your customers are listed here.")),
    "delivery_note": Words(
        _("Delivery notes"), _("No delivery notes yet"), _("What you deliver to customers is listed here.")
    ),
    "bill": Words(_("Bills"), _("No bills yet"), _RECEIVED),
    "supplier_credit_note": Words(_("Supplier credit notes"), _("No supplier credit notes yet"), _RECEIVED),
    "purchase_order": Words(
        _("Purchase orders"), _("No purchase orders yet"), _("Orders that you place with suppliers are listed here.")
    ),
    "recurring_invoice": Words(
        _("Recurring invoices"),
        _("No recurring invoices yet"),
        _("An invoice that comes back every month or year is made by itself. Start from any invoice."),
    ),
}

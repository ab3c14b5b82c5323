"""Words for kinds of documents, one table for every page."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from advisory_portal.core.formatting import format_number

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

# --- The editor ----------------------------------------------------------------------------------------------

NEW_WORDS = {
    "invoice": _("New invoice"),
    "credit_note": _("New credit note"),
    "quote": _("New quote"),
    "proforma": _("New pro forma"),
    "sales_order": _("New sales order"),
    "delivery_note": _("New delivery note"),
    "bill": _("New bill"),
    "supplier_credit_note": _("New supplier credit note"),
    "purchase_order": _("New purchase order"),
}

PART_LABELS = {  # of a line, and of a discount or surcharge of the whole document
    "name": _("Description"),
    "description": _("Details"),
    "item_number": _("Item number"),
    "quantity": _("Quantity"),
    "unit": _("Unit"),
    "unit_price": _("Price"),
    "discount": _("Discount"),
    "tax": _("Tax"),
    "withholding": _("Withholding"),
    "reason": _("Reason"),
    "value": _("Amount"),
    "charge": _("Surcharge"),
}

UNIT_NAMES = {  # UN/ECE Recommendation 20
    "": _("no unit"),
    "C62": _("pieces"),
    "HUR": _("hours"),
    "DAY": _("days"),
    "WEE": _("weeks"),
    "MON": _("months"),
    "ANN": _("years"),
    "KGM": _("kilograms"),
    "GRM": _("grams"),
    "TNE": _("tonnes"),
    "LTR": _("litres"),
    "MTR": _("metres"),
    "KMT": _("kilometres"),
    "MTK": _("square metres"),
    "MTQ": _("cubic metres"),
    "KWH": _("kilowatt hours"),
    "XPK": _("packages"),
    "XBX": _("boxes"),
    "P1": _("percent"),
}

METHODS = {  # how a payment came in or went out
    "transfer": _("Bank transfer"),
    "card": _("Card"),
    "cash": _("Cash"),
    "direct_debit": _("Direct debit"),
    "cheque": _("Cheque"),
    "credit_note": _("Credit note"),
    "other": _("Other"),
}

# --- Taxes ---------------------------------------------------------------------------------------------------

_EXEMPTIONS = {  # by category or VATEX code: what an invoice says where no tax is charged
    "E": _("Exempt from VAT"),
    "AE": _("Reverse charge: the customer declares the VAT"),
    "K": _("Intra-community supply, exempt (art. 138 of Directive 2006/112/EC)"),
    "G": _("Export outside the EU, exempt (art. 146 of Directive 2006/112/EC)"),
    "O": _("Not subject to VAT"),
    "VATEX-EU-132": _("Exempt in the public interest: health, education, sport, culture (art. 132)"),
    "VATEX-EU-135": _("Exempt: insurance, finance, letting, land (art. 135)"),
    "VATEX-EU-148": _("Exempt: ships, aircraft and what serves them (art. 148)"),
    "VATEX-EU-151": _("Exempt: diplomatic and international bodies (art. 151)"),
}
_TAX_NAMES = {
    "L": "IGIC",
    "M": "IPSI",
}


def exemption_text(category: str, code: str = "") -> str:
    """Why a category (UNTDID 5305), or an exemption of it (VATEX code), bears no tax; "" for one that does."""
    return str(_EXEMPTIONS.get(code) or _EXEMPTIONS.get(category, ""))


def tax_label(category: str, percent: Decimal | None, surcharge: Decimal = Decimal(0), code: str = "") -> str:
    """A tax as people choose it, in the active language: "VAT 21 %", "VAT 21 % + surcharge 5.2 %", "Reverse charge"."""
    if category in _EXEMPTIONS:
        return exemption_text(category, code)
    words = _("%(tax)s %(percent)s %%")
    if surcharge:
        words = _("%(tax)s %(percent)s %% + surcharge %(surcharge)s %%")
    return str(words) % {
        "tax": _TAX_NAMES.get(category) or pgettext("on an invoice", "VAT"),
        "percent": format_number(percent or Decimal(0)),
        "surcharge": format_number(surcharge),
    }

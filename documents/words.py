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
    "accepted": pgettext_lazy("quote, order or note", "Accepted"),
    "declined": pgettext_lazy("quote, order or note", "Declined"),
    "expired": pgettext_lazy("quote, order or note", "Expired"),
    "void": pgettext_lazy("quote, order or note", "Void"),
    "overdue": pgettext_lazy("quote, order or note", "Overdue"),
    "invoiced": pgettext_lazy("quote, order or note", "Invoiced"),
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

CONVERT_WORDS = {  # the button that makes a document of this kind from another
    "proforma": _("Make a pro forma"),
    "sales_order": _("Make a sales order"),
    "delivery_note": _("Make a delivery note"),
    "invoice": _("Make an invoice"),
    "bill": _("Make a bill"),
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
    "stripe": _("Card, by Stripe"),
    "paypal": "PayPal",
    "square": _("Card, by Square"),
    "other": _("Other"),
}

# --- Taxes ---------------------------------------------------------------------------------------------------

_EXEMPTIONS: dict[str, Promise] = {  # by category or VATEX code: what an invoice says where no tax is charged
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
    return str(_EXEMPTIONS[code] if code in _EXEMPTIONS else _EXEMPTIONS.get(category, ""))


def tax_label(category: str, percent: Decimal | None, surcharge: Decimal = Decimal(0), code: str = "") -> str:
    """A tax as people choose it, in the active language: "VAT 21 %", "VAT 21 % + surcharge 5.2 %", "Reverse charge"."""
    if category in _EXEMPTIONS:
        return exemption_text(category, code)
    words = _("%(tax)s %(percent)s %%")
    if surcharge:
        words = _("%(tax)s %(percent)s %% + surcharge %(surcharge)s %%")
    return str(words) % {
        "tax": _TAX_NAMES.get(category, "") or pgettext("on an invoice", "VAT"),
        "percent": format_number(percent or Decimal(0)),
        "surcharge": format_number(surcharge),
    }


# --- Reminders and jobs --------------------------------------------------------------------------------------

REMINDER_WORDS = (  # subject and text of each step, with placeholders; rules.reminders says which
    (
        _("Reminder: invoice {number}"),
        _(
            "Hello {name},\n\nperhaps it was overlooked: invoice {number} over {amount} was due on {due}. "
            "If it is paid already, ignore this mail.\n\nKind regards,\n{business}"
        ),
    ),
    (
        _("Second reminder: invoice {number}"),
        _(
            "Hello {name},\n\ninvoice {number} was due on {due}, {days} days ago, and {amount} is still open. "
            "Please pay it in the next days, or tell us what keeps you from it.\n\nKind regards,\n{business}"
        ),
    ),
    (
        _("Last reminder: invoice {number}"),
        _(
            "Hello {name},\n\ninvoice {number} over {amount} has been due since {due}, and our reminders had no "
            "answer. Please pay it within seven days.\n\nKind regards,\n{business}"
        ),
    ),
)

JOB_WORDS = {  # by kind of job
    "documents.import": _("Import"),
    "documents.review": _("Mark as reviewed"),
    "documents.issue": _("Issue"),
    "documents.send": _("Send"),
    "documents.pack": _("PDFs in a ZIP"),
    "documents.export": _("Table"),
}

# What the columns of a list of contacts hold; the names stand at the head of exports and are read back by imports.
CONTACT_COLUMNS = {
    "name": _("Name"),
    "kind": _("Kind"),
    "is_person": _("A person"),
    "tax_id": _("Tax id"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "website": _("Website"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country"),
    "language": _("Language"),
    "currency": _("Currency"),
    "payment_days": _("Days to pay"),
    "withholding_percent": _("Withholding, in percent"),
    "pays_surcharge": _("Pays the equivalence surcharge"),
    "note": _("Note"),
    "delivery_street": _("Delivery street"),
    "delivery_postcode": _("Delivery postcode"),
    "delivery_city": _("Delivery city"),
    "delivery_region": _("Delivery region"),
    "delivery_country": _("Delivery country"),
    "delivery": _("Delivery address"),
}
# Why a cell of such a list cannot be taken.
CELL_ERRORS = {
    "missing": _("The name is missing."),
    "too_long": _("The text is too long."),
    "email": _("This is not an e-mail address."),
    "website": _("This is not the address of a website."),
    "kind": _("Write customer, supplier or both."),
    "flag": _("Write yes or no."),
    "tax_id": _("This is not a tax id of the country of the contact."),
    "country": _("This country is not known. Write its name or its code of two letters."),
    "language": _("This language is not known. Write its name or its code."),
    "currency": _("This currency is not known. Write its code of three letters."),
    "days": _("Write a number of days from 0 to 365."),
    "percent": _("Write a number from 0 to 100 with at most two decimals."),
    "failed": _("This row could not be processed, after several tries."),
}

PERIOD_WORDS = {  # by what the address of a list says
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "this-quarter": _("This quarter"),
    "last-quarter": _("Last quarter"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
}

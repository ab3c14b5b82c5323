"""A statement of account as PDF."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from advisory_portal.core.formatting import active_language, format_date, locale_of
from client_portal.rows.statement import Account, Statement
from documents import sheets
from documents.models import Contact
from partners.models import Organisation


def statement_pdf(
    shown: Statement, *, business: Organisation, contact: Contact, look: sheets.Look, currency: str
) -> bytes:
    """The account of one currency, in the language that is active; an empty one where there is nothing in it."""
    found = next((one for one in shown.accounts if one.currency == currency), None)
    accounts = [found] if found else shown.accounts[:1]
    return sheets.render_statement(_sheet(shown, accounts, business, contact), look)


def _sheet(
    shown: Statement, accounts: list[Account], business: Organisation, contact: Contact
) -> sheets.StatementSheet:
    rows = [(row.day, row.text, row.charged, row.paid, row.balance) for one in accounts for row in one.rows]
    totals = [
        pair
        for one in accounts
        for pair in (
            (_("Opening balance"), one.opening),
            (_("Charged"), one.charged),
            (pgettext("statement", "Paid"), one.paid),
            (_("Closing balance"), one.closing),
        )
    ]
    ages = [(label, amount) for one in accounts for label, amount, _is_late in one.ages]
    ages += [(_("In your favour"), one.credit) for one in accounts if one.credit]
    return sheets.StatementSheet(
        period=_period(shown),
        language=active_language(),
        country=business.country,
        business=_side(business),
        contact=_side(contact),
        facts=((_("From"), format_date(shown.since)), (_("To"), format_date(shown.until))),
        rows=tuple(rows),
        totals=tuple(totals) or ((_("Closing balance"), "–"),),
        ages=tuple(ages),
        notes=(_("There is more in this period than fits here. Choose a shorter one."),) if shown.is_cut else (),
        created_at=timezone.now(),
    )


def _period(shown: Statement) -> str:
    return f"{format_date(shown.since)} – {format_date(shown.until)}"


def _side(party: Organisation | Contact) -> sheets.Side:
    parts = ("street", "city", "postcode", "region", "country")
    address = {name: str(getattr(party, name, "")) for name in parts}
    tax_id = f"{_('VAT no.')} {party.tax_id}" if party.tax_id else ""
    lines = tuple(sheets.address_lines(address, locale_of(active_language())))
    return sheets.Side(party.name, address=lines, tax_id=tax_id, email=party.email)

"""A statement of account on paper: the sheet of a document, whose lines are what was charged and paid."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents import pdf
from documents.sheets.writer import Look


@dataclass(frozen=True, slots=True)
class Side:
    """The business or the contact: a name, the lines of its address, its tax id with its label."""

    name: str
    address: tuple[str, ...] = ()
    tax_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """Finished words in `language`. A row is day, what, charged, paid, balance; `ages` and `totals` label and amount.

    The last of `totals` is the balance that the reader looks for.
    """

    period: str
    language: str
    country: str
    business: Side
    contact: Side
    facts: pdf.Pairs
    rows: tuple[tuple[str, str, str, str, str], ...]
    totals: pdf.Pairs
    ages: pdf.Pairs
    notes: tuple[str, ...]
    created_at: datetime


def render_statement(words: StatementSheet, look: Look) -> bytes:
    """The statement as PDF/A-3 in the business's layout. A thousand rows take about a second."""
    *parts, balance = words.totals
    sheet = pdf.Sheet(
        title=_("Statement of account"),
        number=words.period,
        language=words.language,
        paper=pdf.paper_for(words.country),
        business=pdf.Business(**_party(words.business), accent=look.accent, logo=look.logo),
        customer=pdf.Customer(**_party(words.contact), heading=_("For")),
        columns=pdf.Columns(
            position=_("Date"),
            name=_("Document"),
            unit_price=_("Charged"),
            tax=pgettext("statement", "Paid"),
            net=_("Balance"),
        ),
        created_at=words.created_at,
        page_pattern=_("Page {page} of {pages}"),
        facts=words.facts,
        lines=tuple(
            pdf.Line(position=day, name=text, unit_price=charged, tax=paid, net=sum_so_far)
            for day, text, charged, paid, sum_so_far in words.rows
        ),
        totals=(*(pdf.Total(*one) for one in parts), pdf.Total(*balance, emphasis=True)),
        tax_columns=pdf.TaxRow(_("What is open"), "", _("Amount")),
        taxes=tuple(pdf.TaxRow(label, "", amount) for label, amount in words.ages),
        notes_title=_("Notes"),
        notes=words.notes,
        footer=(look.footer,) if look.footer else (),
        layout=look.layout,
    )
    return pdf.render_pdf(sheet)


def _party(side: Side) -> dict[str, Any]:
    return {"name": side.name, "address": side.address, "tax_id": side.tax_id, "email": side.email}

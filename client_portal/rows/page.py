"""What stands beside a document in the portal: its state, its money, the files that go with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_date, money_formatter
from client_portal.models.readings import Paid, SharedFile
from client_portal.words import contacts_state
from documents import rules
from documents.models import Document, Kind
from documents.words import METHODS

_HOLE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Side:
    """The head of the side bar. `amount` is what is asked for, or the total; `facts` are labels and values."""

    title: str
    state: str
    state_label: str
    amount_label: str
    amount: str
    facts: list[tuple[str, str]]


def side_of(document: Document, today: date) -> Side:
    """What the contact sees first of a document: what it is, how it stands, what is due and until when."""
    state = rules.shown_state(document.kind, document.state, document.due_on, today, is_invoiced=document.is_invoiced)
    money = money_formatter(active_language(), document.currency)
    is_open = rules.waits_for_money(document.kind, document.state, is_invoiced=document.is_invoiced)
    is_due = is_open and document.kind != Kind.CREDIT_NOTE
    facts = []
    if is_open and document.settled:
        facts.append((_("Total"), money(document.payable)))
        facts.append((_("Paid so far"), money(document.settled)))
    if document.due_on and (is_due or document.kind == Kind.QUOTE):
        label = _("Valid until") if document.kind == Kind.QUOTE else _("Due")
        facts.append((label, format_date(document.due_on)))
    facts.append((_("Date"), format_date(document.issued_on)))
    return Side(
        title=f"{Kind(document.kind).label} {document.number}",
        state=state,
        state_label=contacts_state(document.kind, state),
        amount_label=_amount_label(document, is_due=is_due, is_open=is_open),
        amount=money(document.outstanding if is_open else document.payable),
        facts=facts,
    )


def _amount_label(document: Document, *, is_due: bool, is_open: bool) -> str:
    if is_due:
        return _("Amount due")
    return _("In your favour") if is_open else _("Total")


@dataclass(frozen=True, slots=True)
class PaymentLine:
    day: str
    method: str
    amount: str


def payment_rows(document: Document, settlements: Iterable[Paid]) -> list[PaymentLine]:
    """The document's payments, oldest first; what was taken back is negative."""
    money, language = money_formatter(active_language(), document.currency), active_language()
    return [
        PaymentLine(
            day=format_date(one.received_on, language),
            method=str(METHODS.get(one.method, one.method)),
            amount=money(one.amount),
        )
        for one in settlements
    ]


@dataclass(frozen=True, slots=True)
class FileRow:
    href: str
    name: str
    size: str


def file_rows(files: Iterable[SharedFile], *, slug: str) -> list[FileRow]:
    """The files that the business shares with the document."""
    pattern = reverse("client_portal:attachment", args=[slug, _HOLE])
    return [FileRow(pattern.replace(str(_HOLE), str(one.id)), one.name, filesizeformat(one.size)) for one in files]

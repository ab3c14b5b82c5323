"""Rows of the portal's lists."""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_date, money_formatter
from client_portal.models.listed import ListedDocument
from client_portal.words import contacts_state
from documents import rules
from documents.models import Kind
from documents.words import METHODS


@lru_cache(maxsize=4096)
def documents_address(slug: str) -> str:
    """What the addresses of all documents of a portal begin with; an id and a stroke follow."""
    hole = UUID(int=0)
    return reverse("client_portal:document", args=[slug, hole]).removesuffix(f"{hole}/")


class DocumentRow(NamedTuple):
    """A document in a list of the portal. `state` chooses the pill's colour; `left` is what is still to be paid."""

    href: str
    kind: str
    number: str
    date: str
    due: str
    state: str
    state_label: str
    amount: str
    left: str
    id: str


def document_rows(documents: Iterable[ListedDocument], *, slug: str, today: date) -> list[DocumentRow]:
    """The documents as rows of a contact's list. Makes no query."""
    language, before = active_language(), documents_address(slug)
    kinds = cache(lambda kind: str(Kind(kind).label))
    state_labels = cache(contacts_state)
    rows = []
    for document in documents:
        state = rules.shown_state(
            document.kind, document.state, document.due_on, today, is_invoiced=document.is_invoiced
        )
        money = money_formatter(language, document.currency)
        is_open = rules.waits_for_money(document.kind, document.state, is_invoiced=document.is_invoiced)
        rows.append(
            DocumentRow(
                href=f"{before}{document.pk}/",
                kind=kinds(document.kind),
                number=document.number,
                date=format_date(document.issued_on, language),
                due=format_date(document.due_on, language) if document.due_on else "",
                state=state.replace("_", "-"),
                state_label=state_labels(document.kind, state),
                amount=money(document.payable),
                left=money(document.outstanding) if is_open else "",
                id=str(document.pk),
            )
        )
    return rows


class PaymentRow(NamedTuple):
    """Money on one of the contact's documents; what went back to the contact is negative and says so.

    `receipt` leads to the receipt of what was paid online, "" for other money.
    """

    date: str
    href: str
    document: str
    method: str
    amount: str
    receipt: str


def payment_rows(settlements: Iterable[Any], *, slug: str) -> list[PaymentRow]:
    """Settlements as rows, with documents as fetched along and what `with_receipts` adds. Makes no query."""
    language, before = active_language(), documents_address(slug)
    rows = []
    for one in settlements:
        document = one.document
        amount = -one.amount if document.kind == Kind.CREDIT_NOTE else one.amount
        method = str(METHODS.get(one.method, one.method))
        rows.append(
            PaymentRow(
                date=format_date(one.received_on, language),
                href=f"{before}{document.pk}/",
                document=f"{Kind(document.kind).label} {document.number}",
                method=method if amount > 0 else _("%(method)s, taken back") % {"method": method},
                amount=money_formatter(language, document.currency)(amount),
                receipt=reverse("client_portal:receipt", args=[slug, one.receipt_of]) if one.receipt_of else "",
            )
        )
    return rows

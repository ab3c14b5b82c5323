"""Rows of documents and of imported files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import active_language, format_date, format_money, money_formatter
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import JobItem
from documents import rules
from documents.models import Document, Kind
from documents.words import state_label

_HOLE = UUID(int=0)


class DocumentRow(NamedTuple):
    """A document in a list. `state` chooses the pill's colour, `state_label` says it.

    A tuple, because a template that unpacks its rows is quicker than one that looks up their attributes.
    """

    href: str
    kind: str
    number: str
    contact: str
    date: str
    due: str
    state: str
    state_label: str
    amount: str
    needs_review: bool
    is_possible_version: bool
    id: str


def document_rows(documents: Iterable[Document], *, slug: str, today: date) -> list[DocumentRow]:
    """The documents as rows of a staff list. Makes no query."""
    language = active_language()
    pattern = reverse("documents:document", args=[slug, _HOLE])
    kinds = {str(kind): str(kind.label) for kind in Kind}
    untitled = str(Document.State.DRAFT.label)
    state_labels = cache(state_label)
    rows = []
    for document in documents:
        state = rules.shown_state(
            document.kind, document.state, document.due_on, today, is_invoiced=document.is_invoiced
        )
        rows.append(
            DocumentRow(
                href=pattern.replace(str(_HOLE), str(document.pk)),
                kind=kinds[document.kind],
                number=document.number or untitled,
                contact=document.contact_name,
                date=format_date(document.issued_on, language),
                due=format_date(document.due_on, language) if document.due_on else "",
                state=state.replace("_", "-"),
                state_label=state_labels(document.kind, state),
                amount=money_formatter(language, document.currency)(document.payable),
                needs_review=document.reviewed_at is None and state != "void",
                is_possible_version=document.is_possible_version,
                id=str(document.pk),
            )
        )
    return rows


class RowTexts(NamedTuple):
    """The texts of a row in the staff's list, for `repeated`."""

    href: str
    number: str
    contact: str
    date: str
    due: str
    state: str
    state_label: str
    amount: str
    id: str


class Run(NamedTuple):
    """Rows that follow each other and carry the same marks."""

    needs_review: bool
    is_possible_version: bool
    rows: list[RowTexts]


def runs_of(rows: Iterable[DocumentRow]) -> list[Run]:
    """The rows in their order, as runs: what is the same in each of a run is written once."""
    runs = groupby(rows, key=lambda row: (row.needs_review, row.is_possible_version))
    return [
        Run(*marks, [RowTexts(*[getattr(row, name) for name in RowTexts._fields]) for row in same])
        for marks, same in runs
    ]


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A file in the report of an import. `text` says what became of it, `href` leads to its document."""

    name: str
    outcome: str
    outcome_label: str
    text: str
    href: str


def import_rows(items: Iterable[JobItem], *, slug: str) -> list[ImportRow]:
    """The items of an import job as rows of its report. Makes no query."""
    pattern = reverse("documents:document", args=[slug, _HOLE])
    labels = dict(JobItem.Outcome.choices)
    return [
        ImportRow(
            name=item.name,
            outcome=item.outcome,
            outcome_label=str(labels[JobItem.Outcome(item.outcome)]),
            text=_outcome_text(item),
            href=pattern.replace(str(_HOLE), item.detail["document"]) if item.detail.get("document") else "",
        )
        for item in items
    ]


def _outcome_text(item: JobItem) -> str:
    detail = item.detail
    if item.outcome == JobItem.Outcome.REFUSED:
        return refusal_text(detail)
    if item.outcome == JobItem.Outcome.UNPACKED:
        return ngettext("%(files)s file", "%(files)s files", detail["files"]) % {"files": detail["files"]}
    if item.outcome == JobItem.Outcome.WAITING:
        return ""
    day = format_date(date.fromisoformat(detail["issued_on"]))
    amount = format_money(Decimal(detail["payable"]), detail["currency"])
    words = f"{detail['number']} · {detail['contact']} · {day} · {amount}"
    return f"{words} · {_('possible version of another')}" if detail["is_possible_version"] else words

"""Rows of fiscal records, for their own page and for the card on a document's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from advisory_portal.core.formatting import format_moment
from documents.models import FiscalRecord

_COLOURS = {"kept": "draft", "waiting": "waiting", "accepted": "paid", "rejected": "overdue"}


@dataclass(frozen=True, slots=True)
class FiscalRow:
    """A fiscal record in words. `state` chooses the pill's colour; `said` is what the agency wrote of it."""

    id: UUID
    position: int
    act: str
    number: str
    href: str
    recorded: str
    hash: str
    state: str
    state_label: str
    said: str
    qr_url: str
    is_rejected: bool


def fiscal_rows(records: Iterable[FiscalRecord], *, slug: str, time_zone: str) -> list[FiscalRow]:
    """The records as rows. Makes no query."""
    return [_row(record, slug, time_zone) for record in records]


def _row(record: FiscalRecord, slug: str, time_zone: str) -> FiscalRow:
    said = " ".join(filter(None, (record.answer.get("code", ""), record.answer.get("text", ""))))
    return FiscalRow(
        id=record.pk,
        position=record.position,
        act=str(record.get_act_display()),
        number=str(record),
        href=reverse("documents:document", args=[slug, record.document_id]),
        recorded=format_moment(record.recorded_at, time_zone),
        hash=record.hash,
        state=_COLOURS[record.state],
        state_label=str(record.get_state_display()),
        said=said or record.last_error,
        qr_url=record.qr_url,
        is_rejected=record.state == FiscalRecord.State.REJECTED,
    )

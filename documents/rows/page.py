"""What stands beside one document, prepared: money, related documents, files, notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import active_language, format_date, format_moment, money_formatter
from documents.models import Attachment, Document, InternalNote, Kind, Settlement
from documents.words import METHODS, state_label

MADE_FROM_IT, POSSIBLE_VERSION = "made_from_it", "possible_version"
RELATIONS = {
    "corrects": _("Corrects"),
    "corrections": _("Corrected by"),
    "replaces": _("Version before"),
    "replacements": _("Version after"),
    "source": _("Made from"),
    MADE_FROM_IT: _("Became"),
    POSSIBLE_VERSION: _("Possible version"),
}
BY_HAND = ("hand:", "credit:")  # what `take_back_payment` takes back


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money on a document. `back_address` is where it is taken back, "" for what is not."""

    amount: str
    day: str
    method: str
    reference: str
    is_back: bool
    back_address: str


def payment_rows(document: Document, settlements: Iterable[Settlement], *, slug: str) -> list[PaymentRow]:
    """The document's payments, oldest first; what was taken back names its method once more. Makes no query."""
    rows = list(settlements)
    money, language = money_formatter(active_language(), document.currency), active_language()
    taken = {row.source_key for row in rows}
    return [
        PaymentRow(
            amount=money(row.amount),
            day=format_date(row.received_on, language),
            method=str(METHODS.get(row.method, row.method)),
            reference=row.reference,
            is_back=row.source_key.startswith("back:"),
            back_address=reverse("documents:take_back_payment", args=[slug, document.pk, row.pk])
            if row.source_key.startswith(BY_HAND) and f"back:{row.pk}" not in taken
            else "",
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """Another document that has to do with this one: `relation` is a key of RELATIONS, `relation_label` says it."""

    href: str
    relation: str
    relation_label: str
    text: str
    state: str
    state_label: str
    kind: str


def related_rows(document: Document, others: Iterable[Document], *, slug: str) -> list[RelatedRow]:
    """How the others relate to the document, in words. Makes no query."""
    return [
        RelatedRow(
            href=reverse("documents:document", args=[slug, other.pk]),
            relation=(relation := relation_of(document, other)),
            relation_label=str(RELATIONS[relation]),
            text=f"{Kind(other.kind).label} {other.number}".strip(),
            state=other.state.replace("_", "-"),
            state_label=state_label(other.kind, other.state),
            kind=other.kind,
        )
        for other in others
    ]


def relation_of(document: Document, other: Document) -> str:
    """A key of RELATIONS."""
    if other.pk == document.corrects_id:
        return "corrects"
    if other.corrects_id == document.pk:
        return "corrections"
    if other.pk == document.replaces_id:
        return "replaces"
    if other.replaces_id == document.pk:
        return "replacements"
    if other.pk == document.source_id:
        return "source"
    return MADE_FROM_IT if other.source_id == document.pk else POSSIBLE_VERSION


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file of a document; `size` in words."""

    id: UUID
    name: str
    size: str
    added: str
    is_shared: bool


def attachment_rows(attachments: Iterable[Attachment], *, time_zone: str) -> list[AttachmentRow]:
    """Files with `file` at hand. Makes no query."""
    return [
        AttachmentRow(
            id=row.pk,
            name=row.file.name,
            size=_size(row.file.size),
            added=f"{row.added_by_name}, {format_moment(row.created_at, time_zone)}",
            is_shared=row.is_shared,
        )
        for row in attachments
    ]


def _size(size: int) -> str:
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(size // 1024, 1)} kB"


@dataclass(frozen=True, slots=True)
class NoteRow:
    """An internal note."""

    id: UUID
    text: str
    who: str
    when: str


def note_rows(notes: Iterable[InternalNote], *, time_zone: str) -> list[NoteRow]:
    """Internal notes, oldest first. Makes no query."""
    return [NoteRow(row.pk, row.text, row.written_by_name, format_moment(row.created_at, time_zone)) for row in notes]

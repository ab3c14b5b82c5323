"""What the staff write to each other on a document. The portal has no way to it."""

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from documents.models import Document, InternalNote

LONGEST = 5_000


class NotANote(Refused):
    """Nothing was written, or too much."""


@transaction.atomic
def write_note(*, actor: Actor, document: Document, text: str) -> InternalNote:
    """Add a note. The same text by the same person as the last note is that note. Raises NotANote, Forbidden."""
    actor.require(document.section, Level.MANAGE)
    text = text.strip()
    if not text:
        raise NotANote(_("Write something first."), field="text")
    if len(text) > LONGEST:
        raise NotANote(_("Write %(most)s characters at most.") % {"most": LONGEST}, field="text")
    Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    last = document.internal_notes.order_by("-id").first()
    if last is not None and (last.text, last.written_by_name) == (text, actor.name):
        return last
    note = InternalNote.objects.create(
        organisation_id=document.organisation_id, document=document, text=text, written_by_name=actor.name
    )
    record(actor, "documents.note.written", about=document)
    return note


@transaction.atomic
def remove_note(*, actor: Actor, note: InternalNote) -> None:
    """Forget a note; that there was one stays in the history. Repeating it does nothing. Raises Forbidden."""
    actor.require(note.document.section, Level.MANAGE)
    if InternalNote.objects.filter(pk=note.pk).delete()[0]:
        record(actor, "documents.note.removed", about=note.document)

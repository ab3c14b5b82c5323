"""Marks of what was done with a document: reviewed, sent, its original taken."""

from datetime import datetime

from django.db import transaction

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.files import read_file
from advisory_portal.core.history import record
from documents.models import Document


@transaction.atomic
def review_document(*, actor: Actor, document: Document, now: datetime) -> None:
    """Mark a document as looked at. Repeating it keeps the first mark. Raises Forbidden."""
    actor.require(document.section, Level.MANAGE)
    unreviewed = Document.objects.filter(pk=document.pk, reviewed_at=None)
    if unreviewed.update(reviewed_at=now, reviewed_by_name=actor.name):
        record(actor, "documents.document.reviewed", about=document)
    document.refresh_from_db(fields=["reviewed_at", "reviewed_by_name"])


@transaction.atomic
def take_back_review(*, actor: Actor, document: Document) -> None:
    """Let a document wait for review again. Repeating it does nothing. Raises Forbidden."""
    actor.require(document.section, Level.MANAGE)
    reviewed = Document.objects.filter(pk=document.pk).exclude(reviewed_at=None)
    if reviewed.update(reviewed_at=None, reviewed_by_name=""):
        record(actor, "documents.document.unreviewed", about=document)
    document.refresh_from_db(fields=["reviewed_at", "reviewed_by_name"])


@transaction.atomic
def mark_sent(*, actor: Actor, document: Document, now: datetime) -> None:
    """Note when the document last went out to its contact. Raises Forbidden."""
    actor.require(document.section, Level.MANAGE)
    document.sent_at = now
    document.save(update_fields=["sent_at"])


@transaction.atomic
def download_original(*, actor: Actor, document: Document) -> bytes:
    """The bytes of the file that an imported document came from; who took them is kept.

    Raises Forbidden, LookupError for a document that was not imported.
    """
    actor.require(document.section, Level.VIEW)
    if document.original is None:
        raise LookupError("This document has no original.")
    record(actor, "documents.original.downloaded", about=document)
    return read_file(document.original)

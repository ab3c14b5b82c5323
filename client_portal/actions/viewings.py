"""That a contact has read a document."""

from datetime import datetime

from django.db import transaction

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.history import record
from client_portal.models import Viewing
from client_portal.rules import VIEWING_PAUSE
from documents.models import Document


@transaction.atomic
def note_viewing(*, actor: Actor, document: Document, now: datetime) -> None:
    """Keep that the contact looks at the document, and in the history when it is for the first time.

    Looks within half an hour of the last are one. Of anybody but a contact nothing is kept. Repeating it does
    nothing. The caller has found the document with `visible_to`.
    """
    if actor.kind != ActorKind.CONTACT or actor.read_only:
        return
    new = Viewing(organisation_id=document.organisation_id, document=document, first_at=now, last_at=now)
    if Viewing.objects.bulk_create([new], ignore_conflicts=True) and Viewing.objects.filter(pk=new.pk).exists():
        record(actor, "client_portal.document.viewed", about=document)
        return
    seen = Viewing.objects.select_for_update().get(document=document)
    if now - seen.last_at >= VIEWING_PAUSE:
        seen.last_at, seen.times = now, seen.times + 1
        seen.save(update_fields=["last_at", "times"])

"""What a firm's people write to each other about a client."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from collaborations.models import Client, ClientNote
from collaborations.models.base import leads

LONGEST = 5_000


class EmptyNote(Refused):
    """Nothing was written."""


@transaction.atomic
def write_note(*, actor: Actor, client: Client, text: str, key: UUID) -> ClientNote:
    """Keep a note on a client that the actor sees. `key`, from the form, becomes its id: sent twice, it is there once.

    Raises EmptyNote, and DoesNotExist for a client or a key of somebody else's.
    """
    seen = Client.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    words = text.strip()
    if not words:
        raise EmptyNote(_("Write something first."), field="text")
    if ClientNote.objects.filter(pk=key).exists():
        return ClientNote.objects.visible_to(actor).get(pk=key)
    assert actor.user_id is not None, "a firm's people are members"
    note = ClientNote.objects.create(
        pk=key,
        firm_id=seen.firm_id,
        client=seen,
        text=words[:LONGEST],
        written_by_id=actor.user_id,
        written_by_name=actor.name,
    )
    record(actor, "collaborations.note.written", about=seen)
    return note


@transaction.atomic
def remove_note(*, actor: Actor, note: ClientNote) -> None:
    """Delete a note: one's own, or any for those who lead the firm. Repeating it does nothing. Raises Forbidden."""
    seen = ClientNote.objects.visible_to(actor).select_related("client")
    found = seen.select_for_update(of=("self",)).filter(pk=note.pk).first()
    if found is None:
        return
    if found.written_by_id != actor.user_id and not leads(actor):
        raise Forbidden
    found.delete()
    record(actor, "collaborations.note.removed", about=found.client)

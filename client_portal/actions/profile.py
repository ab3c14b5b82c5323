"""What contacts choose for themselves, and that staff look at the portal as one of them."""

from collections.abc import Sequence

from django.db import transaction

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.history import record
from documents import actions as documents
from documents.models import Contact


def _itself(actor: Actor) -> Contact:
    """The contact that acts, locked. Raises Forbidden for staff, and for who may only look."""
    if actor.kind != ActorKind.CONTACT or actor.read_only:
        raise Forbidden
    return Contact.objects.visible_to(actor).select_for_update(no_key=True).get()


@transaction.atomic
def choose_language(*, actor: Actor, language: str) -> None:
    """Speak to the contact in this language from now on, on every page and in every mail. Source: R20."""
    documents.set_contact_language(actor=actor, contact=_itself(actor), language=language)


@transaction.atomic
def choose_mails(*, actor: Actor, muted: Sequence[str]) -> None:
    """Mail the contact nothing of these kinds ("client_portal/comments")."""
    contact = _itself(actor)
    contact.muted_mails = list(muted)
    contact.save(update_fields=["muted_mails"])


@transaction.atomic
def view_portal(*, actor: Actor, contact: Contact) -> None:
    """Write into the log that staff look at the portal as the contact; what they may see there their cookie says."""
    record(actor, "client_portal.portal.viewed", about=contact)

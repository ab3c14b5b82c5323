"""What contacts choose for themselves, and that staff look at the portal as one of them."""

from collections.abc import Sequence

from django.db import transaction

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.history import record
from client_portal.models import ContactPreference
from client_portal.words import MAIL_KINDS
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
    """Mail the contact nothing of these kinds (`words.MAIL_KINDS`); unknown ones are left out."""
    chosen = [kind for kind in MAIL_KINDS if kind in muted]
    contact = _itself(actor)
    ContactPreference.objects.update_or_create(
        organisation_id=actor.place.id, contact=contact, defaults={"muted": chosen}
    )


@transaction.atomic
def view_portal(*, actor: Actor, contact: Contact) -> None:
    """Write into the log that staff look at the portal as the contact; what they may see there their cookie says."""
    record(actor, "client_portal.portal.viewed", about=contact)

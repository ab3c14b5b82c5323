"""Whom the mails of orders go to."""

from advisory_portal.core.access import Actor, Workspace, system_actor
from advisory_portal.core.mail import Recipient
from catalog.models.base import team_of_catalog
from documents.models import Contact


def staff_of(place: Workspace) -> list[Recipient]:
    """Everybody of the business who may manage the catalog, each in their own language. One query."""
    return [one.user.recipient for one in team_of_catalog(system_actor(place))]


def receiver_of(contact: Contact, kind: str, actor: Actor | None = None) -> list[Recipient]:
    """The contact at the address by which it entered, else at its own.

    Nobody where none is known, or where the contact wants no mails of the kind.
    """
    address = (actor.email if actor is not None else "") or contact.email
    if not address or not contact.wants(kind):
        return []
    return [Recipient(address=address, language=contact.language, name=contact.name[:200])]

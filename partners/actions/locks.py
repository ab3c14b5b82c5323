"""One at a time: whoever changes the people or roles of an organisation holds its row until commit."""

from uuid import UUID

from advisory_portal.core.access import Actor
from partners.models import Organisation, User


def lock_organisation(organisation_id: UUID) -> Organisation:
    """The organisation, locked against other changes of its people. Rows may still be attached to it meanwhile."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def lock_person(actor: Actor) -> User:
    """Whoever acts, locked against their other changes. Raises LookupError for actors who are no person."""
    if actor.user_id is None:
        raise LookupError("This actor is no person with an account.")
    return User.objects.select_for_update(no_key=True).get(pk=actor.user_id)

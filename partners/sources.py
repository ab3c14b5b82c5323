"""Answers "who is this, here?" for members; the middleware asks (settings.ACTOR_SOURCES)."""

from django.http import HttpRequest

from advisory_portal.core.access import Actor, ActorKind, Place
from partners.models import Member
from partners.models.membership import Rights, rights_in
from partners.rules import capped_levels


def member_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The logged-in person as a member of the organisation in a workspace's address, or None."""
    if place.area != "workspace" or not request.user.is_authenticated:
        return None
    rights = rights_in(place.slug, request.user.pk)
    return _actor(rights) if rights is not None else None


def actor_of_member(member: Member) -> Actor:
    """What a member may do in their organisation. `member` as `Members.with_rights()` fetches it."""
    return _actor(member.rights)


def _actor(rights: Rights) -> Actor:
    return Actor(
        kind=ActorKind.MEMBER,
        name=rights.user_name,
        organisation=rights.place,
        user_id=rights.user_id,
        role=rights.role,
        levels=capped_levels(rights.levels, rights.plan_sections),
        language=rights.user_language,
    )

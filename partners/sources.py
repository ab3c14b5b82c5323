"""Answers "who is this, here?" for members; the middleware asks (settings.ACTOR_SOURCES)."""

from django.http import HttpRequest

from advisory_portal.core.access import Actor, Place
from partners.models import Member
from partners.models.membership import rights_in


def member_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The logged-in person as a member of the organisation in a workspace's address, or None."""
    if place.area != "workspace" or not request.user.is_authenticated:
        return None
    rights = rights_in(place.slug, request.user.pk)
    return rights.actor if rights is not None else None


def actor_of_member(member: Member) -> Actor:
    """What a member may do in their organisation. `member` as `Members.with_rights()` fetches it."""
    return member.actor

"""Answers "who is this, here?" for members; the middleware asks (settings.ACTOR_SOURCES)."""

from django.http import HttpRequest

from advisory_portal.core.access import Actor, ActorKind, Place
from partners.models import Member
from partners.rules import capped_levels


def member_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The logged-in person as a member of the organisation in a workspace's address, or None."""
    if place.area != "workspace" or not request.user.is_authenticated:
        return None
    member = (
        Member.objects.effective()
        .filter(user_id=request.user.pk, organisation__slug=place.slug)
        .select_related("organisation__plan", "role")
        .first()
    )
    if member is None:
        return None
    return Actor(
        kind=ActorKind.MEMBER,
        name=request.user.name,
        organisation=member.organisation.workspace,
        user_id=request.user.pk,
        role=member.role.code or str(member.role.pk),
        levels=capped_levels(member.role.levels, member.organisation.plan.sections),
    )

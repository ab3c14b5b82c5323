"""Answers "who is this, here?" for members; the middleware asks (settings.ACTOR_SOURCES)."""

from django.http import HttpRequest

from advisory_portal.core.access import Actor, ActorKind, Place
from partners.models import Member
from partners.rules import capped_levels


def member_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The logged-in person as a member of the organisation in a workspace's address, or None."""
    if place.area != "workspace" or not request.user.is_authenticated:
        return None
    found = Member.objects.effective().filter(user_id=request.user.pk, organisation__slug=place.slug)
    member = found.with_rights().first()
    return actor_of_member(member) if member is not None else None


def actor_of_member(member: Member) -> Actor:
    """What a member may do in their organisation. `member` as `Members.with_rights()` fetches it."""
    user, organisation = member.user, member.organisation
    return Actor(
        kind=ActorKind.MEMBER,
        name=user.name,
        organisation=organisation.workspace,
        user_id=user.pk,
        role=member.role.code or str(member.role.pk),
        levels=capped_levels(member.role.levels, organisation.plan.sections),
        language=user.language,
    )

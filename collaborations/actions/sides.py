"""What every action of two organisations asks: which side acts, whether it may, who is told; and the locks."""

from dataclasses import replace
from typing import Any

from django.db.models import Q

from advisory_portal.core.access import Actor, Forbidden, Level, Section
from advisory_portal.core.history import record
from advisory_portal.core.mail import Recipient
from collaborations.models import Collaboration, Conversation, Grant, ManagerAssignment, Question, Side
from collaborations.models.base import LEADING, leads, side_of
from partners.models import Member

Between = Collaboration | Conversation | Grant | Question


def side_in(actor: Actor, between: Between) -> Side:
    """The side that the actor stands on and reads for. Raises Forbidden outside both."""
    side = side_of(actor)
    if side is None or actor.organisation_id != (between.firm_id if side == Side.FIRM else between.business_id):
        raise Forbidden
    if side == Side.BUSINESS:
        actor.require(Section.TEAM, Level.VIEW)
    return side


def require_voice(actor: Actor, between: Between) -> Side:
    """The actor's side, if it may write for it: everybody of the firm who sees the client, and whoever manages the
    team of the business. Raises Forbidden.
    """
    side = side_in(actor, between)
    if side == Side.BUSINESS:
        actor.require(Section.TEAM, Level.MANAGE)
    return side


def require_lead(actor: Actor, between: Between) -> Side:
    """The actor's side, if it may decide for it: owners and administrators of the firm, and whoever manages the team
    of the business. Raises Forbidden.
    """
    side = require_voice(actor, between)
    if side == Side.FIRM and not leads(actor):
        raise Forbidden
    return side


def require_side(actor: Actor, between: Between, side: Side) -> None:
    """Raises Forbidden unless the actor may decide for this side."""
    if require_lead(actor, between) != side:
        raise Forbidden


def lock_conversation(conversation: Conversation) -> Conversation:
    """The conversation as it stands, with both organisations, locked until commit. Comes before all other locks."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    return rows.with_parties().get(pk=conversation.pk)


def lock_collaboration(collaboration: Collaboration) -> Collaboration:
    """The collaboration as it stands, with conversation and organisations, both rows locked in their order."""
    conversation = lock_conversation(collaboration.conversation)
    locked = Collaboration.objects.select_for_update(of=("self",), no_key=True).get(pk=collaboration.pk)
    locked.conversation, locked.firm, locked.business = conversation, conversation.firm, conversation.business
    return locked


def record_across(
    actor: Actor,
    what: str,
    *,
    about: Between,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write into the other side's log what `record` or `move` wrote into the actor's own; people of a firm stand there
    with their firm.
    """
    if side_of(actor) == Side.FIRM:
        firm = about.firm
        there = replace(actor, organisation=about.business.workspace, firm_id=firm.pk, firm_name=firm.name)
    else:
        there = replace(actor, organisation=about.firm.workspace)
    record(there, what, about=about, before=before, after=after)


def people_of(between: Between, side: Side, *, besides: Actor | None = None) -> list[Recipient]:
    """Whom a side's news goes to: owners and administrators, in the firm also the account managers of the business.

    `besides` is left out: who did it knows.
    """
    told = Q(role__code__in=LEADING)
    if side == Side.FIRM:
        managers = ManagerAssignment.objects.filter(firm=between.firm_id, client__business=between.business_id)
        told |= Q(pk__in=managers.values("member"))
    organisation_id = between.firm_id if side == Side.FIRM else between.business_id
    members = Member.objects.effective().filter(told, organisation_id=organisation_id).select_related("user")
    left_out = besides.user_id if besides else None
    return [member.user.recipient for member in members.order_by("id") if member.user_id != left_out]

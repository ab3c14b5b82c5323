"""The end of a collaboration, and the block, which ends or declines what is open."""

from datetime import datetime

from django.db import transaction

from advisory_portal.core.access import Actor
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from advisory_portal.core.states import move
from collaborations.actions.grants import revoke_grants
from collaborations.actions.requests import about, decline, tell_of, within
from collaborations.actions.sides import (
    lock_collaboration,
    lock_conversation,
    people_of,
    record_across,
    require_lead,
    require_side,
)
from collaborations.models import Client, Collaboration, Conversation, Grant, Message, Side

State = Collaboration.State


@transaction.atomic
def end_collaboration(*, actor: Actor, collaboration: Collaboration, reason: str, now: datetime) -> bool:
    """End a collaboration, from either side: all access is gone with it, and both sides are told.

    True if done now, False if it had ended already. Raises IllegalMove for one that never began, TextTooLong,
    Forbidden. Source: PRODUCT R11.
    """
    require_lead(actor, collaboration)
    reason = within(reason, Collaboration.LONGEST_REASON, "reason")
    collaboration = lock_collaboration(collaboration)
    return _end(collaboration, actor, Grant.End.ENDED, reason, now)


@transaction.atomic
def block(*, actor: Actor, conversation: Conversation, now: datetime) -> bool:
    """Take no more messages and requests from the business: what waits is declined, what is active ends.

    True if done now, False if it was blocked already. Raises Forbidden. Source: PRODUCT R5.
    """
    require_side(actor, conversation, Side.FIRM)
    conversation = lock_conversation(conversation)
    if conversation.blocked_at is not None:
        return False
    for found in Collaboration.objects.open().filter(conversation=conversation):
        collaboration = lock_collaboration(found)
        if collaboration.state == State.PENDING:
            decline(collaboration, actor, "", now)
        else:
            _end(collaboration, actor, Grant.End.BLOCKED, "", now)
    conversation.blocked_at, conversation.blocked_by_name = now, actor.name
    conversation.save(update_fields=["blocked_at", "blocked_by_name"])
    record(actor, "collaborations.conversation.blocked", about=conversation)
    return True


@transaction.atomic
def unblock(*, actor: Actor, conversation: Conversation) -> bool:
    """Let the business write and ask again. True if done now, False if it was not blocked. Raises Forbidden."""
    require_side(actor, conversation, Side.FIRM)
    conversation = lock_conversation(conversation)
    if conversation.blocked_at is None:
        return False
    conversation.blocked_at, conversation.blocked_by_name = None, ""
    conversation.save(update_fields=["blocked_at", "blocked_by_name"])
    record(actor, "collaborations.conversation.unblocked", about=conversation)
    return True


def _end(collaboration: Collaboration, actor: Actor, end: Grant.End, reason: str, now: datetime) -> bool:
    """End a locked collaboration. False if it had ended already."""
    if not move(collaboration, State.ENDED, actor=actor):
        return False
    side = Side(actor.place.kind)
    collaboration.ended_at, collaboration.ended_by_name, collaboration.ended_by_side = now, actor.name, side
    collaboration.reason = reason
    collaboration.save(update_fields=["ended_at", "ended_by_name", "ended_by_side", "reason"])
    revoke_grants(collaboration=collaboration, end=end, actor=actor, now=now)
    Client.objects.filter(collaborations=collaboration).update(ended_at=now)
    record_across(actor, "collaborations.collaboration.ended", about=collaboration)
    tell_of(collaboration, side, Message.Kind.ENDED, actor, reason, now)
    for receiver in Side:
        others = people_of(collaboration, receiver, besides=actor)
        notify("collaborations/ended", to=others, **about(collaboration, receiver, actor, reason))
    return True

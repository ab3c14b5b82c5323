"""From the request to the acceptance, or to one of the ways in which it comes to nothing."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from advisory_portal.core.states import move
from collaborations.actions.clients import set_client_keys
from collaborations.actions.conversations import require_available, set_archived
from collaborations.actions.messages import require_unblocked, tell
from collaborations.actions.sides import lock_collaboration, lock_conversation, people_of, record_across, require_side
from collaborations.models import Client, Collaboration, Conversation, Message, Side

State = Collaboration.State


class AlreadyWorking(Refused):
    """The firm works for the business already."""


class TextTooLong(Refused):
    """What is said with a request or an answer has an end."""


@transaction.atomic
def ask_to_collaborate(*, actor: Actor, conversation: Conversation, text: str, now: datetime) -> Collaboration:
    """Ask the firm to work for the business, with a few words if one likes; the firm is told.

    A request that waits is given back: asking twice asks once. Raises Blocked, FirmUnavailable, AlreadyWorking,
    TextTooLong, Forbidden. Source: PRODUCT R5.
    """
    require_side(actor, conversation, Side.BUSINESS)
    conversation = lock_conversation(conversation)
    text = within(text, Message.LONGEST, "text")
    require_unblocked(conversation, Side.BUSINESS)
    open_one = Collaboration.objects.open().filter(firm=conversation.firm, business=conversation.business).first()
    if open_one is not None:
        if open_one.state == State.ACTIVE:
            raise AlreadyWorking(_("You already work together."))
        return open_one
    require_available(conversation.firm)
    collaboration = Collaboration.objects.create(
        firm=conversation.firm,
        business=conversation.business,
        conversation=conversation,
        text=text,
        requested_by_name=actor.name,
        created_at=now,
    )
    record(actor, "collaborations.collaboration.requested", about=collaboration)
    record_across(actor, "collaborations.collaboration.requested", about=collaboration)
    tell_of(collaboration, Side.BUSINESS, Message.Kind.REQUESTED, actor, text, now)
    notify(
        "collaborations/requested",
        to=people_of(conversation, Side.FIRM),
        **about(collaboration, Side.FIRM, actor, text),
    )
    return collaboration


@transaction.atomic
def withdraw_request(*, actor: Actor, collaboration: Collaboration, now: datetime) -> bool:
    """Take a request back that waits. True if done now, False if it was already.

    Raises IllegalMove where the firm has answered meanwhile, Forbidden. Source: PRODUCT 3, conversation.
    """
    require_side(actor, collaboration, Side.BUSINESS)
    collaboration = lock_collaboration(collaboration)
    if not move(collaboration, State.WITHDRAWN, actor=actor):
        return False
    record_across(actor, "collaborations.collaboration.withdrawn", about=collaboration)
    tell_of(collaboration, Side.BUSINESS, Message.Kind.WITHDRAWN, actor, "", now)
    return True


@transaction.atomic
def accept_collaboration(*, actor: Actor, collaboration: Collaboration, now: datetime) -> bool:
    """Begin to work for the business: it becomes a client, and is told. True if done now, False if somebody had.

    A client that the firm had added by hand under the same tax id becomes this one; a former client comes back with
    its managers, tags and notes. Raises IllegalMove where the request was withdrawn or declined, Forbidden.
    Source: PRODUCT R5.
    """
    require_side(actor, collaboration, Side.FIRM)
    collaboration = lock_collaboration(collaboration)
    if collaboration.state == State.PENDING:
        collaboration.client = _client_for(collaboration, actor, now)
        collaboration.answered_at, collaboration.answered_by_name = now, actor.name
        collaboration.save(update_fields=["client", "answered_at", "answered_by_name"])
    if not move(collaboration, State.ACTIVE, actor=actor):
        return False
    record_across(actor, "collaborations.collaboration.active", about=collaboration)
    tell_of(collaboration, Side.FIRM, Message.Kind.ACCEPTED, actor, "", now)
    notify(
        "collaborations/accepted",
        to=people_of(collaboration, Side.BUSINESS),
        **about(collaboration, Side.BUSINESS, actor, ""),
    )
    return True


@transaction.atomic
def decline_collaboration(*, actor: Actor, collaboration: Collaboration, reason: str, now: datetime) -> bool:
    """Say no to a request, with a reason if one likes; the conversation goes to the firm's archive.

    True if done now, False if somebody had. Raises IllegalMove where it was withdrawn or accepted meanwhile,
    TextTooLong, Forbidden. Source: PRODUCT R5.
    """
    require_side(actor, collaboration, Side.FIRM)
    reason = within(reason, Collaboration.LONGEST_REASON, "reason")
    collaboration = lock_collaboration(collaboration)
    if not decline(collaboration, actor, reason, now):
        return False
    set_archived(lock_conversation(collaboration.conversation), Side.FIRM, now)
    return True


def decline(collaboration: Collaboration, actor: Actor, reason: str, now: datetime) -> bool:
    """Decline a locked collaboration and tell the business. False if it was declined already."""
    if not move(collaboration, State.DECLINED, actor=actor):
        return False
    collaboration.answered_at, collaboration.answered_by_name, collaboration.reason = now, actor.name, reason
    collaboration.save(update_fields=["answered_at", "answered_by_name", "reason"])
    record_across(actor, "collaborations.collaboration.declined", about=collaboration)
    tell_of(collaboration, Side.FIRM, Message.Kind.DECLINED, actor, reason, now)
    notify(
        "collaborations/declined",
        to=people_of(collaboration, Side.BUSINESS),
        **about(collaboration, Side.BUSINESS, actor, reason),
    )
    return True


def within(text: str, most: int, field: str) -> str:
    """The text without space around it. Raises TextTooLong over `most` characters."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        words = _("Write %(most)s characters at most; these are %(count)s.") % {"most": most, "count": len(text)}
        raise TextTooLong(words, field=field)
    return text


def tell_of(
    collaboration: Collaboration, side: Side, kind: Message.Kind, actor: Actor, text: str, now: datetime
) -> None:
    """Tell an event of the collaboration in its thread."""
    tell(conversation=collaboration.conversation, side=side, kind=kind, actor=actor, detail={}, text=text, now=now)


def about(collaboration: Collaboration, receiver: Side, actor: Actor, text: str) -> dict[str, Any]:
    """What a mail about a collaboration to one side needs: whose it is, where it leads, who did what."""
    conversation = collaboration.conversation
    theirs, other = conversation.party(receiver), conversation.party(receiver.other)
    return {
        "url": address_for(conversation, receiver),
        "organisation_id": theirs.pk,
        "from_name": other.name,
        "context": {"organisation": theirs.name, "other": other.name, "actor_name": actor.name, "text": text},
    }


def address_for(conversation: Conversation, side: Side) -> str:
    """The path of the conversation's page for a side."""
    view = "collaborations:request" if side == Side.FIRM else "collaborations:advisory_conversation"
    return reverse(view, args=[conversation.party(side).slug, conversation.pk])


def _client_for(collaboration: Collaboration, actor: Actor, now: datetime) -> Client:
    """The firm's row of the business, begun or taken up again."""
    firm, business = collaboration.firm, collaboration.business
    rows = Client.objects.select_for_update(of=("self",), no_key=True).filter(firm=firm)
    client = rows.filter(business=business).first()
    if client is None and business.tax_id:
        client = rows.current().filter(business=None, tax_id=business.tax_id).first()
    if client is None:
        client = Client(firm=firm)
    if client.business_id is None or client.ended_at is not None:
        client.since = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    client.business, client.ended_at = business, None
    client.name, client.tax_id = business.name, business.tax_id
    set_client_keys(client)
    client.save()
    return client

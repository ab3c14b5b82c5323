"""What the pages of a conversation share: how a row is found, what a thread's page shows."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, utc_now
from advisory_portal.core.formatting import format_date
from collaborations.forms.messages import MessageForm
from collaborations.models import Collaboration, Conversation, Grant, Message, MessageAttachment, Side
from collaborations.models.base import leads
from collaborations.rows.threads import Line, between_said, party_facts, thread_lines
from collaborations.rules.grants import last_day_of
from collaborations.words.events import STATES
from partners.models import Listing

PAGE_SIZE = 50


def found_conversation(actor: Actor, conversation_id: UUID) -> Conversation:
    """The conversation with both organisations, 404 beyond what the actor sees."""
    return get_object_or_404(Conversation.objects.visible_to(actor).with_parties(), pk=conversation_id)


def found_thread(actor: Actor, conversation_id: UUID) -> Any:
    """The conversation as its page needs it: with both organisations, `unread` and `read_by`."""
    rows = Conversation.objects.visible_to(actor).with_parties().with_unread(actor).with_readers(actor)
    return get_object_or_404(rows, pk=conversation_id)


def found_collaboration(actor: Actor, collaboration_id: UUID) -> Collaboration:
    """The collaboration with conversation and organisations; seen by whoever sees its conversation."""
    rows = Collaboration.objects.visible_to(actor).select_related("conversation", "firm", "business")
    return get_object_or_404(rows, pk=collaboration_id)


def address_of(actor: Actor, conversation_id: UUID) -> str:
    """The page of the conversation in the actor's workspace."""
    view = "request" if actor.place.kind == Side.FIRM else "advisory_conversation"
    return reverse(f"collaborations:{view}", args=[actor.place.slug, conversation_id])


def may_write(actor: Actor) -> bool:
    """Everybody of the firm who sees the conversation; in the business who manages the team."""
    return actor.place.kind == Side.FIRM or actor.may(Section.TEAM, Level.MANAGE)


def may_decide(actor: Actor) -> bool:
    """Who asks, answers, ends, archives and blocks."""
    return leads(actor) if actor.place.kind == Side.FIRM else actor.may(Section.TEAM, Level.MANAGE)


def thread_context(
    request: WorkspaceRequest, conversation_id: UUID, form: MessageForm, *, after: int = 0
) -> dict[str, Any]:
    """Everything a thread's page shows, of the messages those after a number. Six queries, however much was written."""
    actor = request.actor
    conversation = found_thread(actor, conversation_id)
    side = Side(actor.place.kind)
    before = number_in(request.GET.get("before", ""))
    found = lines_of(actor, conversation, side, before=before, after=after)
    lines = [line for line in found if line.number > after]
    return {
        "conversation": conversation,
        "side": side,
        "other": conversation.party(side.other),
        "party": party_facts(conversation.party(side.other)),
        "firm_page": firm_page(actor, conversation) if side == Side.BUSINESS else "",
        "lines": lines,
        "earlier": lines[0].number if lines and lines[0].number > 1 else 0,
        "is_latest": not before,
        "last_number": conversation.firm_count + conversation.business_count,
        "last_is_mine": bool(found) and found[-1].is_mine,
        "written": conversation.count_of(side.other),
        "is_unread": conversation.unread > 0,
        "read_by": conversation.read_by,
        "form": form,
        "here": address_of(actor, conversation.pk),
        "may_write": may_write(actor) and conversation.blocked_at is None,
        "may_decide": may_decide(actor),
        "silence": silence(conversation, side),
        **between(actor, conversation, side),
    }


def between(actor: Actor, conversation: Conversation, side: Side) -> dict[str, Any]:
    """How far the two have come: the newest collaboration, its state in words, and the access that stands."""
    newest = Collaboration.objects.visible_to(actor).filter(conversation=conversation).order_by("-id").first()
    access, until = None, ""
    if newest is not None and newest.state == Collaboration.State.ACTIVE:
        access = standing_access(actor, newest)
        last = last_day_of(access.ends_at, conversation.business.time_zone) if access else None
        until = format_date(last) if last else _("open end")
    return {
        "collaboration": newest,
        "state": STATES[newest.state if newest else ""],
        "between": between_said(newest, actor.place.time_zone),
        "access": access,
        "access_until": until,
    }


def standing_access(actor: Actor, collaboration: Collaboration) -> Grant | None:
    """The access that is open now, with its role and the business's plan."""
    grants = Grant.objects.visible_to(actor).active(utc_now()).filter(collaboration=collaboration)
    return grants.select_related("role", "business__plan").first()


def silence(conversation: Conversation, side: Side) -> str:
    """Why nobody of the side can write, "" where they can."""
    if conversation.blocked_at is None:
        return ""
    if side == Side.FIRM:
        return _("You have blocked this business. Unblock it to write.")
    return _("This firm does not take messages from your business.")


def firm_page(actor: Actor, conversation: Conversation) -> str:
    """The firm's page in the marketplace, "" where it has none now."""
    slugs = Listing.objects.visible_to(actor).filter(organisation=conversation.firm).values_list("slug", flat=True)
    slug = slugs.first()
    return reverse("partners:marketplace_firm", args=[actor.place.slug, slug]) if slug else ""


def lines_of(actor: Actor, conversation: Any, side: Side, *, before: int = 0, after: int = 0) -> list[Line]:
    """The newest messages before a number, or from one on, as lines; `conversation` with its `unread`."""
    rows = Message.objects.visible_to(actor).filter(conversation=conversation)
    if before:
        rows = rows.filter(number__lt=before)
    if after:
        rows = rows.filter(number__gte=after)
    messages = list(rows.order_by("-number")[:PAGE_SIZE])[::-1]
    ids = [message.pk for message in messages]
    files = MessageAttachment.objects.visible_to(actor).filter(message__in=ids).select_related("file")
    theirs = [message.number for message in messages if message.side == side.other]
    is_new_here = 0 < conversation.unread <= len(theirs) and not before and not after
    return thread_lines(
        messages,
        files,
        conversation=conversation,
        side=side,
        time_zone=actor.place.time_zone,
        first_new=theirs[-conversation.unread] if is_new_here else 0,
    )


def number_in(text: str) -> int:
    """A number as an address says it, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

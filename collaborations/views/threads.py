"""What the pages of a conversation share: whose they are, how a row is found, what a thread's page shows."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from advisory_portal.core.access import Actor, Forbidden, Level, Section, WorkspaceRequest, utc_now
from collaborations.forms.messages import MessageForm
from collaborations.models import Collaboration, Conversation, Grant, Message, MessageAttachment, ReadMark, Side
from collaborations.models.base import leads, side_of
from collaborations.rows.threads import Line, thread_lines
from collaborations.words.events import STATES

P = ParamSpec("P")
SideView = Callable[Concatenate[WorkspaceRequest, P], HttpResponse]
PAGE_SIZE = 50


def for_side(side: Side) -> Callable[[SideView[P]], SideView[P]]:
    """Send members of the other kind of organisation to their own page; they have nothing to do here."""

    def decorate(view: SideView[P]) -> SideView[P]:
        @wraps(view)
        def guarded(request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if side_of(request.actor) is None:  # a firm's person in a client's account
                raise Forbidden
            if request.actor.place.kind != side:
                home = "my_advisory" if side == Side.FIRM else "requests"
                return redirect(f"collaborations:{home}", request.actor.place.slug)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


for_firms, for_businesses = for_side(Side.FIRM), for_side(Side.BUSINESS)


def found_conversation(actor: Actor, conversation_id: UUID) -> Conversation:
    """The conversation with both organisations, 404 beyond what the actor sees."""
    return get_object_or_404(Conversation.objects.visible_to(actor).with_parties(), pk=conversation_id)


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


def thread_context(request: WorkspaceRequest, conversation: Conversation, form: MessageForm) -> dict[str, Any]:
    """Everything a thread's page shows. Six queries, however much was written."""
    actor = request.actor
    side = Side(actor.place.kind)
    newest = Collaboration.objects.visible_to(actor).filter(conversation=conversation).order_by("-id").first()
    seen = seen_by(actor, conversation, side)
    before = number_in(request.GET.get("before", ""))
    lines = page_of_thread(actor, conversation, side, seen=seen, before=before)
    look, words = STATES[newest.state if newest else ""]
    return {
        "conversation": conversation,
        "side": side,
        "other": conversation.party(side.other),
        "collaboration": newest,
        "access": Grant.objects.visible_to(actor).active(utc_now()).filter(collaboration=newest).first(),
        "state": (look, words),
        "lines": lines,
        "earlier": lines[0].number if lines and lines[0].number > 1 else 0,
        "is_latest": not before,
        "last_number": conversation.firm_count + conversation.business_count,
        "written": conversation.count_of(side.other),
        "is_unread": conversation.count_of(side.other) > seen,
        "form": form,
        "here": address_of(actor, conversation.pk),
        "may_write": may_write(actor) and conversation.blocked_at is None,
        "may_decide": may_decide(actor),
    }


def page_of_thread(
    actor: Actor, conversation: Conversation, side: Side, *, seen: int, before: int = 0, after: int = 0
) -> list[Line]:
    """The newest messages before or after a number, as lines."""
    rows = Message.objects.visible_to(actor).filter(conversation=conversation)
    if before:
        rows = rows.filter(number__lt=before)
    if after:
        rows = rows.filter(number__gt=after)
    messages = list(rows.order_by("-number")[:PAGE_SIZE])[::-1]
    ids = [message.pk for message in messages]
    files = MessageAttachment.objects.visible_to(actor).filter(message__in=ids).select_related("file")
    unread = conversation.count_of(side.other) - seen
    theirs = [message.number for message in messages if message.side == side.other]
    first_new = theirs[-unread] if 0 < unread <= len(theirs) else 0
    return thread_lines(
        messages, files, conversation=conversation, side=side, time_zone=actor.place.time_zone, first_new=first_new
    )


def seen_by(actor: Actor, conversation: Conversation, side: Side) -> int:
    """How many of the other side's messages the person has seen."""
    marks = ReadMark.objects.visible_to(actor).filter(conversation=conversation, side=side)
    return marks.values_list("seen", flat=True).first() or 0


def number_in(text: str) -> int:
    """A number of a message as an address says it, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

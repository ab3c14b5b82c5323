"""The one conversation of a firm and a business: begun, read, put away."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from collaborations.actions.messages import write_message
from collaborations.actions.sides import lock_conversation, require_lead, side_in
from collaborations.models import Conversation, Message, ReadMark, Side
from collaborations.models.base import side_of
from partners.models import Organisation, ProgrammeApplication


class FirmUnavailable(Refused):
    """The firm is not in the programme now: nobody can turn to it anew."""


@transaction.atomic
def open_conversation(*, actor: Actor, firm: Organisation, now: datetime) -> Conversation:
    """The business's conversation with a firm, begun if there is none yet.

    Raises FirmUnavailable for a new one with a firm outside the programme, Forbidden. Source: PRODUCT R5.
    """
    if side_of(actor) != Side.BUSINESS:
        raise Forbidden
    actor.require(Section.TEAM, Level.MANAGE)
    found = Conversation.objects.visible_to(actor).filter(firm=firm).with_parties().first()
    if found is not None:
        return found
    require_available(firm)
    conversation, is_new = Conversation.objects.get_or_create(
        firm=firm, business_id=actor.place.id, defaults={"last_message_at": now, "created_at": now}
    )
    if is_new:
        record(actor, "collaborations.conversation.opened", about=conversation)
    return conversation


def require_available(firm: Organisation) -> None:
    """Raises FirmUnavailable unless the firm is in the programme."""
    if not ProgrammeApplication.objects.accepted().filter(organisation=firm).exists():
        raise FirmUnavailable(_("This firm is not taking requests at the moment."))


@transaction.atomic
def write_to_firm(
    *, actor: Actor, firm: Organisation, text: str, files: Sequence[tuple[str, bytes]], key: UUID, now: datetime
) -> Message:
    """A business's message to a firm, which begins their conversation where there is none.

    Raises what `open_conversation` and `write_message` raise; then nothing was begun. Source: PRODUCT R5.
    """
    conversation = open_conversation(actor=actor, firm=firm, now=now)
    return write_message(actor=actor, conversation=conversation, text=text, files=files, key=key, now=now)


@transaction.atomic
def mark_read(*, actor: Actor, conversation: Conversation, seen: int, now: datetime) -> None:
    """Note that the person has seen so many of the other side's messages. Fewer than noted change nothing.

    Raises Forbidden.
    """
    side = side_in(actor, conversation)
    if actor.user_id is None:
        raise Forbidden
    seen = min(seen, lock_conversation(conversation).count_of(side.other))
    mark, is_new = ReadMark.objects.get_or_create(
        conversation=conversation,
        user_id=actor.user_id,
        side=side,
        defaults={
            "firm_id": conversation.firm_id,
            "business_id": conversation.business_id,
            "seen": seen,
            "seen_at": now,
        },
    )
    if not is_new and mark.seen < seen:
        mark.seen, mark.seen_at = seen, now
        mark.save(update_fields=["seen", "seen_at"])


@transaction.atomic
def archive(*, actor: Actor, conversation: Conversation, now: datetime) -> None:
    """Put a conversation away for the actor's side; the next message brings it back. Repeating it does nothing.

    Raises Forbidden.
    """
    side = require_lead(actor, conversation)
    set_archived(lock_conversation(conversation), side, now)


@transaction.atomic
def unarchive(*, actor: Actor, conversation: Conversation) -> None:
    """Bring a conversation back for the actor's side. Repeating it does nothing. Raises Forbidden."""
    side = require_lead(actor, conversation)
    set_archived(lock_conversation(conversation), side, None)


def set_archived(conversation: Conversation, side: Side, at: datetime | None) -> None:
    """Set or lift the side's mark on a locked conversation; of two times the first stays."""
    column = f"{side}_archived_at"
    if at is None or getattr(conversation, column) is None:
        setattr(conversation, column, at)
        conversation.save(update_fields=[column])

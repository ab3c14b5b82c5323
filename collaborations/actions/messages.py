"""Writing in the thread of a firm and a business: messages, and events of their collaboration."""

import mimetypes
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.models.base import MOST_ATTEMPTS
from collaborations.actions.sides import lock_conversation, require_voice
from collaborations.models import Conversation, Message, MessageAttachment, MessageNotice, Side

BURST = timedelta(minutes=10)  # messages that follow each other within it are one mail. Source: PRODUCT 3
PREVIEW = 200  # characters of a message that lists show


class Blocked(Refused):
    """The firm takes no messages and requests from this business."""


class NothingWritten(Refused):
    """A message needs words or a file."""


class NotSendable(Refused):
    """A message or one of its files is too long, too large or empty."""


@transaction.atomic
def write_message(
    *,
    actor: Actor,
    conversation: Conversation,
    text: str,
    files: Sequence[tuple[str, bytes]],
    key: UUID,
    now: datetime,
) -> Message:
    """Write in the thread, with files (name and bytes); the other side is mailed of all it gets in ten minutes at once.

    `key` comes with the form: sent again, it gives the message that it made. Raises NothingWritten, NotSendable,
    Blocked, Forbidden. Source: PRODUCT 3, conversation.
    """
    side = require_voice(actor, conversation)
    conversation = lock_conversation(conversation)
    sent = Message.objects.filter(conversation=conversation, key=key).first()
    if sent is not None:
        return sent
    require_unblocked(conversation, side)
    text = text.replace("\r\n", "\n").strip()
    _require_sendable(text, files)
    shown = text or ngettext("%(count)s file", "%(count)s files", len(files)) % {"count": len(files)}
    message = _append(
        conversation, shown, kind=Message.Kind.TEXT, side=side, author=actor, text=text, key=key, created_at=now
    )
    for name, content in files:
        _attach(actor, message, name, content)
    _plan_mail(conversation, side.other, message, now)
    return message


@transaction.atomic
def tell(
    *,
    conversation: Conversation,
    side: Side,
    kind: Message.Kind,
    actor: Actor,
    detail: dict[str, Any],
    text: str,
    now: datetime,
) -> Message:
    """Tell an event in the thread, on behalf of a side; call it inside the action that made the event.

    `detail` holds names as they are now. It counts as a message of that side, and sends no mail: the action has its
    own. Brings the conversation back from both archives.
    """
    locked = lock_conversation(conversation)
    return _append(locked, "", kind=kind, side=side, author=actor, text=text.strip(), detail=detail, created_at=now)


def require_unblocked(conversation: Conversation, side: Side) -> None:
    """Raises Blocked with words for the side that wants to write or ask."""
    if conversation.blocked_at is None:
        return
    if side == Side.FIRM:
        raise Blocked(_("You have blocked this business. Unblock it to write."))
    raise Blocked(_("This firm does not take messages from your business."))


def _append(conversation: Conversation, shown: str, *, side: Side, author: Actor, **content: Any) -> Message:
    """Add the next message to a locked conversation, count it, and bring the conversation back for both sides.

    `shown` is what lists say of it, "" for an event.
    """
    message = Message.objects.create(
        firm=conversation.firm,
        business=conversation.business,
        conversation=conversation,
        number=conversation.firm_count + conversation.business_count + 1,
        side=side,
        author_id=author.user_id,
        author_name=author.name,
        **content,
    )
    counted = f"{side}_count"
    setattr(conversation, counted, conversation.count_of(side) + 1)
    conversation.last_message_at, conversation.last_text = message.created_at, " ".join(shown.split())[:PREVIEW]
    conversation.firm_archived_at = conversation.business_archived_at = None
    changed = ["last_message_at", "last_text", "firm_archived_at", "business_archived_at"]
    conversation.save(update_fields=[counted, *changed])
    return message


def _require_sendable(text: str, files: Sequence[tuple[str, bytes]]) -> None:
    if not text and not files:
        raise NothingWritten(_("Write something, or attach a file."), field="text")
    if len(text) > Message.LONGEST:
        words = _("A message has %(most)s characters at most; this one has %(count)s.")
        raise NotSendable(words % {"most": Message.LONGEST, "count": len(text)}, field="text")
    if len(files) > MessageAttachment.MOST:
        words = _("A message takes %(most)s files at most.") % {"most": MessageAttachment.MOST}
        raise NotSendable(words, field="uploads")
    for name, content in files:
        if not content:
            raise NotSendable(_("%(name)s is empty.") % {"name": name}, field="uploads")
        if len(content) > MessageAttachment.LARGEST:
            limit = MessageAttachment.LARGEST // 1024**2
            words = _("%(name)s is larger than %(limit)s MB.") % {"name": name, "limit": limit}
            raise NotSendable(words, field="uploads")


def _attach(actor: Actor, message: Message, name: str, content: bytes) -> None:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = store_file(organisation_id=actor.place.id, name=name, content=content, content_type=kind)
    MessageAttachment.objects.create(firm=message.firm, business=message.business, message=message, file=file)


def _plan_mail(conversation: Conversation, side: Side, message: Message, now: datetime) -> None:
    """Let the side be mailed in ten minutes, unless a mail that will tell of this message too is planned."""
    planned = MessageNotice.objects.filter(conversation=conversation, side=side, due_at__isnull=False).first()
    if planned is None:
        MessageNotice.objects.create(
            firm=conversation.firm,
            business=conversation.business,
            conversation=conversation,
            side=side,
            first_number=message.number,
            due_at=now + BURST,
        )
    elif planned.attempts >= MOST_ATTEMPTS:  # it was given up; this is an occasion to try anew
        planned.attempts, planned.due_at = 0, now + BURST
        planned.save(update_fields=["attempts", "due_at"])


@transaction.atomic
def download_sent_file(*, actor: Actor, attachment: MessageAttachment) -> bytes:
    """The bytes of a file sent with a message; who took them is kept. The caller found it with `visible_to`."""
    name = {"name": attachment.file.name}
    record(actor, "collaborations.messageattachment.downloaded", about=attachment, after=name)
    return read_file(attachment.file)

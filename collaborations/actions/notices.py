"""The mail about new messages: one for all that came within ten minutes."""

from datetime import datetime

from django.db import transaction

from advisory_portal.core.mail import Recipient, notify
from collaborations.actions.requests import address_for
from collaborations.actions.sides import lock_conversation, people_of
from collaborations.models import Conversation, Message, MessageNotice, ReadMark, Side

MOST_SHOWN = 5  # messages that a mail quotes
LONGEST_QUOTE = 600  # characters of each


@transaction.atomic
def send_message_notice(*, notice: MessageNotice, now: datetime) -> None:
    """Mail a side what the other one wrote since the notice began, each person what they have not read.

    Nobody is told by a firm's side that has blocked the business meanwhile. Repeating it does nothing.
    Source: PRODUCT 3, conversation.
    """
    conversation = lock_conversation(notice.conversation)
    side = Side(notice.side)
    current = MessageNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if current.due_at is None:
        return
    current.due_at = None
    current.save(update_fields=["due_at"])
    if side == Side.FIRM and conversation.blocked_at is not None:
        return
    messages = list(
        Message.objects.filter(conversation=conversation, side=side.other, number__gte=current.first_number)
        .order_by("number")
        .prefetch_related("attachments__file")
    )
    marks = ReadMark.objects.filter(conversation=conversation, side=side)
    seen = dict(marks.values_list("user_id", "seen"))
    for person in people_of(conversation, side):
        unread = conversation.count_of(side.other) - (seen.get(person.user_id, 0) if person.user_id else 0)
        new = messages[-unread:] if unread > 0 else []
        written = [one for one in new if one.kind == Message.Kind.TEXT and one.author_id != person.user_id]
        if written:
            _mail(conversation, side, person, written)


def _mail(conversation: Conversation, side: Side, person: Recipient, messages: list[Message]) -> None:
    theirs, other = conversation.party(side), conversation.party(side.other)
    quoted = [
        {
            "who": message.author_name,
            "text": _shortened(message.text),
            "files": [one.file.name for one in message.attachments.all()],
        }
        for message in messages[-MOST_SHOWN:]
    ]
    notify(
        "collaborations/new_messages",
        to=[person],
        url=address_for(conversation, side),
        organisation_id=theirs.pk,
        from_name=other.name,
        context={
            "organisation": theirs.name,
            "other": other.name,
            "count": len(messages),
            "before": len(messages) - len(quoted),
            "quoted": quoted,
        },
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()} …"

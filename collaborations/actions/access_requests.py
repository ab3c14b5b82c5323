"""The firm helps its client to let it in."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from collaborations.actions.messages import tell
from collaborations.actions.requests import within
from collaborations.actions.sides import lock_collaboration, people_of, record_across, require_voice
from collaborations.models import Collaboration, Message, Side

PAUSE = timedelta(hours=1)  # a client is not told the same twice within it
LONGEST_REASON = 1_000


class NotWorking(Refused):
    """Only a client can let its firm in."""


class AskedJustNow(Refused):
    """The client was told within the hour."""


@transaction.atomic
def send_steps(*, actor: Actor, collaboration: Collaboration, now: datetime) -> None:
    """Send the client the steps that let the firm into its account, as a message and by mail.

    Within an hour of the last time it does nothing. Raises NotWorking, Forbidden. Source: PRODUCT R6.
    """
    collaboration = _lock_for_firm(actor, collaboration)
    if _told_since(collaboration, Message.Kind.STEPS, now - PAUSE):
        return
    _tell(collaboration, Message.Kind.STEPS, actor, "", now)
    notify(
        "collaborations/access_steps", to=people_of(collaboration, Side.BUSINESS), **_about(collaboration, actor, "")
    )


@transaction.atomic
def request_access(*, actor: Actor, collaboration: Collaboration, reason: str, now: datetime) -> None:
    """Ask the client for access, or for more of it, with a reason, as a message and by mail.

    Raises AskedJustNow within an hour of the last time, NotWorking, TextTooLong, Forbidden. Source: PRODUCT R6.
    """
    collaboration = _lock_for_firm(actor, collaboration)
    reason = within(reason, LONGEST_REASON, "reason")
    if _told_since(collaboration, Message.Kind.ACCESS_REQUESTED, now - PAUSE):
        raise AskedJustNow(_("You asked less than an hour ago. Give the client time to answer."))
    conversation = collaboration.conversation
    conversation.access_requested_at = now
    conversation.save(update_fields=["access_requested_at"])
    record(actor, "collaborations.collaboration.access_requested", about=collaboration, after={"reason": reason})
    record_across(actor, "collaborations.collaboration.access_requested", about=collaboration, after={"reason": reason})
    _tell(collaboration, Message.Kind.ACCESS_REQUESTED, actor, reason, now)
    told = people_of(collaboration, Side.BUSINESS)
    notify("collaborations/access_requested", to=told, **_about(collaboration, actor, reason))


def _lock_for_firm(actor: Actor, collaboration: Collaboration) -> Collaboration:
    if require_voice(actor, collaboration) != Side.FIRM:
        raise Forbidden
    collaboration = lock_collaboration(collaboration)
    if collaboration.state != Collaboration.State.ACTIVE:
        raise NotWorking(_("You do not work for this business now."))
    return collaboration


def _told_since(collaboration: Collaboration, kind: Message.Kind, since: datetime) -> bool:
    messages = Message.objects.filter(conversation=collaboration.conversation, kind=kind, created_at__gt=since)
    return messages.exists()


def _tell(collaboration: Collaboration, kind: Message.Kind, actor: Actor, text: str, now: datetime) -> None:
    conversation = collaboration.conversation
    tell(conversation=conversation, side=Side.FIRM, kind=kind, actor=actor, detail={}, text=text, now=now)


def _about(collaboration: Collaboration, actor: Actor, reason: str) -> dict[str, Any]:
    business, firm = collaboration.business, collaboration.firm
    return {
        "url": reverse("collaborations:grant", args=[business.slug, collaboration.conversation_id]),
        "organisation_id": business.pk,
        "from_name": firm.name,
        "context": {"firm": firm.name, "business": business.name, "actor_name": actor.name, "reason": reason},
    }

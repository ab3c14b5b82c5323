"""A thread as its page shows it: messages with their files, events as sentences, formatted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_date, format_moment
from collaborations.models import Collaboration, Conversation, Message, MessageAttachment, Side
from collaborations.words.events import ENDINGS, EVENTS
from partners.models import Organisation
from partners.rules.countries import country_names

_HOLE = UUID(int=0)
ICONS = {
    "requested": "handshake",
    "accepted": "circle-check",
    "declined": "circle-x",
    "withdrawn": "undo-2",
    "ended": "circle-stop",
    "steps": "list-ordered",
    "access_requested": "key-round",
    "granted": "key-round",
    "grant_changed": "key-round",
    "grant_removed": "lock",
}


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file under a message, with what it weighs."""

    name: str
    size: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message or event. `said` is an event's sentence, `day` the day that begins with it ("" within one), `is_new`
    marks the first that the reader has not seen.
    """

    number: int
    kind: str
    icon: str
    is_mine: bool
    who: str
    organisation: str
    said: str
    text: str
    time: str
    moment: str
    iso: str
    day: str
    is_new: bool
    files: list[SentFile]


def thread_lines(
    messages: Sequence[Message],
    files: Iterable[MessageAttachment],
    *,
    conversation: Conversation,
    side: Side,
    time_zone: str,
    first_new: int = 0,
    day_before: date | None = None,
) -> list[Line]:
    """The messages as lines, in their order; `conversation` with both organisations. Makes no query.

    `first_new` is the number of the first unread message, `day_before` the day of the message before these.
    """
    sent = _sent_files(files, conversation.party(side).slug)
    lines, zone = [], ZoneInfo(time_zone)
    for message in messages:
        day = message.created_at.astimezone(zone).date()
        moment = format_moment(message.created_at, time_zone)
        lines.append(
            Line(
                number=message.number,
                kind=message.kind,
                icon=ICONS.get(message.kind, ""),
                is_mine=message.side == side,
                who=message.author_name,
                organisation=conversation.party(Side(message.side)).name,
                said=event_sentence(message, conversation),
                text=message.text,
                time=moment.rpartition(", ")[2],
                moment=moment,
                iso=message.created_at.isoformat(),
                day=format_date(day) if day != day_before else "",
                is_new=message.number == first_new,
                files=sent.get(message.pk, []),
            )
        )
        day_before = day
    return lines


def _sent_files(files: Iterable[MessageAttachment], slug: str) -> dict[UUID, list[SentFile]]:
    """The files under each message, by its id."""
    address = reverse("collaborations:sent_file", args=[slug, _HOLE])
    sent: dict[UUID, list[SentFile]] = {}
    for one in files:
        href = address.replace(str(_HOLE), str(one.pk))
        sent.setdefault(one.message_id, []).append(SentFile(one.file.name, filesizeformat(one.file.size), href))
    return sent


def event_sentence(message: Message, conversation: Conversation) -> str:
    """What an event says, "" for a message."""
    if message.kind not in EVENTS:
        return ""
    if message.detail.get("end") in ENDINGS:
        return str(ENDINGS[message.detail["end"]])
    who = f"{message.author_name} ({conversation.party(Side(message.side)).name})"
    return str(EVENTS[message.kind]) % {"who": who, "role": "", **message.detail}


def between_said(collaboration: Collaboration | None, time_zone: str) -> str:
    """Since when and by whom the collaboration is what it is, "" where nobody has asked."""
    if collaboration is None:
        return ""
    state = Collaboration.State(collaboration.state)
    moments = {
        Collaboration.State.PENDING: (collaboration.created_at, collaboration.requested_by_name),
        Collaboration.State.ENDED: (collaboration.ended_at, collaboration.ended_by_name),
    }
    answered = (collaboration.answered_at, collaboration.answered_by_name)
    moment, who = moments.get(state, answered)
    if moment is None or not who:
        return ""
    day = format_date(moment.astimezone(ZoneInfo(time_zone)).date())
    return _("Since %(day)s, by %(name)s") % {"day": day, "name": who}


def _country(code: str) -> str:
    return dict(country_names(active_language())).get(code, code)


def party_facts(organisation: Organisation) -> list[tuple[str, str]]:
    """What each side reads of the other: label and value."""
    place = ", ".join(filter(None, (organisation.city, _country(organisation.country))))
    facts = [
        (_("Profession"), str(organisation.get_profession_display()) if organisation.profession else ""),
        (_("Tax id"), organisation.tax_id),
        (_("Legal form"), organisation.legal_form),
        (_("Place"), place),
    ]
    return [(label, value) for label, value in facts if value]

"""Calendars that other programs subscribe to. Source: RFC 5545; RFC 7986 (NAME, REFRESH-INTERVAL)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FOLD = 75  # octets of a line before its end
ALARM_DAYS = (7, 1)  # before the last day
ALARM_HOUR = 9


@dataclass(frozen=True, slots=True)
class Event:
    """Something on one whole day. `uid` stays the same for ever; `is_done` turns its alarms off."""

    uid: str
    day: date
    summary: str
    description: str
    changed_at: datetime
    is_done: bool = False


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """A whole calendar as text/calendar in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Advisory Portal//Taxes//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "STATUS:CONFIRMED"
    if not event.is_done:
        for days in ALARM_DAYS:
            yield from _alarm(days, event.summary)
    yield "END:VEVENT"


def _alarm(days: int, text: str) -> Iterator[str]:
    """At ALARM_HOUR, so many days before: counted from midnight, at which a whole day begins."""
    hours = days * 24 - ALARM_HOUR
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escaped(text)}"
    yield f"TRIGGER:-PT{hours}H"
    yield "END:VALARM"


def escaped(text: str) -> str:
    """A text as a value: backslash, comma, semicolon and line breaks escaped, control characters left out."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(character for character in text if character == "\t" or character.isprintable() or character == " ")


def folded(line: str) -> bytes:
    """A line with its end, broken into pieces of at most FOLD octets, never within a character."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > FOLD:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"

"""Which client to work on next, and why."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

TAXES = "taxes"
SOON = 14  # days before the last day of a tax return in which it presses
ENDING = 7  # days before access ends in which what is left should be done
END_WEIGHT = 25  # of access that ends
OLD = 30  # days from which pending work counts as old


class Reason(NamedTuple):
    """Why a client is up: how much that weighs, how many things, how many days (left, late or waiting).

    `kind` is taxes_late, taxes_due, messages, answers, access_ends or waits; `code` names the KPI of the last.
    """

    kind: str
    weight: int
    number: int = 0
    days: int = 0
    code: str = ""


Pending = Mapping[str, tuple[int, date | None]]
"""How much waits by KPI with the day of the oldest, of taxes the first last day; what has nothing may be left out."""


def reasons_of(pending: Pending, *, unread: int, answers: int, ends_on: date | None, today: date) -> list[Reason]:
    """All reasons to work on a client, the weightiest first; none where nothing waits.

    `answers` are questions that the client has answered; `ends_on` the last day of access. What is late weighs 60 and
    more, what falls due within SOON up to 50, a message 30, an answer 20, and any other pending work up to 25: 10 for
    how much it is and 15 for how long it has waited.
    """
    found = [_of_work(code, number, oldest, today) for code, (number, oldest) in pending.items() if number]
    if unread:
        found.append(Reason("messages", _weight_of_messages(unread), unread))
    if answers:
        found.append(Reason("answers", _weight_of_answers(answers), answers))
    if found and ends_on is not None and (days := (ends_on - today).days) <= ENDING:
        found.append(Reason("access_ends", END_WEIGHT, days=max(days, 0)))
    return sorted(found, key=lambda reason: (-reason.weight, reason.kind, reason.code))


def weight_of(pending: Pending, *, unread: int, answers: int, ends_on: date | None, today: date) -> int:
    """What all reasons of a client weigh together: what the order goes by."""
    weight = sum([_of_work(code, *one, today).weight for code, one in pending.items() if one[0]])
    weight += _weight_of_messages(unread) + _weight_of_answers(answers)
    return weight + END_WEIGHT if weight and ends_on is not None and (ends_on - today).days <= ENDING else weight


def _weight_of_messages(unread: int) -> int:
    return 30 + min(unread, 10) if unread else 0


def _weight_of_answers(answers: int) -> int:
    return 20 + min(answers, 10) if answers else 0


@lru_cache(maxsize=8192)
def _of_work(code: str, number: int, oldest: date | None, today: date) -> Reason:
    days = (today - oldest).days if oldest else 0
    if code == TAXES and days > 0:
        return Reason("taxes_late", 60 + min(days, 30), number, days)
    if code == TAXES and -days <= SOON:
        return Reason("taxes_due", 50 + 3 * days, number, -days)
    return Reason("waits", min(10, -(-number // 5)) + min(15, max(days, 0) // 7), number, max(days, 0), code)


def is_old(code: str, oldest: date | None, today: date) -> bool:
    """Has the oldest item waited for OLD days; of taxes: is a return late?"""
    return oldest is not None and (today - oldest).days > (0 if code == TAXES else OLD)

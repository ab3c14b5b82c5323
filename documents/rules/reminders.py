"""Which reminder of an overdue invoice comes next, and when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

STEPS = 3
DEFAULT_DAYS = (3, 10, 21)  # after the due date
MOST_DAYS = 365
FROM_HOUR = 8  # of the business's day: nobody is reminded at night
OLDEST_DAYS = 60  # an invoice that is due longer gets its first reminder by hand only
PLACEHOLDERS = ("number", "amount", "due", "name", "business", "days")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Step:
    """A reminder as the business set it up: days after the due date; an empty subject or text is ours."""

    days: int
    subject: str = ""
    text: str = ""


def steps_of(stored: Sequence[Mapping[str, object]]) -> tuple[Step, ...]:
    """The three steps of `DocumentSettings.reminders`; what is missing has our days and our texts."""
    given = [Step(int(str(one["days"])), str(one.get("subject", "")), str(one.get("text", ""))) for one in stored]
    return tuple(given[:STEPS]) + tuple(Step(days) for days in DEFAULT_DAYS[len(given) :])


def next_step_on(due_on: date, days: Sequence[int], sent: int, last_on: date | None) -> date | None:
    """The day from which the next step may go out, after `sent` steps of which the latest was on `last_on`.

    The distance between two steps is kept even where the first came late, so that whoever is reminded late is not
    reminded daily. None when every step was sent.
    """
    if sent >= len(days):
        return None
    planned = due_on + timedelta(days=days[sent])
    if sent == 0 or last_on is None:
        return planned
    return max(planned, last_on + timedelta(days=max(days[sent] - days[sent - 1], 1)))


def step_due(due_on: date, days: Sequence[int], sent: int, last_on: date | None, today: date) -> int | None:
    """The step, from 1 on, that is due today, or None: at most one a day, and none first for an old invoice."""
    if last_on is not None and last_on >= today:
        return None
    if sent == 0 and due_on < today - timedelta(days=OLDEST_DAYS + (days[0] if days else 0)):
        return None
    day = next_step_on(due_on, days, sent, last_on)
    return sent + 1 if day is not None and day <= today else None


def unknown_placeholders(text: str, known: Sequence[str] = PLACEHOLDERS) -> list[str]:
    """The `{names}` in a text that nothing fills, in their order."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in known]


def days_in_order(days: Sequence[int]) -> bool:
    """Whether each step comes later than the one before."""
    return all(before < after for before, after in pairwise(days))

"""When a recurring invoice comes back, and what its texts say of the day."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice

MOST_MISSED = 12  # of the dates that a standstill left out, the latest that are made up for
MOST_EVERY = 99
LAST_YEAR = 9000  # a series that lives longer has been forgotten
PLACEHOLDERS = ("month", "year", "period")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `every` `unit` (week, month, year), first on `started_on`, last on `ends_on` or without end."""

    every: int
    unit: str
    started_on: date
    ends_on: date | None = None
    is_issued: bool = True
    is_sent: bool = False


def nth_date(first: date, every: int, unit: str, number: int) -> date:
    """The date `number` turns after the first (0 is the first itself).

    `unit` is week, month or year. Months and years keep the first date's day; a shorter month ends the turn on its
    last day: 31 January, 28 February, 31 March.
    """
    if unit == "week":
        return first + timedelta(weeks=every * number)
    months = every * number * (12 if unit == "year" else 1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def dates(first: date, every: int, unit: str, *, since: date, until: date | None = None) -> Iterator[date]:
    """The dates of the series from `since` on, that day included, up to `until`, that day included."""
    elapsed = max((since - first).days, 0)
    longest = {"week": 7, "month": 31, "year": 366}[unit] * every
    for number in count(elapsed // longest):
        day = nth_date(first, every, unit, number)
        if (until is not None and day > until) or day.year > LAST_YEAR:
            return
        if day >= since:
            yield day


def next_date(first: date, every: int, unit: str, *, after: date, until: date | None = None) -> date | None:
    """The first date of the series later than `after`; None where it has ended."""
    return next(dates(first, every, unit, since=after + timedelta(days=1), until=until), None)


def first_to_make(
    first: date, every: int, unit: str, *, next_on: date, today: date, until: date | None = None
) -> date | None:
    """Where the series goes on after a standstill: `next_on`, or, where more than MOST_MISSED dates up to today were
    missed, the first of the latest MOST_MISSED.
    """
    end = today if until is None else min(today, until)
    missed = list(dates(first, every, unit, since=next_on, until=end))
    if len(missed) > MOST_MISSED:
        return missed[-MOST_MISSED]
    return next(dates(first, every, unit, since=next_on, until=until), None)


def coming(first: date, every: int, unit: str, *, since: date, until: date | None, most: int) -> list[date]:
    """The next dates, at most `most` of them."""
    return list(islice(dates(first, every, unit, since=since, until=until), most))


def period_of(first: date, every: int, unit: str, day: date) -> tuple[date, date]:
    """The days that the invoice of a date of the series is for: from it to the day before the next."""
    following = next_date(first, every, unit, after=day)
    return day, (following or day + timedelta(days=1)) - timedelta(days=1)


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with each known `{name}` replaced; every other brace stays as it is."""
    return _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)

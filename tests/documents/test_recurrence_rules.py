"""When a recurring invoice comes back: every turn once, in order, on the first date's day or the month's last."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.rules import recurrence as rules

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
UNITS = st.sampled_from(["week", "month", "year"])
EVERY = st.integers(1, rules.MOST_EVERY)


@pytest.mark.parametrize(
    ("first", "every", "unit", "expected"),
    [
        ("2026-01-31", 1, "month", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2028-01-31", 1, "month", ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        ("2026-11-30", 3, "month", ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]),
        ("2024-02-29", 1, "year", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2026-12-28", 2, "week", ["2026-12-28", "2027-01-11", "2027-01-25", "2027-02-08"]),
        ("2026-12-15", 12, "month", ["2026-12-15", "2027-12-15", "2028-12-15"]),
    ],
)
def test_months_end_right(first, every, unit, expected):
    start = date.fromisoformat(first)
    found = islice(rules.dates(start, every, unit, since=start), len(expected))
    assert [day.isoformat() for day in found] == expected


@given(first=DAYS, every=EVERY, unit=UNITS)
def test_turns_rise_and_keep_the_day(first, every, unit):
    turns = list(islice(rules.dates(first, every, unit, since=first), 20))
    assert turns[0] == first
    assert all(before < after for before, after in pairwise(turns))
    for number, day in enumerate(turns):
        if unit == "week":
            assert day == first + timedelta(days=7 * every * number)
        else:
            assert day.day == min(first.day, monthrange(day.year, day.month)[1])
            months = (day.year - first.year) * 12 + day.month - first.month
            assert months == number * every * (12 if unit == "year" else 1)


@given(first=DAYS, every=EVERY, unit=UNITS, later=st.integers(-500, 20_000))
def test_going_on_in_the_middle_leaves_no_date_out(first, every, unit, later):
    since = first + timedelta(days=later)
    slow = (day for day in (rules.nth_date(first, every, unit, number) for number in range(3_000)) if day >= since)
    assert next(rules.dates(first, every, unit, since=since)) == next(slow)


@given(first=DAYS, every=EVERY, unit=UNITS)
def test_periods_touch_without_overlap(first, every, unit):
    turns = list(islice(rules.dates(first, every, unit, since=first), 5))
    periods = [rules.period_of(first, every, unit, day) for day in turns]
    assert [start for start, _end in periods] == turns
    assert all(end + timedelta(days=1) == start for (_, end), (start, _) in pairwise(periods))


def test_the_last_date_belongs_to_the_series():
    first = date(2026, 1, 31)
    assert rules.next_date(first, 1, "month", after=first, until=date(2026, 2, 28)) == date(2026, 2, 28)
    assert rules.next_date(first, 1, "month", after=first, until=date(2026, 2, 27)) is None
    assert rules.next_date(first, 1, "month", after=date(2025, 1, 1)) == first
    assert len(rules.coming(first, 1, "month", since=first, until=date(2026, 3, 31), most=5)) == 3
    assert len(rules.coming(first, 1, "month", since=first, until=None, most=5)) == 5


@pytest.mark.parametrize(
    ("today", "until", "expected"),
    [
        (date(2026, 1, 1), None, date(2026, 1, 1)),  # nothing missed but today's
        (date(2026, 12, 31), None, date(2026, 1, 1)),  # exactly twelve
        (date(2027, 1, 1), None, date(2026, 2, 1)),  # thirteen: the oldest is left out
        (date(2030, 6, 15), None, date(2029, 7, 1)),
        (date(2030, 6, 15), date(2026, 3, 1), date(2026, 1, 1)),  # ended in between: three
        (date(2030, 6, 15), date(2025, 1, 1), None),
    ],
)
def test_after_a_standstill_the_latest_twelve_are_made_up_for(today, until, expected):
    first = date(2025, 1, 1)
    found = rules.first_to_make(first, 1, "month", next_on=date(2026, 1, 1), today=today, until=until)
    assert found == expected


def test_placeholders_are_filled_and_other_braces_stay():
    words = {"month": "March", "year": "2026"}
    assert rules.filled("Rent {month} {year} {} {other} {month", words) == "Rent March 2026 {} {other} {month"

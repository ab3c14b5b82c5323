"""Which reminder comes next: in its turn, never two close together, none for what is long forgotten."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.rules import reminders as rules

DUE = date(2026, 3, 1)
DAYS = (3, 10, 21)


@pytest.mark.parametrize(
    ("today", "sent", "last", "expected"),
    [
        ("2026-03-03", 0, None, None),
        ("2026-03-04", 0, None, 1),
        ("2026-03-30", 0, None, 1),  # late: still the first
        ("2026-03-04", 1, "2026-03-04", None),  # one a day
        ("2026-03-10", 1, "2026-03-04", None),
        ("2026-03-11", 1, "2026-03-04", 2),
        ("2026-03-31", 1, "2026-03-30", None),  # the distance of seven days is kept
        ("2026-04-06", 1, "2026-03-30", 2),
        ("2026-03-22", 2, "2026-03-11", 3),
        ("2026-03-21", 2, "2026-03-11", None),
        ("2026-05-03", 0, None, 1),  # 60 days after the first step would have been due
        ("2026-05-04", 0, None, None),  # older ones are left to people
        ("2026-09-01", 1, "2026-05-01", 2),  # what was begun goes on
        ("2026-09-01", 3, "2026-05-01", None),
    ],
)
def test_the_step_that_is_due(today, sent, last, expected):
    last_on = date.fromisoformat(last) if last else None
    assert rules.step_due(DUE, DAYS, sent, last_on, date.fromisoformat(today)) == expected


@given(
    days=st.lists(st.integers(0, 365), min_size=3, max_size=3, unique=True).map(sorted),
    begins=st.integers(0, 50),
    runs=st.sets(st.integers(0, 900)),
)
def test_whenever_the_sweep_runs_steps_come_in_order_and_keep_their_distance(days, begins, runs):
    sent = []
    for offset in sorted(begins + run for run in runs):
        today = DUE + timedelta(days=offset)
        last_on = sent[-1] if sent else None
        step = rules.step_due(DUE, days, len(sent), last_on, today)
        if step is not None:
            assert step == len(sent) + 1
            sent.append(today)
    assert len(sent) <= 3
    for number, (before, after) in enumerate(pairwise(sent)):
        assert (after - before).days >= days[number + 1] - days[number]
    assert all(day >= DUE + timedelta(days=days[number]) for number, day in enumerate(sent))


def test_missing_steps_are_ours():
    assert rules.steps_of([]) == (rules.Step(3), rules.Step(10), rules.Step(21))
    stored = [{"days": 5, "subject": "S", "text": "T"}, {"days": "7"}]
    assert rules.steps_of(stored) == (rules.Step(5, "S", "T"), rules.Step(7), rules.Step(21))
    assert rules.days_in_order([3, 10, 21])
    assert not rules.days_in_order([3, 3, 21])
    assert not rules.days_in_order([10, 3, 21])


def test_placeholders_that_nothing_fills_are_named():
    assert rules.unknown_placeholders("{number} {amount} {due} {name} {business} {days}") == []
    assert rules.unknown_placeholders("{numero} {} {number} {a b} {numero}") == ["numero", "", "a b"]

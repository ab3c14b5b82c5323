"""What to work on next, and when a person is told of what."""

from datetime import UTC, date, datetime, timedelta

import pytest

from collaborations.rules.digests import grown, next_digest
from collaborations.rules.work_next import Reason, is_old, reasons_of

TODAY = date(2026, 11, 20)


def reasons(unread=0, answers=0, ends_on=None, **pending):
    return reasons_of(pending, unread=unread, answers=answers, ends_on=ends_on, today=TODAY)


def before(days):
    return TODAY - timedelta(days=days)


def test_nothing_that_waits_is_no_reason():
    assert reasons(invoices=(0, None), ends_on=TODAY) == []


@pytest.mark.parametrize(
    ("pending", "reason"),
    [
        ({"taxes": (1, before(5))}, Reason("taxes_late", 65, 1, 5)),
        ({"taxes": (1, before(400))}, Reason("taxes_late", 90, 1, 400)),
        ({"taxes": (2, TODAY)}, Reason("taxes_due", 50, 2, 0)),
        ({"taxes": (2, before(-14))}, Reason("taxes_due", 8, 2, 14)),
        ({"taxes": (2, before(-15))}, Reason("waits", 1, 2, 0, "taxes")),
        ({"invoices": (1, TODAY)}, Reason("waits", 1, 1, 0, "invoices")),
        ({"invoices": (12, before(21))}, Reason("waits", 3 + 3, 12, 21, "invoices")),
        ({"invoices": (900, before(900))}, Reason("waits", 25, 900, 900, "invoices")),
        ({"unread": 3}, Reason("messages", 33, 3)),
        ({"answers": 40}, Reason("answers", 30, 40)),
    ],
)
def test_each_reason_weighs_what_it_should(pending, reason):
    assert reasons(**pending) == [reason]


def test_weightiest_come_first_and_the_end_of_access_presses_only_where_something_waits():
    found = reasons(unread=1, ends_on=before(-7), invoices=(5, TODAY), taxes=(1, before(1)))
    assert [one.kind for one in found] == ["taxes_late", "messages", "access_ends", "waits"]
    assert found[2].days == 7
    assert [one.kind for one in reasons(ends_on=before(-8), invoices=(5, TODAY))] == ["waits"]


def test_old_is_what_has_waited_a_month_or_is_late():
    assert [is_old("invoices", day, TODAY) for day in (None, before(30), before(31))] == [False, False, True]
    assert [is_old("taxes", day, TODAY) for day in (TODAY, before(1))] == [False, True]


@pytest.mark.parametrize(
    ("rhythm", "now", "expected"),
    [
        ("immediate", (2026, 11, 20, 9, 0), (2026, 11, 20, 9, 10)),
        ("daily", (2026, 11, 20, 5, 59), (2026, 11, 20, 6, 0)),  # seven in Madrid, in winter
        ("daily", (2026, 11, 20, 6, 0), (2026, 11, 21, 6, 0)),
        ("daily", (2026, 3, 28, 6, 0), (2026, 3, 29, 5, 0)),  # the clocks have changed
        ("weekly", (2026, 11, 20, 9, 0), (2026, 11, 23, 6, 0)),
        ("weekly", (2026, 11, 23, 6, 0), (2026, 11, 30, 6, 0)),
    ],
)
def test_next_digest_is_at_seven_where_the_firm_is(rhythm, now, expected):
    assert next_digest(rhythm, datetime(*now, tzinfo=UTC), "Europe/Madrid") == datetime(*expected, tzinfo=UTC)


def test_grown_is_what_came_since_of_what_is_wanted_from_the_threshold_on():
    found = {"invoices": 5, "inbox": 2, "taxes": 1, "journal": 4}
    told = {"invoices": 3, "inbox": 2, "taxes": 4}
    assert grown(found, told, found, {}) == {"invoices": 2, "journal": 4}
    assert grown(found, told, {"journal"}, {}) == {"journal": 4}
    assert grown(found, told, found, {"invoices": 6, "journal": 4}) == {"journal": 4}

from datetime import date

import pytest

from partners.rules.profiles import EMPTY, REASON_KEYS, complete, missing
from partners.rules.programme import is_paid, preconditions
from partners.words import FIELDS
from tests.partners.programme import CONTENT

TODAY = date(2026, 11, 20)
YESTERDAY, TOMORROW = date(2026, 11, 19), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("status", "paid_until", "expected"),
    [
        ("trialing", None, True),
        ("trialing", TODAY, True),
        ("trialing", YESTERDAY, False),
        ("active", None, True),
        ("active", TOMORROW, True),
        ("active", YESTERDAY, False),
        ("past_due", None, False),
        ("past_due", TODAY, True),
        ("past_due", YESTERDAY, False),
        ("cancelled", None, False),
        ("cancelled", TODAY, True),
        ("cancelled", YESTERDAY, False),
    ],
)
def test_subscription_counts_until_its_last_day(status, paid_until, expected):
    assert is_paid(status, paid_until, TODAY) is expected


def test_subscription_of_unknown_status_is_an_error():
    with pytest.raises(ValueError, match="paused"):
        is_paid("paused", None, TODAY)


@pytest.mark.parametrize(
    ("kind", "profession", "has_paid", "expected"),
    [
        ("firm", "gestoria", True, (True, True, True)),
        ("firm", "asesoria", True, (True, True, True)),
        ("firm", "external_cfo", True, (True, True, True)),
        ("firm", "other", True, (True, True, False)),
        ("firm", "asesoria", False, (True, False, True)),
        ("business", "", True, (False, True, False)),
    ],
)
def test_preconditions_are_three(kind, profession, has_paid, expected):
    found = preconditions(kind, profession, has_paid=has_paid)
    assert (found.is_firm, found.is_paid, found.has_profession) == expected
    assert found.all_met is all(expected)


def test_content_is_completed_and_unknown_keys_are_left_out():
    content = complete({"city": "Madrid", "is_superuser": True})
    assert list(content) == list(EMPTY)
    assert content["city"] == "Madrid"
    assert (content["accepting_clients"], content["staff"]) == (True, [])


def test_complete_profile_lacks_nothing():
    assert missing(CONTENT, has_logo=True) == []


@pytest.mark.parametrize(
    "key",
    "display_name tagline description profession services languages city postcode country email".split(),
)
def test_missing_names_each_required_field(key):
    assert missing({**CONTENT, key: []}, has_logo=True) == [key]


def test_missing_names_the_logo():
    assert missing(CONTENT, has_logo=False) == ["logo"]


def test_every_field_has_a_label():
    assert set(FIELDS) == set(REASON_KEYS)

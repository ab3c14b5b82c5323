"""Answers are kept until they are forgotten, and a cache that fails costs only the saving."""

import pytest
from django.core.cache import cache
from django.db import transaction

from advisory_portal.core.kept import forget, kept


def test_an_answer_is_made_once_for_a_key():
    made = []
    for key in (("a", 1), ("a", 1), ("a", 2)):
        assert kept("firms", key, lambda key=key: made.append(key) or {"key": key}) == {"key": key}
    assert made == [("a", 1), ("a", 2)]


def test_the_same_key_about_something_else_is_another_answer():
    assert kept("firms", "a", lambda: 1) == 1
    assert kept("people", "a", lambda: 2) == 2


@pytest.mark.django_db
def test_what_is_forgotten_is_made_anew_and_the_rest_stays():
    kept("firms", "a", lambda: 1)
    kept("people", "a", lambda: 1)
    forget("firms")
    assert (kept("firms", "a", lambda: 2), kept("people", "a", lambda: 2)) == (2, 1)


@pytest.mark.django_db
def test_an_answer_begun_before_it_was_forgotten_is_not_kept():
    assert kept("firms", "a", lambda: forget("firms") or "old") == "old"
    assert kept("firms", "a", lambda: "new") == "new"


@pytest.mark.django_db(transaction=True)
def test_an_answer_made_by_others_before_the_commit_is_forgotten_with_it():
    with transaction.atomic():
        forget("firms")
        kept("firms", "a", lambda: "before the commit")
    assert kept("firms", "a", lambda: "after it") == "after it"


def test_an_answer_whose_stamp_was_lost_is_made_anew():
    cache.set("kept:firms", "a stamp", None)
    kept("firms", "a", lambda: 1)
    cache.delete("kept:firms")
    assert kept("firms", "a", lambda: 2) == 2


def test_without_a_cache_every_answer_is_made(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "advisory_portal.core.cache.ForgivingRedisCache",
            "LOCATION": "unix:///nowhere.sock?db=0",
        }
    }
    assert [kept("firms", "a", lambda number=number: number) for number in (1, 2)] == [1, 2]

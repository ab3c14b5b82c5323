"""The cache while Redis is down: the site goes on without it."""

import pytest
from django.core.cache import cache

from advisory_portal.core.cache import ForgivingRedisCache
from tests.factories import PASSWORD, UserFactory
from tests.threads import together


@pytest.fixture
def dead():
    return ForgivingRedisCache("redis://127.0.0.1:1/0", {})


def test_without_redis_nothing_is_there_and_nothing_fails(dead):
    assert dead.get("a") is None
    assert dead.get("a", 5) == 5
    assert dead.get("a", default=6) == 6
    assert dead.get("a", 7, 1) == 7
    assert dead.set("a", 1, 10) is None
    assert dead.add("a", 1, timeout=10) is True
    assert dead.touch("a") is False
    assert dead.delete("a") is False
    assert dead.has_key("a") is False
    assert "a" not in dead
    assert dead.get_many(["a", "b"]) == {}
    assert dead.set_many({"a": 1}) == []
    assert dead.delete_many(["a"]) is None
    assert dead.incr("a") == 1
    assert dead.incr("a", 3) == 3
    assert dead.get_or_set("a", lambda: 9) == 9


def test_the_fault_is_logged(dead, caplog):
    dead.get("a")
    assert caplog.messages == ["cache get failed: Redis does not answer"]


def test_with_redis_it_keeps_what_it_is_given():
    assert cache.get("a", 5) == 5
    cache.set("a", 1, 60)
    assert (cache.get("a"), cache.add("a", 2), "a" in cache, cache.incr("a", 2)) == (1, False, True, 3)
    cache.delete("a")
    assert cache.get("a") is None


def test_a_test_and_its_threads_have_one_cache_apart_from_other_tests():
    cache.set("a", 1, 60)
    assert cache.key_prefix.startswith("test-")
    assert together([lambda: cache.get("a"), lambda: cache.key_prefix]) == [1, cache.key_prefix]


@pytest.mark.django_db
def test_people_log_in_while_redis_is_down(settings, client):
    user = UserFactory()
    settings.CACHES = {
        "default": {
            "BACKEND": "advisory_portal.core.cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    wrong = client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    assert wrong.status_code in (200, 422)
    right = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert (right.status_code, right["Location"]) == (302, "/")

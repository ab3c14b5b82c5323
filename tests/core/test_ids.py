"""Identifiers: ids in the order they were made, tokens that cannot be guessed."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import time_machine

from advisory_portal.core import ids
from advisory_portal.core.ids import hash_token, new_token, uuid7


@pytest.fixture(autouse=True)
def no_ids_yet(monkeypatch):
    """Ids never go backwards within a process; here each test begins a new one."""
    monkeypatch.setattr(ids, "_last", 0)


def test_uuid7_carries_version_variant_and_the_moment():
    moment = datetime(2031, 5, 6, 7, 8, 9, 250_000, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(moment.timestamp() * 1000)


def test_uuid7_grows_within_one_moment_and_when_the_clock_goes_back():
    with time_machine.travel(datetime(2032, 1, 1, tzinfo=UTC), tick=False):
        made = [uuid7() for _ in range(5_000)]
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC), tick=False):
        made.append(uuid7())
    assert made == sorted(made)
    assert len(set(made)) == 5_001


def test_uuid7_is_never_given_twice_to_threads():
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [uuid7() for _ in range(500)], range(8)))
    stamps = [made.int >> 64 for batch in batches for made in batch]
    assert len(set(stamps)) == 4_000
    assert all(batch == sorted(batch) for batch in batches)


def test_tokens_are_long_safe_in_addresses_and_stored_hashed():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    assert hash_token("abc") == hashlib.sha256(b"abc").hexdigest()

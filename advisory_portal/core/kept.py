"""Answers that are dear to make and seldom change: kept in the cache for a minute, forgotten together."""

import pickle
import zlib
from collections.abc import Callable
from hashlib import blake2s
from typing import TypeVar, cast
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

Answer = TypeVar("Answer")
KEPT_SECONDS = 60


def kept(about: str, key: object, make: Callable[[], Answer]) -> Answer:
    """What `make()` answers, or what it answered within the last minute for the same key, unless `forget(about)` came.

    `key` says everything that the answer depends on, by its `repr`. Without a cache the answer is made every time.
    An answer that was begun before `forget` is not kept for those who ask after it.
    """
    name = f"kept:{about}:{blake2s(repr(key).encode()).hexdigest()}"
    found = cache.get_many([_stamp(about), name])
    stamp = found.get(_stamp(about), "")
    held_stamp, packed = found.get(name, (None, b""))
    if held_stamp == stamp:
        return cast("Answer", pickle.loads(zlib.decompress(packed)))
    answer = make()
    cache.set(name, (stamp, zlib.compress(pickle.dumps(answer), 1)), KEPT_SECONDS)
    return answer


def forget(about: str) -> None:
    """Let no answer be used that was kept so far: from now on in this transaction, after commit for everybody.

    Where the cache does not answer at that moment, kept ones may be used until their minute is over.
    """
    _renew(about)
    transaction.on_commit(lambda: _renew(about))


def _renew(about: str) -> None:
    cache.set(_stamp(about), uuid4().hex, None)


def _stamp(about: str) -> str:
    return f"kept:{about}"

"""Identifiers: time-ordered ids for rows, random tokens for secrets."""

import hashlib
import os
import secrets
import threading
import time
import uuid
from datetime import datetime

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A version 7 UUID: 48 bits of Unix milliseconds, 12 bits of sub-millisecond time, 62 random bits.

    Ids made by one process never go backwards. Source: RFC 9562, 5.7 and 6.2 (method 3).
    """
    global _last
    with _lock:
        # 1 ms is 4096 steps of 12 bits, so one step is about 244 ns.
        steps = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = steps
    return _uuid7(*divmod(steps, 4096))


def uuid7_of(moment: datetime) -> uuid.UUID:
    """An id as if it was made at that moment, for rows that stand among others by their ids and are older than they.

    Ids of the same millisecond come in no order.
    """
    return _uuid7(max(int(moment.timestamp() * 1000), 0), secrets.randbits(12))


def _uuid7(milliseconds: int, fraction: int) -> uuid.UUID:
    tail = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | tail)


def new_token() -> str:
    """A secret of 256 random bits for a mailed link, safe in a URL (43 characters)."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a token: SHA-256 in 64 hex digits. A fast hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()

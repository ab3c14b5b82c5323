"""What the stand-ins know: a clock that can be turned on, ids, idempotency, what happened, and what shall go wrong."""

from __future__ import annotations

import itertools
import re
import secrets
import string
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

JSON = dict[str, Any]
LETTERS = string.ascii_letters + string.digits


class ApiError(Exception):
    """An answer that is a refusal, in the company's own shape."""

    def __init__(self, status: int, body: JSON) -> None:
        super().__init__(str(status))
        self.status, self.body = status, body


@dataclass
class Answer:
    """What a stand-in answers to a request."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """A request to a stand-in: `path` without the company's prefix, `query` as pairs, `body` as bytes."""

    company: str
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass
class Fault:
    """What goes wrong with the next `times` requests that fit: `kind` is one of FAULTS.

    A request is refused before it is worked on, as by a company that is away or does not want to. With `after` the work
    is done and its answer alone is spoilt.
    """

    kind: str
    company: str = ""
    method: str = ""
    path: str = ""
    times: int = 1
    seconds: float = 0
    after: bool = False

    @property
    def spoils_the_answer(self) -> bool:
        """Whether the work is done all the same."""
        return self.after or self.kind in AFTER

    def fits(self, request: Request) -> bool:
        return (
            self.times > 0
            and self.company in ("", request.company)
            and self.method in ("", request.method)
            and re.search(self.path, request.path) is not None
        )


BEFORE = frozenset({"429", "500", "503", "409", "401", "html", "drop", "slow"})
# Always after the work: no answer, one with a word that nobody knows, or one without a field.
AFTER = frozenset({"commit_then_drop", "unknown_enum", "missing_field"})
FAULTS = BEFORE | AFTER


@dataclass
class Delivery:
    """How webhooks are delivered from now on. `delay` in seconds; `drop` the next so many; retries after RETRIES."""

    delay: float = 0
    copies: int = 1
    shuffle: bool = False
    drop: int = 0
    corrupt: bool = False
    stale: float = 0
    wrong_secret: bool = False
    hold: bool = False


class World:
    """Everything of the sandbox, under one lock."""

    def __init__(self, base_url: str = "") -> None:
        self.base_url = base_url
        self.lock = threading.RLock()
        self.turned_on = 0.0
        self.things: dict[str, dict[str, JSON]] = {}
        self.answers: dict[tuple[str, ...], tuple[Any, Answer]] = {}
        self.faults: list[Fault] = []
        self.delivery = Delivery()
        self.exchanges: deque[JSON] = deque(maxlen=20_000)
        self.revoked: set[str] = set()
        self.announce: Callable[[str, str, JSON, str], None] = lambda company, account, event, name: None
        self._numbers = itertools.count(1)

    def now(self) -> float:
        """Seconds since 1970, with what the clock was turned on."""
        return time.time() + self.turned_on

    def seconds(self) -> int:
        return int(self.now())

    def iso(self, at: float | None = None) -> str:
        moment = datetime.fromtimestamp(self.now() if at is None else at, UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def new_id(self, prefix: str, length: int = 24, alphabet: str = LETTERS) -> str:
        """An id that nobody guesses, as the companies make them."""
        return prefix + "".join(secrets.choice(alphabet) for _ in range(length))

    def of(self, kind: str) -> dict[str, JSON]:
        """All things of a kind by their id."""
        return self.things.setdefault(kind, {})

    def once(self, key: tuple[str, ...], asked: Any, work: Callable[[], Answer]) -> tuple[Answer, bool]:
        """The answer to a request with an idempotency key, worked on once; and whether it asked the same then."""
        if key in self.answers:
            before, answer = self.answers[key]
            return answer, before == asked
        answer = work()
        self.answers[key] = (asked, answer)
        return answer, True

    def take_fault(self, request: Request) -> Fault | None:
        """The first fault that fits, used up once."""
        for fault in self.faults:
            if fault.fits(request):
                fault.times -= 1
                return fault
        return None

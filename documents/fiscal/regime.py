"""What the law of a country must offer to be a regime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from advisory_portal.core.errors import Refused
from documents.models import Document, FiscalRecord

Content = dict[str, Any]


class NotReportable(Refused):
    """The law would not take this invoice, or this business."""


class NotDelivered(Exception):
    """The agency gave no answer that can be read: the same records are sent again later."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a new record keeps: `content` as JSON, and the hash that the next record names."""

    content: Content
    hash: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the agency says of one record. `code` and `text` are its own, "" where there is nothing to say.

    `was_known`: it had taken the record before, so an answer was lost.
    """

    accepted: bool
    code: str = ""
    text: str = ""
    was_known: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The agency's answer. `outcomes` by the record's hash; nothing else is sent for `wait_seconds`."""

    outcomes: Mapping[str, Outcome]
    wait_seconds: int
    reference: str = ""


class Regime(Protocol):
    """The law of one country: what it wants kept, how a record is hashed, written and sent.

    `code` is what settings and records keep, `country` its ISO code, `label` its name.
    """

    code: str
    label: str
    country: str
    most_records: int

    def is_sending(self) -> bool:
        """Whether this installation has what sending takes."""

    def why_not(self, tax_id: str) -> str:
        """Why a business with this tax id cannot report; "" if it can."""

    def record(self, document: Document, act: FiscalRecord.Act, previous: FiscalRecord | None, now: datetime) -> Values:
        """What to keep of an invoice that was issued or declared void. Raises NotReportable."""

    def hash_of(self, content: Content, previous_hash: str) -> str:
        """The hash of a record with this content behind one with that hash."""

    def names(self, content: Content, previous: Content | None) -> bool:
        """Whether the record says that it comes after `previous` (None: that it is the first)."""

    def qr_url(self, content: Content) -> str:
        """The address by which an invoice's receiver asks the agency; "" where there is none."""

    def together(self, records: Sequence[FiscalRecord]) -> list[FiscalRecord]:
        """The first of these records, as many as go into one message."""

    def request(self, records: Sequence[FiscalRecord], *, is_late: bool) -> bytes:
        """The message that reports these records of one business, in their order."""

    def send(self, request: bytes) -> bytes:
        """The agency's answer to a message. Raises NotDelivered."""

    def read_answer(self, answer: bytes, records: Sequence[FiscalRecord]) -> Answer:
        """What the agency says of the records that were sent. Raises NotDelivered."""

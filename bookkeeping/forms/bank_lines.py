"""What the address of the list of bank lines asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict

from advisory_portal.core.numbers import BadNumber, read_number
from bookkeeping.models import BankLine
from bookkeeping.models.banking import BankLines


@dataclass(frozen=True)
class LineFilter:
    """What the address of the list of lines asks for; what it cannot mean counts as nothing."""

    words: str = ""
    account: UUID | None = None
    state: str = ""
    way: str = ""
    since: date | None = None
    until: date | None = None
    amount: Decimal | None = None

    @classmethod
    def of(cls, query: QueryDict) -> LineFilter:
        state, way = query.get("state", ""), query.get("way", "")
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            account=as_id(query.get("account", "")),
            state=state if state in ("open", *BankLine.State.values) else "",
            way=way if way in ("in", "out") else "",
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
            amount=_amount(query.get("amount", "")),
        )

    @property
    def is_active(self) -> bool:
        return bool(self.query)

    @property
    def query(self) -> str:
        """The filter as an address says it, without pages."""
        said = {
            "q": self.words.strip(),
            "account": str(self.account or ""),
            "state": self.state,
            "way": self.way,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "amount": "" if self.amount is None else f"{self.amount:f}",
        }
        return urlencode({name: value for name, value in said.items() if value})

    def apply(self, lines: BankLines) -> BankLines:
        found = lines.matching(self.words)
        if self.state:
            found = found.open() if self.state == "open" else found.filter(state=self.state)
        if self.way:
            found = found.filter(amount__gt=0) if self.way == "in" else found.filter(amount__lt=0)
        if self.amount is not None:
            found = found.filter(Q(amount=self.amount) | Q(amount=-self.amount))
        wanted = {"booked_on__gte": self.since, "booked_on__lte": self.until, "account_id": self.account}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return found.filter(**chosen) if chosen else found


def _amount(text: str) -> Decimal | None:
    try:
        found = abs(read_number(text)) if text else None
    except BadNumber:
        return None
    return found if found is not None and found < 10**12 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def as_id(text: str) -> UUID | None:
    """The id that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None

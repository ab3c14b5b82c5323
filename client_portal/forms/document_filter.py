"""What the address of a list in the portal asks for; what it cannot mean counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from client_portal.models.listed import EXPIRED, OPEN, OVERDUE, TO_DECIDE, Narrowing
from documents.models import Document, Kind

DEFAULT_ORDER = "-issued_on"
ORDERS = ("number", "issued_on", "payable")
State = Document.State
STATES: dict[str, tuple[str, ...]] = {  # what a list of a kind can be narrowed to
    Kind.INVOICE: (OPEN, OVERDUE, State.PAID, State.VOID),
    Kind.CREDIT_NOTE: (OPEN, State.PAID),
    Kind.SALES_ORDER: (OPEN, OVERDUE, State.PAID, State.VOID),
    Kind.QUOTE: (TO_DECIDE, State.ACCEPTED, State.DECLINED, EXPIRED),
}


@dataclass(frozen=True)
class PortalFilter:
    """Words, a state of STATES, days of the documents' dates, and the order ("-issued_on")."""

    kind: str
    words: str
    state: str
    since: date | None
    until: date | None
    order: str

    @classmethod
    def of(cls, query: QueryDict, kind: str) -> PortalFilter:
        state, sort = query.get("state", ""), query.get("sort", "")
        return cls(
            kind=kind,
            words=query.get("q", "").replace("\x00", "")[:100].strip(),
            state=state if state in STATES.get(kind, ()) else "",
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
            order=sort if sort.removeprefix("-") in ORDERS else "due_on" if state == OVERDUE else DEFAULT_ORDER,
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.state or self.since or self.until)

    @property
    def narrowing(self) -> Narrowing:
        return Narrowing(self.kind, self.words, str(self.state), self.since, self.until)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None

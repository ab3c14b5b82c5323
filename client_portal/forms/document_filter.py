"""What the address of a list in the portal asks for; what it cannot mean counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from documents.models import Document, Kind
from documents.models.document import Documents

DEFAULT_ORDER = "-issued_on"
ORDERS = ("number", "issued_on", "payable")
OPEN, OVERDUE, TO_DECIDE, EXPIRED = "open", "overdue", "to-decide", "expired"
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

    words: str
    state: str
    since: date | None
    until: date | None
    order: str

    @classmethod
    def of(cls, query: QueryDict, kind: str) -> PortalFilter:
        state, sort = query.get("state", ""), query.get("sort", "")
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            state=state if state in STATES.get(kind, ()) else "",
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
            order=sort if sort.removeprefix("-") in ORDERS else "due_on" if state == OVERDUE else DEFAULT_ORDER,
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.state or self.since or self.until)

    def apply(self, documents: Documents, today: date) -> Documents:
        found = documents.matching(self.words)
        if self.state == OPEN:
            found = found.filter(state__in=(State.ISSUED, State.PARTIALLY_PAID))
        elif self.state == OVERDUE:
            found = found.overdue(today)
        elif self.state == TO_DECIDE:
            found = found.to_decide(today)
        elif self.state == EXPIRED:
            found = found.expired(today)
        elif self.state:
            found = found.filter(state=self.state)
        days = {"issued_on__gte": self.since, "issued_on__lte": self.until}
        return found.filter(**{name: day for name, day in days.items() if day})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None

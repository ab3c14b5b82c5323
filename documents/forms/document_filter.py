"""What the address of a list of documents asks for; what it cannot mean counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from advisory_portal.core.money import CURRENCIES
from documents.models import Document
from documents.models.document import Documents
from documents.rules.periods import PERIODS, period_days

DEFAULT_ORDER = "-issued_on"
ORDERS = {"number", "issued_on", "contact_key", "payable"}
LATE = ("overdue", "expired")  # states that a day brings; each has a due date
MOST_AMOUNT = Decimal(10) ** 16


@dataclass(frozen=True)
class DocumentFilter:
    """What the address of a list asks for; what it cannot mean counts as nothing.

    `since` and `until` are days of the documents' dates; `period`, one of PERIODS, moves with today. `least` and
    `most` are amounts.
    """

    words: str
    state: str
    review: str
    order: str
    period: str = ""
    since: date | None = None
    until: date | None = None
    contact: UUID | None = None
    currency: str = ""
    least: Decimal | None = None
    most: Decimal | None = None

    @classmethod
    def of(cls, query: QueryDict) -> DocumentFilter:
        state, currency, period = query.get("state", ""), query.get("currency", "").upper(), query.get("period", "")
        default = "due_on" if state in LATE else DEFAULT_ORDER
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            state=state if state in {*Document.State.values, *LATE} else "",
            review="open" if query.get("review") == "open" else "",
            order=_order(query.get("sort", ""), ORDERS | ({"due_on"} if state in LATE else set()), default),
            period=period if period in PERIODS else "",
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
            contact=_id(query.get("contact", "")),
            currency=currency if currency in CURRENCIES else "",
            least=_amount(query.get("min", "")),
            most=_amount(query.get("max", "")),
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.state or self.review or self.more)

    @property
    def more(self) -> dict[str, str]:
        """What is asked for beyond words, state and review, by its name in the address."""
        asked = {
            "period": self.period,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "contact": str(self.contact or ""),
            "currency": self.currency,
            "min": "" if self.least is None else f"{self.least.normalize():f}",
            "max": "" if self.most is None else f"{self.most.normalize():f}",
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def query(self) -> str:
        """The filter as an address says it ("state=paid&period=this-year"), without pages: equal for equal lists."""
        sort = "" if self.order in (DEFAULT_ORDER, "due_on") else self.order
        asked = {"q": self.words.strip(), "state": self.state, "review": self.review, **self.more, "sort": sort}
        return urlencode({name: value for name, value in asked.items() if value})

    def apply(self, documents: Documents, today: date) -> Documents:
        found = documents.matching(self.words)
        if self.review:
            found = found.unreviewed()
        if self.state == "overdue":
            found = found.overdue(today)
        elif self.state == "expired":
            found = found.expired(today)
        elif self.state:
            found = found.filter(state=self.state)
        return self._apply_more(found, today)

    def _apply_more(self, found: Documents, today: date) -> Documents:
        since, until = self.since, self.until
        if self.period:
            first, last = period_days(self.period, today)
            since, until = since or first, until or last
        wanted = {
            "issued_on__gte": since,
            "issued_on__lte": until,
            "contact_id": self.contact,
            "currency": self.currency or None,
            "payable__gte": self.least,
            "payable__lte": self.most,
        }
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return found.filter(**chosen) if chosen else found


def _order(text: str, allowed: set[str], default: str) -> str:
    return text if text.lstrip("-") in allowed and not text.startswith("--") else default


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    """A plain number with a point, or with a comma before its decimals."""
    try:
        amount = Decimal(text.strip().replace(",", ".")) if len(text) <= 30 else Decimal("NaN")
    except InvalidOperation:
        return None
    return round(amount, 3) if amount.is_finite() and abs(amount) < MOST_AMOUNT else None

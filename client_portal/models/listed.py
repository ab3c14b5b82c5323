"""Documents as a contact's lists show them: values alone, read by statements that are written once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from advisory_portal.core.access import Actor, ActorKind, Workspace
from advisory_portal.core.paging import Cut, Page
from advisory_portal.core.statements import Prepared
from documents.models import Document
from documents.models.document import Documents

Rows = QuerySet[Any, Any]
State = Document.State
OPEN, OVERDUE, TO_DECIDE, EXPIRED = "open", "overdue", "to-decide", "expired"
OPEN_STATES = (State.ISSUED, State.PARTIALLY_PAID)
_NOWHERE = Workspace(UUID(int=0), "", "", "business", "", "UTC", "en", "")


class ListedDocument(NamedTuple):
    """A document with what a list shows of it; amounts in its currency."""

    pk: UUID
    kind: str
    state: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    payable: Any
    settled: Any
    is_invoiced: bool

    @property
    def outstanding(self) -> Any:
        """What is still to be paid of it."""
        return self.payable - self.settled


COLUMNS = ListedDocument._fields


def listed(rows: Iterable[tuple[Any, ...]]) -> list[ListedDocument]:
    """The documents of rows with COLUMNS."""
    return [ListedDocument._make(row) for row in rows]


def contact_of(organisation: UUID, contact: UUID) -> Actor:
    """A contact that sees all of its documents, for building statements."""
    return Actor(ActorKind.CONTACT, "", organisation=replace(_NOWHERE, id=organisation), contact_id=contact)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list shows of one kind: words, one of the document's states or of those above ("" for all), and days."""

    kind: str
    words: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None

    def of(self, actor: Actor, today: date) -> Documents:
        """What the actor sees of it."""
        found = Document.objects.visible_to(actor, self.kind).matching(self.words)
        if self.state == OPEN:
            found = found.filter(state__in=OPEN_STATES, is_invoiced=False)
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


def listed_page(actor: Actor, narrowing: Narrowing, cut: Cut, today: date) -> Page[ListedDocument]:
    """One page of what the contact sees. One statement, written once for each way to narrow and sort a list."""
    if narrowing.words or actor.document_ids is not None or actor.contact_id is None:
        return cut.page(listed(cut.apply(narrowing.of(actor, today)).values_list(*COLUMNS)))
    given = {"today": today, "since": narrowing.since, "until": narrowing.until}
    if narrowing.state not in (OVERDUE, TO_DECIDE, EXPIRED):
        del given["today"]
    known: dict[str, Any] = {name: day for name, day in given.items() if day} | cut.parameters
    statement = _prepared(narrowing.kind, narrowing.state, cut.shape, tuple((key, type(known[key])) for key in known))
    return cut.page(listed(statement.rows(organisation=actor.place.id, contact=actor.contact_id, **known)))


@lru_cache(maxsize=256)
def _prepared(kind: str, state: str, shape: Cut, kinds: tuple[tuple[str, type], ...]) -> Prepared:
    def build(organisation: UUID, contact: UUID, **given: Any) -> Rows:
        narrowing = Narrowing(kind, state=state, since=given.get("since"), until=given.get("until"))
        rows = narrowing.of(contact_of(organisation, contact), given.get("today", date.min))
        return shape.given(given).apply(rows).values_list(*COLUMNS)

    return Prepared(build, organisation=UUID, contact=UUID, **dict(kinds))

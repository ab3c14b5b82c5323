"""What the overview of a business reads: a fixed number of statements, each over few rows however many are stored."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, QuerySet, Value

from advisory_portal.core.access import Actor, ActorKind, Level, Section, Workspace
from advisory_portal.core.statements import Prepared
from documents.models.document import Document, Kind
from documents.models.figures import Figure
from documents.models.fiscal import FiscalRecord
from documents.models.recurrence import Recurrence
from documents.rules import section_of

COUNTED = 100  # what waits is counted no further
QUOTE_DAYS = 7
SECTIONS = (Section.SALES, Section.PURCHASES, Section.SETTINGS)  # what these readings depend on
COLUMNS = (
    *("id", "kind", "state", "number", "contact_name", "issued_on", "due_on", "currency", "payable", "reviewed_at"),
    "is_possible_version",
)
RECENT_KINDS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.QUOTE, Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE)
Measure = Figure.Measure


Rows = QuerySet[Any, Any]
_NOWHERE = Workspace(UUID(int=0), "", "", "business", "", "UTC", "en", "")


def _read(rows_of: Callable[..., Rows], actor: Actor, *given: object) -> Sequence[tuple[Any, ...]]:
    """The rows of `rows_of(actor, *given)`, whose statement is written once for everybody with the same levels."""
    levels = tuple(actor.level(section) for section in SECTIONS)
    return _prepared(rows_of, levels, *given).rows(organisation=actor.place.id)


@lru_cache(maxsize=128)
def _prepared(rows_of: Callable[..., Rows], levels: tuple[int, ...], *given: object) -> Prepared:
    anybody = Actor(ActorKind.MEMBER, "", levels=dict(zip(SECTIONS, levels, strict=True)))

    def build(organisation: UUID) -> Rows:
        return rows_of(replace(anybody, organisation=replace(_NOWHERE, id=organisation)), *given)

    return Prepared(build, organisation=UUID)


def figures(actor: Actor, since: date) -> Sequence[tuple[Any, ...]]:
    """(measure, currency, day, sum, number) of what the actor may see, as `Figures.since` and `by_day` say."""
    return _read(_figures, actor, since)


def _figures(actor: Actor, since: date) -> Rows:
    return Figure.objects.visible_to(actor).since(since).by_day()


def waiting(actor: Actor, today: date) -> Counter[str]:
    """How much waits of each thing, counted to COUNTED + 1: "drafts", "bill_drafts", "bills_to_review", "quotes",
    "recurring", "rejected". One statement.
    """
    if not any(actor.may(section, Level.VIEW) for section in SECTIONS):
        return Counter()
    return Counter(name for (name,) in _read(_all_waiting, actor, today))


def _all_waiting(actor: Actor, today: date) -> Rows:
    first, *others = _waiting(actor, today)
    return first.union(*others, all=True)


def _waiting(actor: Actor, today: date) -> Iterator[Rows]:
    documents = Document.objects.visible_to(actor)
    if actor.may(Section.SALES, Level.VIEW):
        soon = today + timedelta(days=QUOTE_DAYS)
        yield _named(documents.of_kind(Kind.INVOICE).filter(state=Document.State.DRAFT), "drafts")
        issued = documents.of_kind(Kind.QUOTE).filter(state=Document.State.ISSUED)
        yield _named(issued.filter(due_on__range=(today, soon)), "quotes")
        failing = Recurrence.objects.visible_to(actor).filter(due_at__isnull=False).exclude(last_error="")
        yield _named(failing, "recurring")
    if actor.may(Section.PURCHASES, Level.VIEW):
        bills = documents.of_kind(Kind.BILL)
        yield _named(bills.filter(state=Document.State.DRAFT), "bill_drafts")
        yield _named(bills.unreviewed().exclude(state=Document.State.DRAFT), "bills_to_review")
    if actor.may(Section.SETTINGS, Level.VIEW):
        rejected = FiscalRecord.objects.visible_to(actor).filter(state=FiscalRecord.State.REJECTED)
        yield _named(rejected, "rejected")


def _named(rows: Rows, name: str) -> Rows:
    named: Rows = rows.order_by().annotate(named=Value(name, output_field=CharField()))
    return named.values_list("named")[: COUNTED + 1]


def recent(actor: Actor, most: int) -> list[Document]:
    """The latest documents, by date, of the kinds that the actor sees, with the columns of a row. One statement."""
    return [Document(**dict(zip(COLUMNS, row, strict=True))) for row in _read(_recent, actor, most)]


def _recent(actor: Actor, most: int) -> Rows:
    visible = Document.objects.visible_to(actor).exclude(state=Document.State.DRAFT)
    kinds = [kind for kind in RECENT_KINDS if actor.may(Section(section_of(kind)), Level.VIEW)]
    parts = [visible.of_kind(kind).order_by("-issued_on", "-id").values_list(*COLUMNS)[:most] for kind in kinds]
    return parts[0].union(*parts[1:], all=True).order_by("-issued_on", "-id")[:most]


def top_contacts(actor: Actor, currency: str, year: date, most: int) -> Sequence[tuple[Any, ...]]:
    """(measure, name, contact's id, sum) of the year's largest customers and suppliers, largest first. One statement.

    As they stood when the figures were last added up, a minute ago.
    """
    return _read(_top_contacts, actor, currency, year, most)


def _top_contacts(actor: Actor, currency: str, year: date, most: int) -> Rows:
    columns = ("measure", "contact__name", "contact_id", "amount")
    parts = [
        Figure.objects.visible_to(actor).largest(measure, currency, year, most).values_list(*columns)
        for measure in (Measure.CUSTOMER, Measure.SUPPLIER)
    ]
    return parts[0].union(parts[1], all=True).order_by("-amount")

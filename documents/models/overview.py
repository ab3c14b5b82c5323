"""What the overview of a business reads: a fixed number of statements, each over few rows however many are stored."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value

from advisory_portal.core.access import Actor, Level, Section
from documents.models.document import Document, Documents, Kind
from documents.models.figures import Figure
from documents.models.fiscal import FiscalRecord
from documents.models.recurrence import Recurrence

COUNTED = 100  # what waits is counted no further
QUOTE_DAYS = 7
RECENT_KINDS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.QUOTE, Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE)
Measure = Figure.Measure


def waiting(actor: Actor, today: date) -> Counter[str]:
    """How much waits of each thing, counted to COUNTED + 1: "drafts", "bill_drafts", "bills_to_review", "quotes",
    "recurring", "rejected". One statement.
    """
    parts = list(_waiting(actor, today))
    if not parts:
        return Counter()
    return Counter(name for (name,) in parts[0].union(*parts[1:], all=True))


def _waiting(actor: Actor, today: date) -> Iterator[QuerySet[Any, tuple[str]]]:
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


def _named(rows: QuerySet[Any, Any], name: str) -> QuerySet[Any, tuple[str]]:
    named: QuerySet[Any, tuple[str]] = rows.order_by().annotate(named=Value(name, output_field=CharField()))
    return named.values_list("named")[: COUNTED + 1]


def recent(actor: Actor, most: int) -> list[Document]:
    """The documents with the latest dates, of the kinds that the actor sees. One statement."""
    visible = Document.objects.visible_to(actor).for_listing().exclude(state=Document.State.DRAFT)
    parts: list[Documents] = [visible.of_kind(kind).order_by("-issued_on", "-id")[:most] for kind in RECENT_KINDS]
    return list(parts[0].union(*parts[1:], all=True).order_by("-issued_on", "-id")[:most])


def top_contacts(actor: Actor, currency: str, year: date, most: int) -> list[tuple[str, str, Any, Any]]:
    """(measure, name, contact's id, sum) of the year's largest customers and suppliers, largest first. One statement.

    As they stood when the figures were last added up, a minute ago.
    """
    figures = Figure.objects.visible_to(actor)
    columns = ("measure", "contact__name", "contact_id", "amount")
    parts = [
        figures.largest(measure, currency, year, most).values_list(*columns)
        for measure in (Measure.CUSTOMER, Measure.SUPPLIER)
    ]
    return list(parts[0].union(parts[1], all=True).order_by("-amount"))

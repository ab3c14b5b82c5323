"""The table of KPIs: what waits in a client's account, how old it is, what opens it and where it leads.

Counts read partial indexes that begin with the organisation, so that they cost what waits and not what was ever
stored; those of any number of clients are one statement. What a grant does not open is absent, not zero.
Source: PRODUCT 3, KPIs.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Count, DateField, Func, Min, QuerySet, UUIDField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.statements import Prepared
from bookkeeping.models import BankLine, EntryToMake, InboxFile, JournalEntry, TaxFiling
from collaborations.models.portal import PortalRow, portal_rows
from collaborations.rules.grants import granted_levels
from documents.models import Contact, Document
from documents.models.contact import NEW_DAYS

MESSAGES = "messages"  # unread ones of the conversation; counted apart, because they are a person's own
SALES_KINDS = ("invoice", "credit_note")
EXPENSE_KINDS = ("bill", "supplier_credit_note")


class Waiting(NamedTuple):
    """How much waits, and the day of the oldest item; of tax returns the day on which the first is due."""

    number: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A table in which things wait: its rows of all organisations, and the column that dates them.

    `rows` takes the moment since which a contact counts as new, and the day on which a return can be filed.
    """

    rows: Callable[[datetime, date], QuerySet[Any]]
    dated: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """Pending work of one sort. `view` with `kind` and `query` is the filtered list that it leads to."""

    code: str
    label: str | Promise
    go_to: str | Promise
    icon: str
    section: Section
    view: str
    query: Mapping[str, str]
    queues: tuple[Queue, ...]
    kind: str = ""

    def href(self, slug: str) -> str:
        """The filtered list in the account of the business with this slug."""
        path = reverse(self.view, kwargs={"organisation": slug, **({"kind": self.kind} if self.kind else {})})
        return f"{path}?{urlencode(self.query)}"


def _unreviewed(kinds: Collection[str]) -> Queue:
    return Queue(lambda since, today: Document.objects.filter(kind__in=kinds).unreviewed(), "issued_on")


_TABLE = (
    Kpi(
        "invoices", _("Invoices"), _("Go to invoices"), "file-text", Section.SALES,
        "documents:list", {"review": "open"}, (_unreviewed(SALES_KINDS),), kind="invoices",
    ),
    Kpi(
        "expenses", _("Expenses"), _("Go to expenses"), "receipt", Section.PURCHASES,
        "documents:list", {"review": "open"}, (_unreviewed(EXPENSE_KINDS),), kind="bills",
    ),
    Kpi(
        "reconciliations", _("Reconciliations"), _("Go to bank lines"), "wallet", Section.BANKING,
        "bookkeeping:bank_lines", {"state": "open"},
        (Queue(lambda since, today: BankLine.objects.open(), "booked_on"),),
    ),
    Kpi(
        "inbox", _("Inbox"), _("Go to inbox"), "inbox", Section.INBOX,
        "bookkeeping:inbox", {"state": "open"},
        (Queue(lambda since, today: InboxFile.objects.pending(), "received_at"),),
    ),
    Kpi(
        "contacts", _("New contacts"), _("Go to contacts"), "users", Section.CONTACTS,
        "documents:contacts", {"review": "open"},
        (Queue(lambda since, today: Contact.objects.unreviewed_since(since), "created_at"),),
    ),
    Kpi(
        "journal", _("Journal"), _("Go to journal"), "notebook-text", Section.JOURNAL,
        "bookkeeping:journal", {"check": "open"},
        (
            Queue(lambda since, today: JournalEntry.objects.unchecked(), "dated_on"),
            Queue(lambda since, today: EntryToMake.objects.of_documents(), "dated_on"),
        ),
    ),
    Kpi(
        "taxes", _("Taxes"), _("Go to taxes"), "landmark", Section.TAXES,
        "bookkeeping:taxes", {"state": ""},
        (Queue(lambda since, today: TaxFiling.objects.not_filed().filter(opens_on__lte=today), "due_on"),),
    ),
)  # fmt: skip
KPIS: dict[str, Kpi] = {kpi.code: kpi for kpi in _TABLE}


def open_kpis(levels: Mapping[str, int]) -> list[Kpi]:
    """Those whose section may be viewed with these levels (`partners.rules.capped_levels` of a grant), in order."""
    return [kpi for kpi in _TABLE if levels.get(kpi.section, Level.NONE) >= Level.VIEW]


def count_waiting(wanted: Mapping[UUID, Collection[str]], now: datetime) -> dict[UUID, dict[str, Waiting]]:
    """What waits in each business, by the codes wanted of it: `{business: {"invoices": Waiting(12, 2026-11-03)}}`.

    Every code wanted is there, and no other. One statement, however many businesses.
    """
    found = {business: {code: Waiting(0, None) for code in codes} for business, codes in wanted.items()}
    of_code: dict[str, list[UUID]] = {code: [] for code in KPIS}
    for business, codes in wanted.items():
        for code in codes:
            of_code[code].append(business)
    if not any(of_code.values()):
        return found
    for code, business, number, oldest in _COUNTS.rows(**of_code, since=_since(now), today=now.date()):
        there = found[business][code]
        found[business][code] = Waiting(there.number + number, min(filter(None, (there.oldest, oldest)), default=None))
    return found


def pending_of(business_id: UUID, levels: Mapping[str, int], now: datetime) -> dict[str, Waiting]:
    """What waits in one business, of the sections that the levels open, by code and in order."""
    return count_waiting({business_id: [kpi.code for kpi in open_kpis(levels)]}, now)[business_id]


@lru_cache(maxsize=1024)
def open_codes(levels: str | None, sections: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the KPIs that a role opens to a firm within a plan; `levels` as JSON, None without access."""
    if levels is None:
        return ()
    return tuple(kpi.code for kpi in open_kpis(granted_levels(json.loads(levels), sections)))


def clients_shown(actor: Actor, ids: Sequence[UUID], now: datetime) -> list[PortalRow]:
    """The rows of *My portal* of these clients, which the actor must be known to see, in the same order."""
    return portal_rows(actor, ids, now, open_codes)


def count_in_rows(rows: Iterable[PortalRow], now: datetime) -> dict[UUID, dict[str, Waiting]]:
    """What waits in the businesses of these rows, as far as each lets the firm see it."""
    return count_waiting({row.business_id: row.codes for row in rows if row.business_id and row.codes}, now)


def waiting_rows(kpi: Kpi, business_id: UUID, now: datetime) -> list[QuerySet[Any]]:
    """The items themselves in one business, a queryset for each table, the oldest first. Asks for no rights."""
    return [
        queue.rows(_since(now), now.date()).filter(organisation_id=business_id).order_by(queue.dated, "pk")
        for queue in kpi.queues
    ]


def _since(now: datetime) -> datetime:
    return now - timedelta(days=NEW_DAYS)


class _AnyOf(Func):
    """`column = ANY(list)`: one parameter however long the list, unlike `IN`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _part(kpi: Kpi, queue: Queue, organisations: list[UUID], since: datetime, today: date) -> QuerySet[Any, Any]:
    rows = queue.rows(since, today).filter(
        _AnyOf("organisation_id", Value(organisations, output_field=ArrayField(UUIDField())))
    )
    oldest = Cast(Min(queue.dated), DateField())
    grouped = rows.order_by().values("organisation_id").annotate(number=Count("*"), oldest=oldest)
    part: QuerySet[Any, Any] = grouped.annotate(code=Value(kpi.code)).values_list(
        "code", "organisation_id", "number", "oldest"
    )
    return part


def _counts(since: datetime, today: date, **of_code: list[UUID]) -> QuerySet[Any, Any]:
    first, *others = (_part(kpi, queue, of_code[kpi.code], since, today) for kpi in _TABLE for queue in kpi.queues)
    every: QuerySet[Any, Any] = first.union(*others, all=True)
    return every


_COUNTS = Prepared(_counts, since=datetime, today=date, **dict.fromkeys(KPIS, list))

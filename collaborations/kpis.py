"""The table of KPIs: what waits in a client's account, how old it is, what opens it and where it leads.

Counts read partial indexes that begin with the organisation, so that they cost what waits and not what was ever
stored; those of any number of clients are one statement. What a grant does not open is absent, not zero.
Source: PRODUCT 3, KPIs.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import BooleanField, Count, DateField, Func, Min, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.statements import Written, array_text, text_of
from bookkeeping.models import BankLine, EntryToMake, InboxFile, JournalEntry, TaxFiling
from collaborations.models.portal_rows import PortalKey, PortalRow, portal_keys, portal_rows
from collaborations.rules.grants import granted_levels
from collaborations.rules.once import Once
from documents.models import Contact, Document
from documents.models.contact import NEW_DAYS

MESSAGES = "messages"  # unread ones of the conversation; counted apart, because they are a person's own
SALES_KINDS = ("invoice", "credit_note")
EXPENSE_KINDS = ("bill", "supplier_credit_note")


class Waiting(NamedTuple):
    """How much waits, and the day of the oldest item; of tax returns the day on which the first is due."""

    number: int
    oldest: date | None


NOTHING = Waiting(0, None)
Counts = dict[str, dict[str, Waiting]]
"""By code and business (its id as text) what waits; nothing is left out."""


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
    found = _count({str(business): codes for business, codes in wanted.items()}, now)
    return {
        business: {code: found[code].get(str(business), NOTHING) for code in codes}
        for business, codes in wanted.items()
    }


def _count(wanted: Mapping[str, Collection[str]], now: datetime) -> Counts:
    """What waits of the codes wanted of each business, these as texts. One statement, none if nothing is wanted."""
    found: Counts = {code: {} for code in KPIS}
    bits = {codes: sum(_BITS[code] for code in codes) for codes in set(map(tuple, wanted.values()))}
    if not any(bits.values()):
        return found
    codes = array_text([str(bits[tuple(codes)]) for codes in wanted.values()])
    said = Once(_said)
    asked = {"businesses": array_text(wanted), "codes": codes, "since": _since(now), "today": now.date()}
    for place, businesses, texts in _counts().rows(**asked):
        counted = zip(businesses.split(","), map(said.__getitem__, texts.split(",")), strict=True)
        there = found[_QUEUES[place][0].code]
        if there:  # it waits in another table too
            there.update([(one, _both(there.get(one, NOTHING), waiting)) for one, waiting in counted])
        else:
            there.update(counted)
    return found


def _said(text: str) -> Waiting:
    """What waits, as the statement says it: "12 2026-11-03"."""
    number, _space, oldest = text.partition(" ")
    return Waiting(int(number), date.fromisoformat(oldest) if oldest else None)


def _both(one: Waiting, other: Waiting) -> Waiting:
    """What waits in two tables."""
    oldest = min(filter(None, (one.oldest, other.oldest)), default=None)
    return Waiting(one.number + other.number, oldest)


def pending_of(business_id: UUID, levels: Mapping[str, int], now: datetime) -> dict[str, Waiting]:
    """What waits in one business, of the sections that the levels open, by code and in order."""
    return count_waiting({business_id: [kpi.code for kpi in open_kpis(levels)]}, now)[business_id]


@lru_cache(maxsize=1024)
def open_codes(levels: str | None, sections: str | None) -> tuple[str, ...]:
    """The codes of the KPIs that a role opens to a firm within a plan: its levels as JSON, None without access, and
    the plan's sections with commas between.
    """
    if levels is None or sections is None:
        return ()
    return tuple(kpi.code for kpi in open_kpis(granted_levels(json.loads(levels), sections.split(","))))


def clients_shown(actor: Actor, ids: Sequence[str], now: datetime) -> list[PortalRow]:
    """The rows of *My portal* of these clients, which the actor must be known to see, in the same order."""
    return portal_rows(actor, ids, now, open_codes)


def clients_compared(actor: Actor, ids: Sequence[str], now: datetime, compared: Collection[str]) -> list[PortalKey]:
    """As `clients_shown`, but only what is compared (`portal_keys`)."""
    return portal_keys(actor, ids, now, open_codes, compared)


def count_in_rows(rows: Sequence[PortalRow | PortalKey], now: datetime, codes: Collection[str] = tuple(KPIS)) -> Counts:
    """What of these codes waits in the businesses of these rows, as far as each lets the firm see it."""
    asked = {own: tuple(code for code in own if code in codes) for own in {row.codes for row in rows}}
    return _count({row.business: asked[row.codes] for row in rows if asked[row.codes]}, now)


def waiting_in(row: PortalRow | PortalKey, counts: Counts) -> dict[str, Waiting]:
    """What waits in the business of this row: every code that it opens, and no other."""
    return {code: counts[code].get(row.business, NOTHING) for code in row.codes}


def waiting_rows(kpi: Kpi, business_id: UUID, now: datetime) -> list[QuerySet[Any]]:
    """The items themselves in one business, a queryset for each table, the oldest first. Asks for no rights."""
    return [
        queue.rows(_since(now), now.date()).filter(organisation_id=business_id).order_by(queue.dated, "pk")
        for queue in kpi.queues
    ]


def _since(now: datetime) -> datetime:
    return now - timedelta(days=NEW_DAYS)


# --- The statement -------------------------------------------------------------------------------------------

_QUEUES = [(kpi, queue) for kpi in _TABLE for queue in kpi.queues]
_BITS = {code: 1 << place for place, code in enumerate(KPIS)}
_EVERY = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(businesses)s::uuid[], %(codes)s::int[]) AS given(business, codes)
)
SELECT queue, string_agg(organisation_id::text, ','),
    string_agg(concat(number, ' ', oldest), ',')
FROM ({}) AS found GROUP BY queue
"""


class _AnyOf(Func):
    """`column = ANY(list)`: the index is asked for each, as the list is known before."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _part(place: int, since: datetime, today: date) -> QuerySet[Any, Any]:
    kpi, queue = _QUEUES[place]
    wanted = RawSQL("ARRAY(SELECT business FROM wanted WHERE codes & %s > 0)", [_BITS[kpi.code]])
    rows = queue.rows(since, today).filter(_AnyOf("organisation_id", wanted))
    oldest = Cast(Min(queue.dated), DateField())
    grouped = rows.order_by().values("organisation_id").annotate(number=Count("*"), oldest=oldest)
    part: QuerySet[Any, Any] = grouped.annotate(queue=Value(place)).values_list(
        "queue", "organisation_id", "number", "oldest"
    )
    return part


def _parts(since: datetime, today: date) -> QuerySet[Any, Any]:
    first, *others = (_part(place, since, today) for place in range(len(_QUEUES)))
    every: QuerySet[Any, Any] = first.union(*others, all=True)
    return every


@cache
def _counts() -> Written:
    """One row for each table where something waits: its place in _QUEUES, the businesses, and what waits in them."""
    return Written(_EVERY.format(text_of(_parts, since=datetime, today=date)))

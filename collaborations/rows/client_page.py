"""The page of one client, as its reader sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.models import HistoryEntry, Job
from bookkeeping.models import BankLine, EntryToMake, InboxFile, JournalEntry, TaxFiling
from collaborations.actions.handovers import HANDOVER
from collaborations.kpis import KPIS, Kpi, Waiting, pending_of, waiting_rows
from collaborations.models import Client, Collaboration, Grant, Question
from collaborations.models.clients import done_for
from collaborations.rules.grants import granted_levels, last_day_of
from documents.models import Contact, Document
from partners.models import Organisation

FIRST_ITEMS = 3
LATEST_ENTRIES = 15
FIRST_QUESTIONS = 5
LATEST_ACCESSES = 5
LATEST_HANDOVERS = 3
OLD_DAYS = 30
RELATED: Mapping[type, str] = {BankLine: "account", EntryToMake: "document"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: what it is, what more there is to say, and its day."""

    name: str
    detail: str
    on: date

    @property
    def day(self) -> str:
        return format_date(self.on)


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits in one section: how much, since when, the first few, and the filtered list (`href`) in the account."""

    code: str
    label: str | Promise
    go_to: str | Promise
    icon: str
    href: str
    number: int
    age: str
    is_old: bool
    items: list[Item]

    @property
    def more(self) -> int:
        return self.number - len(self.items)


@dataclass(frozen=True, slots=True)
class AccessLine:
    """An access that was given: its role, from when until when, by whom, and how it ended ("" while it stands)."""

    role: str
    since: str
    until: str
    given_by: str
    end: str


@dataclass(slots=True)
class ClientPage:
    """All that the page shows of a client besides its own columns.

    `pending` is None without access: what is not shared is absent, not zero. `entries` likewise.
    """

    collaboration: Collaboration | None = None
    grant: Grant | None = None
    until: str = ""
    pending: list[Pending] | None = None
    accesses: list[AccessLine] = field(default_factory=list)
    entries: list[HistoryEntry] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    question_count: int = 0
    handovers: list[Job] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return self.collaboration is not None and self.collaboration.state == Collaboration.State.ACTIVE

    @property
    def open_count(self) -> int:
        return sum(part.number for part in self.pending or ())

    @property
    def waiting(self) -> list[Pending]:
        """The sections in which something waits."""
        return [part for part in self.pending or () if part.number]


def client_page(actor: Actor, client: Client, now: datetime) -> ClientPage:
    """What to show of a client: a fixed number of queries, and of the client's account what the grant opens."""
    page = ClientPage()
    if client.business is None:
        return page
    found = Collaboration.objects.visible_to(actor).filter(client=client).select_related("conversation")
    page.collaboration = found.order_by("-id").first()
    grants = Grant.objects.visible_to(actor).filter(business_id=client.business_id)
    page.accesses = [
        _access(grant, client) for grant in grants.select_related("role").order_by("-id")[:LATEST_ACCESSES]
    ]
    if page.is_active:
        active = grants.active(now).filter(collaboration=page.collaboration)
        page.grant = active.select_related("role").first()
    if page.grant is not None:
        levels = granted_levels(page.grant.role.levels, client.business.plan.sections)
        page.until = _day(last_day_of(page.grant.ends_at, client.business.time_zone))
        page.pending = pending_parts(client.business, levels, now, today=actor.today())
        page.entries = list(done_for(client)[:LATEST_ENTRIES])
        jobs = Job.objects.visible_to(actor).of_kind(HANDOVER).filter(parameters__client=str(client.pk))
        page.handovers = list(jobs.order_by("-id")[:LATEST_HANDOVERS])
    questions = Question.objects.visible_to(actor).filter(client=client).exclude(state=Question.State.SETTLED)
    page.question_count = questions.count()
    page.questions = list(questions.order_by("-id")[:FIRST_QUESTIONS])
    return page


def pending_parts(business: Organisation, levels: Mapping[str, int], now: datetime, *, today: date) -> list[Pending]:
    """What waits in a client's account by section, of those that the levels open, with the first few items each."""
    counts = pending_of(business.pk, levels, now)
    return [_part(KPIS[code], waiting, business, now, today) for code, waiting in counts.items()]


def _part(kpi: Kpi, waiting: Waiting, business: Organisation, now: datetime, today: date) -> Pending:
    items: list[Item] = []
    if waiting.number:
        for rows in waiting_rows(kpi, business.pk, now):
            related = RELATED.get(rows.model)
            first = rows.select_related(related) if related else rows
            items += [_item(row) for row in first[:FIRST_ITEMS]]
    days = (today - waiting.oldest).days if waiting.oldest else 0
    return Pending(
        code=kpi.code,
        label=kpi.label,
        go_to=kpi.go_to,
        icon=kpi.icon,
        href=kpi.href(business.slug),
        number=waiting.number,
        age=_age(kpi, waiting.oldest, days),
        is_old=days > 0 if kpi.code == "taxes" else days > OLD_DAYS,
        items=sorted(items, key=lambda item: item.on)[:FIRST_ITEMS],
    )


def _age(kpi: Kpi, oldest: date | None, days: int) -> str:
    """Since when the oldest waits; of returns, when the first is due. "" if nothing waits."""
    if oldest is None:
        return ""
    if kpi.code == "taxes":
        late = _("Was due on %(day)s") if days > 0 else _("First due on %(day)s")
        return late % {"day": format_date(oldest)}
    if days <= 0:
        return _("Oldest: today")
    return ngettext("Oldest: %(count)s day", "Oldest: %(count)s days", days) % {"count": days}


def _item(row: Any) -> Item:
    """A row of one of the KPIs' tables in words."""
    if isinstance(row, EntryToMake):
        row = row.document
    if isinstance(row, Document):
        amount = format_money(row.payable, row.currency)
        name = " ".join((str(row.get_kind_display()), row.number or _("(draft)")))
        return Item(f"{name} · {row.contact_name}", amount, row.issued_on)
    if isinstance(row, BankLine):
        name = row.counterparty_name or row.text or row.reference
        return Item(name, format_money(row.amount, row.account.currency), row.booked_on)
    if isinstance(row, InboxFile):
        return Item(row.name, str(InboxFile.State(row.state).label), row.received_at.date())
    if isinstance(row, Contact):
        return Item(row.name, row.tax_id, row.created_at.date())
    if isinstance(row, JournalEntry):
        return Item(row.text or str(row), f"{row.year}/{row.number}", row.dated_on)
    assert isinstance(row, TaxFiling), type(row)
    return Item(str(row), str(TaxFiling.State(row.state).label), row.due_on)


def _access(grant: Grant, client: Client) -> AccessLine:
    business = client.business
    assert business is not None, "only businesses grant access"
    end = ""
    if grant.revoked_at is not None:
        end = str(Grant.End(grant.end).label)
    elif grant.role.retired_at is not None:
        end = str(Grant.End.ROLE_RETIRED.label)
    last = last_day_of(grant.ends_at, business.time_zone)
    zone = ZoneInfo(business.time_zone)
    until = grant.revoked_at.astimezone(zone).date() if grant.revoked_at else last
    since = _day(grant.agreed_at.astimezone(zone).date())
    return AccessLine(str(grant.role), since, _day(until), grant.agreed_by_name, end)


def _day(day: date | None) -> str:
    return format_date(day) if day else ""

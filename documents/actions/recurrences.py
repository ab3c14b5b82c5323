"""Recurring invoices: their schedule, and the invoices that come of it."""

from dataclasses import asdict, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date
from advisory_portal.core.history import record
from advisory_portal.core.jobs import add_items, nudge, start_job
from advisory_portal.core.mail import notify
from advisory_portal.core.models import JobItem
from advisory_portal.core.states import move
from documents.actions.contents import content_of
from documents.actions.drafts import save_draft
from documents.actions.issuing import DateOutOfOrder, issue_document
from documents.actions.periods import PeriodClosed
from documents.models import Document, Kind, Recurrence
from documents.rules import Content
from documents.rules import recurrence as rules
from documents.rules.bulk import SEND
from documents.rules.recurrence import Schedule
from partners.models import Member

State = Recurrence.State


class NotRecurring(Refused):
    """Only an invoice comes back, and only once begun."""


class WrongDates(Refused):
    """The first date has passed, or the last one comes before it."""


@transaction.atomic
def make_recurring(*, actor: Actor, document: Document, schedule: Schedule, today: date) -> Recurrence:
    """Let an invoice come back: its content as a recurring invoice of its own, and when it makes the next one.

    Given a recurring invoice without a schedule, it gets this one. Raises NotRecurring, WrongDates, Forbidden.
    """
    actor.require(Section.SALES, Level.MANAGE)
    _check(schedule, earliest=today)
    if document.kind == Kind.RECURRING_INVOICE:
        template = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if Recurrence.objects.filter(invoice=template).exists():
            raise NotRecurring(_("This recurring invoice has its schedule already."))
    elif document.kind == Kind.INVOICE:
        template = _template(actor, document, schedule.started_on)
    else:
        raise NotRecurring(_("Only an invoice can come back by itself."))
    recurrence = Recurrence.objects.create(
        organisation_id=actor.place.id,
        invoice=template,
        next_on=schedule.started_on,
        due_at=_begins(schedule.started_on, actor),
        **asdict(schedule),
    )
    record(actor, "documents.recurrence.started", about=recurrence)
    nudge("documents.issue_recurring")
    return recurrence


def _template(actor: Actor, document: Document, first_on: date) -> Document:
    content = _dated(content_of(document), first_on)
    template = save_draft(actor=actor, kind=Kind.RECURRING_INVOICE, content=replace(content, series_id=None))
    template.source = document
    template.save(update_fields=["source"])
    return template


def _dated(content: Content, day: date) -> Content:
    """The content as of another day, with as many days to pay."""
    due_on = None if content.due_on is None else day + (content.due_on - content.issued_on)
    return replace(content, issued_on=day, due_on=due_on, delivered_on=None, number="")


def _check(schedule: Schedule, *, earliest: date) -> None:
    if schedule.started_on < earliest:
        raise WrongDates(_("The first date has passed. Choose today or a later day."), field="started_on")
    if schedule.ends_on is not None and schedule.ends_on < schedule.started_on:
        raise WrongDates(_("The last date comes before the first."), field="ends_on")


def _begins(day: date, actor: Actor) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(actor.place.time_zone))


def _locked(actor: Actor, recurrence: Recurrence) -> Recurrence:
    actor.require(Section.SALES, Level.MANAGE)
    return Recurrence.objects.select_for_update(of=("self",), no_key=True).select_related("invoice").get(
        pk=recurrence.pk
    )  # fmt: skip


@transaction.atomic
def change_schedule(*, actor: Actor, recurrence: Recurrence, schedule: Schedule, today: date) -> None:
    """Another schedule from the next date on; what was made stays. Raises WrongDates, NotRecurring, Forbidden."""
    current = _locked(actor, recurrence)
    if current.state == State.ENDED:
        raise NotRecurring(_("This recurring invoice has ended. Make a new one from any invoice."))
    _check(schedule, earliest=min(current.started_on, today))
    for name, value in asdict(schedule).items():
        setattr(current, name, value)
    last = current.issued.aggregate(last=Max("recurs_on"))["last"]
    since = max(schedule.started_on, today, last + timedelta(days=1) if last else today)
    _go_on(current, actor, since)
    current.save()
    record(actor, "documents.recurrence.changed", about=current)


@transaction.atomic
def pause_recurrence(*, actor: Actor, recurrence: Recurrence) -> None:
    """Make no invoices until it is resumed. Repeating it does nothing. Raises IllegalMove, Forbidden."""
    current = _locked(actor, recurrence)
    move(current, State.PAUSED, actor=actor)
    Recurrence.objects.filter(pk=current.pk).update(due_at=None)


@transaction.atomic
def resume_recurrence(*, actor: Actor, recurrence: Recurrence, today: date) -> None:
    """Go on with the first date from today on; those of the pause are left out. Raises IllegalMove, Forbidden."""
    current = _locked(actor, recurrence)
    if not move(current, State.ACTIVE, actor=actor):
        return
    _go_on(current, actor, max(today, current.next_on or today))
    current.save()
    nudge("documents.issue_recurring")


@transaction.atomic
def end_recurrence(*, actor: Actor, recurrence: Recurrence) -> None:
    """Make no more invoices. It cannot be taken back; repeating it does nothing. Raises Forbidden."""
    current = _locked(actor, recurrence)
    move(current, State.ENDED, actor=actor)
    Recurrence.objects.filter(pk=current.pk).update(next_on=None, due_at=None)


def _go_on(recurrence: Recurrence, actor: Actor, since: date) -> None:
    """Set the next date, the first from `since` on; saved by the caller. A series without one has ended."""
    turns = rules.dates(recurrence.started_on, recurrence.every, recurrence.unit, since=since, until=recurrence.ends_on)
    recurrence.next_on = next(turns, None)
    recurrence.attempts, recurrence.last_error, recurrence.due_at = 0, "", None
    if recurrence.next_on is None:
        move(recurrence, State.ENDED, actor=actor)
    elif recurrence.state == State.ACTIVE:
        recurrence.due_at = _begins(recurrence.next_on, actor)


@transaction.atomic
def run_recurrence_now(*, actor: Actor, recurrence: Recurrence, now: datetime) -> Document:
    """Make the next invoice at once, dated today if its day is still to come; the schedule goes on after it.

    Raises NotRecurring once ended, and whatever issuing raises, Forbidden.
    """
    current = _locked(actor, recurrence)
    if current.next_on is None:
        raise NotRecurring(_("This recurring invoice has ended. Make a new one from any invoice."))
    made = _make(actor, current, current.next_on, now)
    current.refresh_from_db()
    return made


@transaction.atomic
def run_recurrence(*, recurrence: Recurrence, now: datetime) -> None:
    """Make the invoice of the date that has come. Called by the sweep, which holds the row locked.

    After a standstill each missed date gets its own, one a call, the latest MOST_MISSED of them. What is refused is
    kept in `last_error`, told to the owners once, and tried again the next day.
    """
    actor = system_actor(recurrence.organisation.workspace)
    today = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    assert recurrence.next_on is not None, "only a series that goes on is due"
    day = rules.first_to_make(
        recurrence.started_on, recurrence.every, recurrence.unit,
        next_on=recurrence.next_on, today=today, until=recurrence.ends_on,
    )  # fmt: skip
    if day is None or day > today:
        _go_on(recurrence, actor, recurrence.next_on)
        recurrence.save()
        return
    try:
        with transaction.atomic(), translation.override(actor.place.language):
            _make(actor, recurrence, day, now)
    except Refused as refused:
        recurrence.refresh_from_db()
        is_news = recurrence.last_error != refused.message[:500]
        recurrence.last_error = refused.message[:500]
        recurrence.due_at = _begins(today + timedelta(days=1), actor)
        recurrence.save(update_fields=["last_error", "due_at"])
        if is_news:
            tell_owners(recurrence, refused.message)


def _make(actor: Actor, recurrence: Recurrence, day: date, now: datetime) -> Document:
    """The invoice of a date, on that date; where its period is closed or the series further on, of today."""
    today = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    try:
        with transaction.atomic():
            made = _invoice(actor, recurrence, day, min(day, today), now)
    except (PeriodClosed, DateOutOfOrder):
        if day >= today:
            raise
        made = _invoice(actor, recurrence, day, today, now)
    _go_on(recurrence, actor, day + timedelta(days=1))
    recurrence.save()
    if recurrence.is_issued and recurrence.is_sent:
        _queue(actor, recurrence, made)
    return made


def _invoice(actor: Actor, recurrence: Recurrence, day: date, dated: date, now: datetime) -> Document:
    content = _dated(content_of(recurrence.invoice), dated)
    words = period_words(recurrence, day, content.language)
    lines = tuple(
        replace(line, name=rules.filled(line.name, words)[:500], description=rules.filled(line.description, words))
        for line in content.lines
    )
    content = replace(content, lines=lines, note=rules.filled(content.note, words), series_id=None)
    made = save_draft(actor=actor, kind=Kind.INVOICE, content=content)
    made.source, made.recurrence, made.recurs_on = recurrence.invoice, recurrence, day
    made.save(update_fields=["source", "recurrence", "recurs_on"])
    if recurrence.is_issued:
        issue_document(actor=actor, document=made, now=now)
    return made


def period_words(recurrence: Recurrence, day: date, language: str) -> dict[str, str]:
    """What {month}, {year} and {period} stand for on a date of the series, in the document's language."""
    start, end = rules.period_of(recurrence.started_on, recurrence.every, recurrence.unit, day)
    month = format_date(day, language, width="LLLL")
    year = str(day.year)
    period = f"{format_date(start, language)} – {format_date(end, language)}"
    if recurrence.every == 1 and start.day == 1:
        if recurrence.unit == "month":
            period = f"{month} {year}"
        elif recurrence.unit == "year" and start.month == 1:
            period = year
    return {"month": month, "year": year, "period": period}


def _queue(actor: Actor, recurrence: Recurrence, made: Document) -> None:
    parameters = {
        "kind": str(Kind.INVOICE), "documents": 1, "language": actor.place.language, "recurrence": str(recurrence.pk),
    }  # fmt: skip
    job = start_job(actor=actor, kind=SEND, parameters=parameters)
    name = f"{made.number} · {made.contact_name}"[:300]
    add_items(job, [JobItem(name=name, detail={"document": str(made.pk)})])
    nudge("client_portal.send_documents")


@transaction.atomic
def note_unsent(*, item: JobItem, reason: str) -> None:
    """Tell the owners that an invoice of a recurring one was made but not sent; the page says so too.

    Items of other jobs have somebody who looks at them: nothing is told.
    """
    found = Recurrence.objects.filter(pk=item.job.parameters.get("recurrence")).first()
    if found is not None:
        found.last_error = reason[:500]
        found.save(update_fields=["last_error"])
        tell_owners(found, reason)


def tell_owners(recurrence: Recurrence, reason: str) -> None:
    """A mail and a notification to each owner of the business."""
    business = recurrence.organisation
    owners = Member.objects.effective().filter(organisation=business, role__code="owner").select_related("user")
    notify(
        "documents/recurrence_failed",
        to=[member.user.recipient for member in owners],
        url=reverse("documents:recurrence", args=[business.slug, recurrence.pk]),
        organisation_id=business.pk,
        context={"business": business, "invoice": recurrence.invoice, "reason": reason, "day": recurrence.next_on},
    )

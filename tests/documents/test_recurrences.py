"""Recurring invoices: made on their day, once, with the date's words; missed, refused, paused, ended."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, JobItem, Notification, OutboundEmail
from advisory_portal.core.states import IllegalMove
from client_portal.tasks import send_documents
from documents import actions
from documents.actions import recurrences
from documents.models import Document, DocumentSettings, Recurrence
from documents.rules.content import LineContent, Tax
from documents.rules.recurrence import Schedule
from documents.tasks import issue_recurring
from tests.documents.builders import with_levels
from tests.factories import DocumentFactory, issued_document
from tests.threads import together

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
MONTHLY = Schedule(every=1, unit="month", started_on=date(2026, 3, 31))


@pytest.fixture
def rent(erin):
    """An issued invoice of 1 March, due in thirty days, whose texts name the month."""
    line = LineContent(
        "Rent {month} {year}", Decimal(1), Decimal(100), Tax("S", Decimal(21)), description="{period} {x}"
    )
    return issued_document(
        erin, lines=(line,), issued_on=date(2026, 3, 1), due_on=date(2026, 3, 31), note="For {period}"
    )


@pytest.fixture
def recur(dan_here, rent):
    def run(**values):
        schedule = Schedule(**{"every": 1, "unit": "month", "started_on": date(2026, 3, 31), **values})
        return actions.make_recurring(actor=dan_here, document=rent, schedule=schedule, today=TODAY)

    return run


def sweep_on(day, hour=9):
    with time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), tick=False):
        return issue_recurring()


def made(recurrence):
    return list(recurrence.issued.order_by("recurs_on"))


def test_an_invoice_becomes_a_recurring_one(recur, rent):
    recurrence = recur()
    template = recurrence.invoice
    assert (template.kind, template.state, template.number, template.source) == ("recurring_invoice", "draft", "", rent)
    assert (template.issued_on, template.due_on, template.payable) == (
        date(2026, 3, 31),
        date(2026, 4, 30),
        rent.payable,
    )
    assert recurrence.due_at == datetime(2026, 3, 30, 22, 0, tzinfo=UTC)  # midnight in Madrid
    assert (recurrence.state, recurrence.next_on) == ("active", date(2026, 3, 31))
    assert HistoryEntry.objects.get(what="documents.recurrence.started").subject_name == "Erin"


def test_each_date_makes_an_issued_invoice_with_its_words(recur):
    recurrence = recur()
    assert sweep_on(date(2026, 3, 30), hour=21) == 0
    for day in (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)):
        assert sweep_on(day) == 1
        assert sweep_on(day) == 0
    found = made(recurrence)
    assert [(row.recurs_on, row.issued_on, row.due_on) for row in found] == [
        (date(2026, 3, 31), date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 4, 30), date(2026, 4, 30), date(2026, 5, 30)),
        (date(2026, 5, 31), date(2026, 5, 31), date(2026, 6, 30)),
    ]
    assert [(row.state, row.number) for row in found] == [("issued", f"INV-2026-000{number}") for number in (2, 3, 4)]
    line = found[1].lines.get()
    assert (line.name, line.description) == ("Rent April 2026", "30 Apr 2026 – 30 May 2026 {x}")
    assert found[1].notes == [{"text": "For 30 Apr 2026 – 30 May 2026"}]
    assert {row.source for row in found} == {recurrence.invoice}


@pytest.mark.parametrize(
    ("unit", "first", "language", "expected"),
    [
        ("month", date(2026, 4, 1), "es", {"month": "abril", "year": "2026", "period": "abril 2026"}),
        ("year", date(2027, 1, 1), "en", {"month": "January", "year": "2027", "period": "2027"}),
        ("week", date(2026, 4, 1), "en", {"month": "April", "year": "2026", "period": "1 Apr 2026 – 7 Apr 2026"}),
    ],
)
def test_a_whole_month_and_year_are_named(recur, unit, first, language, expected):
    recurrence = recur(unit=unit, started_on=first)
    assert recurrences.period_words(recurrence, first, language) == expected


def test_it_ends_after_its_last_date(recur):
    recurrence = recur(ends_on=date(2026, 4, 30))
    for day in (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)):
        sweep_on(day)
    recurrence.refresh_from_db()
    assert (recurrence.state, recurrence.next_on, recurrence.due_at, len(made(recurrence))) == ("ended", None, None, 2)


def test_after_a_standstill_each_missed_date_gets_its_own(recur):
    recurrence = recur()
    while sweep_on(date(2026, 6, 2)):
        pass
    assert [row.issued_on for row in made(recurrence)] == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    recurrence.refresh_from_db()
    assert recurrence.next_on == date(2026, 6, 30)


def test_of_a_long_standstill_the_latest_twelve_are_made(recur):
    recurrence = recur(unit="week", started_on=date(2026, 3, 6))
    while sweep_on(date(2026, 12, 31)):
        pass
    found = [row.recurs_on for row in made(recurrence)]
    assert found == [date(2026, 12, 25) - timedelta(weeks=11 - number) for number in range(12)]


def test_where_the_day_is_closed_or_the_series_further_on_it_is_dated_today(recur, erin, delta):
    recurrence = recur(started_on=date(2026, 3, 6))
    DocumentSettings.objects.create(organisation=delta, closed_until=date(2026, 3, 31))
    issued_document(erin, issued_on=date(2026, 4, 20), due_on=None)
    while sweep_on(date(2026, 5, 1)):
        pass
    assert [(row.recurs_on, row.issued_on, row.due_on) for row in made(recurrence)] == [
        (date(2026, 3, 6), date(2026, 5, 1), date(2026, 5, 31)),
        (date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 31)),
    ]


def test_a_draft_waits_where_nothing_is_issued_by_itself(recur):
    recurrence = recur(is_issued=False)
    sweep_on(date(2026, 3, 31))
    (draft,) = made(recurrence)
    assert (draft.state, draft.number) == ("draft", "")


def test_what_is_sent_by_itself_goes_to_the_contact(recur):
    recurrence = recur(is_sent=True)
    sweep_on(date(2026, 3, 31))
    assert send_documents() == 1
    (invoice,) = made(recurrence)
    assert invoice.sent_at is not None
    assert OutboundEmail.objects.get().to == "erin@customer.example"


def test_an_invoice_that_cannot_be_sent_is_told(recur, erin, dan):
    recurrence = recur(is_sent=True)
    erin.email = ""
    erin.save()
    sweep_on(date(2026, 3, 31))
    send_documents()
    recurrence.refresh_from_db()
    assert "has no e-mail address" in recurrence.last_error
    assert (JobItem.objects.get().outcome, OutboundEmail.objects.get().to) == ("refused", dan.email)


def test_what_is_refused_is_told_to_the_owners_once_and_tried_every_day(recur, erin, dan):
    erin.tax_id, erin.is_person = "", False
    erin.save()
    recurrence = recur()
    for day in (31, 32, 33):
        sweep_on(date(2026, 3, 1) + timedelta(days=day - 1))
    recurrence.refresh_from_db()
    assert "needs the tax id of Erin" in recurrence.last_error
    assert (recurrence.due_at, made(recurrence)) == (datetime(2026, 4, 2, 22, 0, tzinfo=UTC), [])
    mail = OutboundEmail.objects.get()
    assert (mail.to, mail.kind, Notification.objects.get().user_id) == (
        dan.email,
        "documents/recurrence_failed",
        dan.pk,
    )
    assert recurrence.last_error in mail.text
    erin.is_person = True
    erin.save()
    sweep_on(date(2026, 4, 3))
    recurrence.refresh_from_db()
    assert (recurrence.last_error, recurrence.next_on) == ("", date(2026, 4, 30))
    assert made(recurrence)[0].issued_on == date(2026, 3, 31)


def test_dates_of_a_pause_are_left_out(recur, dan_here):
    recurrence = recur()
    actions.pause_recurrence(actor=dan_here, recurrence=recurrence)
    actions.pause_recurrence(actor=dan_here, recurrence=recurrence)
    assert sweep_on(date(2026, 4, 30)) == 0
    actions.resume_recurrence(actor=dan_here, recurrence=recurrence, today=date(2026, 5, 2))
    actions.resume_recurrence(actor=dan_here, recurrence=recurrence, today=date(2026, 5, 2))
    assert sweep_on(date(2026, 5, 31)) == 1
    assert [row.recurs_on for row in made(recurrence)] == [date(2026, 5, 31)]


def test_one_is_made_now_and_the_schedule_goes_on_after_it(recur, dan_here):
    recurrence = recur()
    invoice = actions.run_recurrence_now(actor=dan_here, recurrence=recurrence, now=NOW)
    assert (invoice.issued_on, invoice.recurs_on, invoice.state) == (TODAY, date(2026, 3, 31), "issued")
    recurrence.refresh_from_db()
    assert recurrence.next_on == date(2026, 4, 30)
    assert sweep_on(date(2026, 3, 31)) == 0


def test_ended_it_makes_no_more(recur, dan_here):
    recurrence = recur()
    actions.end_recurrence(actor=dan_here, recurrence=recurrence)
    actions.end_recurrence(actor=dan_here, recurrence=recurrence)
    assert sweep_on(date(2026, 3, 31)) == 0
    with pytest.raises(recurrences.NotRecurring):
        actions.run_recurrence_now(actor=dan_here, recurrence=recurrence, now=NOW)
    with pytest.raises(recurrences.NotRecurring):
        actions.change_schedule(actor=dan_here, recurrence=recurrence, schedule=MONTHLY, today=TODAY)
    with pytest.raises(IllegalMove):
        actions.resume_recurrence(actor=dan_here, recurrence=recurrence, today=TODAY)


def test_another_schedule_holds_from_the_next_date_on(recur, dan_here):
    recurrence = recur()
    sweep_on(date(2026, 3, 31))
    schedule = Schedule(every=2, unit="week", started_on=date(2026, 3, 31), ends_on=date(2026, 4, 20))
    actions.change_schedule(actor=dan_here, recurrence=recurrence, schedule=schedule, today=date(2026, 4, 1))
    recurrence.refresh_from_db()
    assert (recurrence.next_on, recurrence.due_at) == (date(2026, 4, 14), datetime(2026, 4, 13, 22, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("values", "field"),
    [({"started_on": date(2026, 3, 4)}, "started_on"), ({"ends_on": date(2026, 3, 30)}, "ends_on")],
)
def test_dates_that_cannot_be_are_refused(recur, values, field):
    with pytest.raises(recurrences.WrongDates) as caught:
        recur(**values)
    assert (caught.value.field, Recurrence.objects.count()) == (field, 0)


def test_only_invoices_come_back_and_by_those_who_manage_sales(recur, dan_here, erin, delta, rent):
    with pytest.raises(recurrences.NotRecurring):
        actions.make_recurring(
            actor=dan_here, document=DocumentFactory(contact=erin, kind="quote"), schedule=MONTHLY, today=TODAY
        )
    recurrence = recur()
    with pytest.raises(recurrences.NotRecurring):
        actions.make_recurring(actor=dan_here, document=recurrence.invoice, schedule=MONTHLY, today=TODAY)
    viewer = with_levels(delta, sales=1, purchases=2, contacts=2)
    for call in (
        lambda: actions.make_recurring(actor=viewer, document=rent, schedule=MONTHLY, today=TODAY),
        lambda: actions.pause_recurrence(actor=viewer, recurrence=recurrence),
        lambda: actions.resume_recurrence(actor=viewer, recurrence=recurrence, today=TODAY),
        lambda: actions.end_recurrence(actor=viewer, recurrence=recurrence),
        lambda: actions.run_recurrence_now(actor=viewer, recurrence=recurrence, now=NOW),
        lambda: actions.change_schedule(actor=viewer, recurrence=recurrence, schedule=MONTHLY, today=TODAY),
    ):
        with pytest.raises(Forbidden):
            call()


@pytest.mark.django_db(transaction=True)
def test_four_workers_make_each_date_once(recur):
    recurrence = recur()

    def work():
        while issue_recurring():
            pass

    with time_machine.travel(datetime(2026, 6, 2, 9, tzinfo=UTC), tick=False):
        assert together([work] * 4) == [None] * 4
        work()
    assert [row.recurs_on.month for row in made(recurrence)] == [3, 4, 5]
    assert Document.objects.filter(kind="invoice").count() == 4

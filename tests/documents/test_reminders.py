"""Reminders of overdue invoices: in their turn, once, one a day, never after payment, in the business's words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.core.models.base import MOST_ATTEMPTS
from client_portal.actions import AlreadyPaid, NoAddress, run_reminder, send_reminder
from client_portal.models import PortalLink
from client_portal.tasks import send_reminders
from documents import actions
from documents.actions.reminders import RemindedToday
from documents.models import Document, DocumentSettings, Reminder
from documents.tasks import plan_reminders
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, DocumentFactory, MemberFactory, RoleFactory, issued_document
from tests.pages import field_errors, text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 3, 2, tzinfo=UTC)
SETTINGS = "/o/delta/settings/documents/reminders/"


@pytest.fixture
def switched_on(delta):
    return DocumentSettings.objects.create(organisation=delta, reminders_on=True)


@pytest.fixture
def late(erin):
    """An issued and sent invoice that was due on 1 April."""
    invoice = issued_document(erin)
    Document.objects.filter(pk=invoice.pk).update(sent_at=SENT)
    return invoice


def run_on(*days, hour=9):
    """Let both sweeps run at this hour of these days, UTC, and again a minute later."""
    for month, day in days:
        for minute in (0, 1):
            with time_machine.travel(datetime(2026, month, day, hour, minute, tzinfo=UTC), tick=False):
                plan_reminders()
                send_reminders()


def steps():
    return [(row.step, row.sent_on, row.email) for row in Reminder.objects.order_by("step")]


def test_three_steps_in_their_turn_each_once(switched_on, late):
    run_on(*((4, day) for day in range(1, 31)), *((5, day) for day in range(1, 20)))
    assert steps() == [
        (1, date(2026, 4, 4), "erin@customer.example"),
        (2, date(2026, 4, 11), "erin@customer.example"),
        (3, date(2026, 4, 22), "erin@customer.example"),
    ]
    subjects = list(OutboundEmail.objects.order_by("id").values_list("subject", flat=True))
    assert subjects == [f"{word} invoice INV-2026-0001" for word in ("Reminder:", "Second reminder:", "Last reminder:")]
    mail = OutboundEmail.objects.first()
    for words in ("Hello Erin,", "invoice INV-2026-0001 over €121.00 was due on 1 Apr 2026", "/portal/delta/l/"):
        assert words in mail.text
    assert mail.attachment is not None
    assert "10 days ago" in OutboundEmail.objects.order_by("id")[1].text
    entries = HistoryEntry.objects.filter(what="client_portal.reminder.sent").order_by("id")
    assert [entry.after["step"] for entry in entries] == [1, 2, 3]


def test_nobody_is_reminded_before_eight_in_the_business_s_morning(switched_on, late):
    run_on((4, 4), hour=5)  # seven in Madrid
    assert steps() == []
    run_on((4, 4), hour=6)
    assert len(steps()) == 1


def test_whoever_was_reminded_late_is_not_reminded_daily(switched_on, late):
    run_on((4, 25), (4, 26), (5, 1), (5, 2), (5, 12), (5, 13))
    assert [(step, day) for step, day, _email in steps()] == [
        (1, date(2026, 4, 25)),
        (2, date(2026, 5, 2)),
        (3, date(2026, 5, 13)),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "paid"},
        {"state": "void"},
        {"state": "draft", "number": ""},
        {"kind": "quote"},
        {"sent_at": None},
        {"is_reminded": False},
        {"due_on": None},
        {"due_on": date(2026, 4, 2)},
        {"due_on": date(2026, 4, 4) - timedelta(days=64)},
    ],
)
def test_nothing_is_reminded_of_that_needs_no_reminding(switched_on, erin, values):
    DocumentFactory(contact=erin, **{"sent_at": SENT, **values})
    run_on((4, 4))
    assert steps() == []


@pytest.mark.parametrize("values", [{"state": "partially_paid"}, {"due_on": date(2026, 4, 4) - timedelta(days=63)}])
def test_the_controls_of_the_test_above(switched_on, erin, values):
    DocumentFactory(contact=erin, **{"sent_at": SENT, **values})
    with time_machine.travel("2026-04-04T09:00:00Z", tick=False):
        assert plan_reminders() == 1


def test_without_the_switch_or_an_address_nothing_happens(late, erin, delta):
    run_on((4, 4))
    DocumentSettings.objects.create(organisation=delta, reminders_on=True)
    erin.email = ""
    erin.save()
    run_on((4, 4))
    assert steps() == []


@pytest.mark.parametrize("change", [{"state": "paid"}, {"is_reminded": False}])
def test_what_was_planned_is_forgotten_when_it_is_paid_meanwhile(switched_on, late, change):
    with time_machine.travel("2026-04-04T09:00:00Z", tick=False):
        assert plan_reminders() == 1
        Document.objects.filter(pk=late.pk).update(**change)
        send_reminders()
        plan_reminders()
    assert (steps(), OutboundEmail.objects.count()) == ([], 0)


def test_the_business_words_its_reminders(switched_on, late, delta):
    switched_on.reminders = [{"days": 1, "subject": "{business}: {number}", "text": "{amount} {due} {name} {days} {x}"}]
    switched_on.save()
    run_on((4, 2))
    mail = OutboundEmail.objects.get()
    assert (mail.subject, mail.text.splitlines()[0]) == ("Delta: INV-2026-0001", "€121.00 1 Apr 2026 Erin 1 {x}")


def test_ours_speak_the_language_of_the_contact(switched_on, late, erin):
    erin.language = "es"
    erin.save()
    run_on((4, 4))
    mail = OutboundEmail.objects.get()
    assert mail.language == "es"
    assert "121,00\xa0€" in mail.text


def test_of_a_partly_paid_invoice_the_rest_is_named(switched_on, late):
    Document.objects.filter(pk=late.pk).update(state="partially_paid", settled=Decimal(21))
    run_on((4, 4))
    assert "€100.00" in OutboundEmail.objects.get().text


@pytest.mark.django_db(transaction=True)
def test_four_workers_remind_once(erin, delta):
    DocumentSettings.objects.create(organisation=delta, reminders_on=True)
    for _ in range(5):
        Document.objects.filter(pk=issued_document(erin).pk).update(sent_at=SENT)

    def work():
        plan_reminders()
        send_reminders()

    with time_machine.travel("2026-04-04T09:00:00Z", tick=False):
        assert together([work] * 4) == [None] * 4
        work()
    assert (Reminder.objects.count(), OutboundEmail.objects.count(), PortalLink.objects.count()) == (5, 5, 5)


# --- By hand ---------------------------------------------------------------------------------------------------


@pytest.fixture
def remind(dan_here):
    def run(document, day=date(2026, 4, 10), actor=dan_here, **values):
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        own = {"to": ["erin@customer.example"], "subject": "S", "text": "T", "sending": uuid7(), "attach_pdf": False}
        with time_machine.travel(now, tick=False):
            return send_reminder(actor=actor, document=document, now=now, **{**own, **values})

    return run


def test_by_hand_it_counts_as_the_next_step(switched_on, late, remind):
    run_on((4, 4))
    remind(late)
    run_on((4, 11), (4, 20))
    assert [step for step, _day, _email in steps()] == [1, 2]
    run_on((4, 22))
    assert [step for step, _day, _email in steps()] == [1, 2, 3]
    remind(late, day=date(2026, 6, 1))
    assert steps()[3][0] == 4


def test_one_a_day_is_enough_and_a_second_press_is_no_second(late, remind):
    sending = uuid7()
    first = remind(late, sending=sending)
    assert remind(late, sending=sending) == first
    with pytest.raises(RemindedToday):
        remind(late)
    assert (Reminder.objects.count(), OutboundEmail.objects.count()) == (1, 1)


def test_what_is_paid_or_not_yet_due_is_not_reminded_of(late, remind, erin):
    with pytest.raises(AlreadyPaid):
        remind(late, day=date(2026, 4, 1))
    with pytest.raises(NoAddress):
        remind(late, to=[" "])
    with pytest.raises(AlreadyPaid):
        remind(DocumentFactory(contact=erin, state="paid"))
    assert not Reminder.objects.exists()


def test_it_is_sent_from_its_page(late, client_of, dan, delta, carol):
    address = f"/o/delta/documents/{late.pk}/remind/"
    browser = client_of(dan)
    with time_machine.travel("2026-04-10T09:00:00Z", tick=False):
        form = browser.get(address)
        assert tree(form).xpath('//input[@name="subject"]/@value') == ["Reminder: invoice INV-2026-0001"]
        posted = {"to": "erin@customer.example", "subject": "S", "text": "T", "sending": str(uuid7())}
        assert browser.post(address, posted)["Location"] == f"/o/delta/documents/{late.pk}/"
        assert "1 reminder was sent before: 10 Apr 2026." in text_of(tree(browser.get(address)))
        again = browser.post(address, posted | {"sending": str(uuid7())})
        assert "One a day is enough." in text_of(tree(again))
        looking = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"sales": 1})).user
        assert (client_of(looking).get(address).status_code, client_of(carol).get(address).status_code) == (403, 404)


def test_an_invoice_is_excepted_and_taken_in_again(late, client_of, dan, delta):
    address = f"/o/delta/documents/{late.pk}/reminders/"
    browser = client_of(dan)
    for posted, expected in (({}, False), ({}, False), ({"remind": "yes"}, True)):
        assert browser.post(address, posted).status_code == 302
        late.refresh_from_db()
        assert late.is_reminded is expected
    assert HistoryEntry.objects.filter(what__startswith="documents.document.excepted").count() == 1
    with pytest.raises(Forbidden):
        actions.except_from_reminders(actor=with_levels(delta, sales=1), document=late, is_reminded=False)


# --- Settings --------------------------------------------------------------------------------------------------


def form(**values):
    days = {f"days_{number}": day for number, day in ((1, 3), (2, 10), (3, 21))}
    texts = {f"{name}_{number}": "" for name in ("subject", "text") for number in (1, 2, 3)}
    return {**days, **texts, "reminders_on": "on", **values}


def test_turning_it_on_says_first_whom_it_reminds_at_once(late, client_of, dan, erin):
    browser = client_of(dan)
    DocumentFactory(contact=ContactFactory(organisation=erin.organisation), sent_at=SENT, due_on=date(2026, 4, 2))
    with time_machine.travel("2026-04-10T09:00:00Z", tick=False):
        asked = browser.post(SETTINGS, form())
        assert (asked.status_code, DocumentSettings.objects.exists()) == (422, False)
        assert "2 invoices are reminded at once" in text_of(tree(asked))
        assert browser.post(SETTINGS, form(confirmed="1")).status_code == 422  # another number than was agreed to
        assert browser.post(SETTINGS, form(confirmed="2")).status_code == 302
    assert DocumentSettings.objects.get().reminders_on
    assert plan_reminders() == 0  # nothing that old is reminded of first
    with time_machine.travel("2026-04-10T09:00:00Z", tick=False):
        assert browser.post(SETTINGS, form(days_1=5)).status_code == 302  # it is on already: nothing to ask
    assert DocumentSettings.objects.get().reminders[0] == {"days": 5, "subject": "", "text": ""}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days_2": "3"}, "days_3"),
        ({"days_1": "-1"}, "days_1"),
        ({"days_3": "366"}, "days_3"),
        ({"days_1": ""}, "days_1"),
        ({"text_2": "Pay {amout} now"}, "text_2"),
        ({"subject_1": "{}"}, "subject_1"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(client_of, dan, values, field):
    response = client_of(dan).post(SETTINGS, form(**values))
    assert (response.status_code, list(field_errors(response))) == (422, [field])
    assert not DocumentSettings.objects.exists()


def test_the_page_shows_how_it_reads(client_of, dan, late, delta):
    DocumentSettings.objects.create(organisation=delta, reminders=[{"days": 4, "subject": "Dear {name}", "text": ""}])
    shown = text_of(tree(client_of(dan).get(SETTINGS)))
    for words in ("Dear Erin", "perhaps it was overlooked: invoice INV-2026-0001 over €121.00", "10 days ago"):
        assert words in shown


def test_settings_are_changed_by_those_who_manage_them(client_of, delta, carol):
    looking = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"settings": 1})).user
    browser = client_of(looking)
    assert tree(browser.get(SETTINGS)).xpath('//input[@name="days_1"]/@disabled')
    assert browser.post(SETTINGS, form()).status_code in (403, 422)
    assert not DocumentSettings.objects.exists()
    assert client_of(carol).get(SETTINGS).status_code == 404


def test_a_reminder_of_a_vanished_step_is_the_third(late, switched_on):
    assert (
        actions.reminder_words(document=late, step=7, today=date(2026, 6, 1))[0]
        == "Last reminder: invoice INV-2026-0001"
    )
    reminder = Reminder.objects.create(organisation=late.organisation, document=late, step=7, sent_on=date(2026, 6, 1))
    with time_machine.travel("2026-06-01T09:00:00Z", tick=False):
        run_reminder(reminder=reminder, now=SENT)
    assert OutboundEmail.objects.get().subject == "Last reminder: invoice INV-2026-0001"


@pytest.fixture
def failed(switched_on, late):
    """A reminder that no try has mailed."""
    return Reminder.objects.create(
        organisation=late.organisation, document=late, step=1, sent_on=date(2026, 4, 4), due_at=SENT,
        attempts=MOST_ATTEMPTS,
    )  # fmt: skip


def test_reminder_that_failed_is_shown_and_tried_again(client, dan, failed, late):
    client.force_login(dan)
    page = text_of(tree(client.get(SETTINGS)))
    assert "1 reminder could not be mailed" in page
    assert f"{late.number} · Erin" in page
    with time_machine.travel(datetime(2026, 4, 5, 9, tzinfo=UTC), tick=False):
        answer = client.post(f"{SETTINGS}try-again/", follow=True)
        assert "1 reminder is tried again." in text_of(tree(answer))
        assert (send_reminders(), steps()) == (1, [(1, date(2026, 4, 4), "erin@customer.example")])
    assert "could not be mailed" not in text_of(tree(client.get(SETTINGS)))
    assert HistoryEntry.objects.filter(what="documents.documentsettings.reminders_retried").count() == 1


def test_reminders_are_tried_again_by_whoever_manages_settings(failed, delta, dan_here):
    with pytest.raises(Forbidden):
        actions.try_reminders_again(actor=with_levels(delta, sales=2, settings=1), now=SENT)
    assert actions.try_reminders_again(actor=dan_here, now=SENT) == 1
    assert actions.try_reminders_again(actor=dan_here, now=SENT) == 0
    assert Reminder.objects.visible_to(with_levels(delta, purchases=2)).count() == 0

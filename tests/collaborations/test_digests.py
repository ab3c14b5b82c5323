"""People are told of pending work once per change that matters to them, at their time, and of nothing unseen."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advisory_portal.core.models import Notification, NotificationPreference, OutboundEmail
from collaborations import actions
from collaborations.kpis import KPIS, MESSAGES
from collaborations.models import Client, KpiPreference, KpiReading
from collaborations.tasks import send_digests
from partners.models import Member
from tests.collaborations.factories_grants import looked_after
from tests.collaborations.factories_pending import add_item
from tests.collaborations.factories_portal import portal_client

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 6, tzinfo=UTC)  # seven in Madrid
DAY = date(2026, 11, 10)
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(acme, alice):
    return portal_client(acme, "Delta")


@pytest.fixture
def here(alice, acme, actor_of):
    return actor_of(alice, acme)


def swept(time_machine, moment):
    """The mails that the sweep of this moment wrote, as (to, subject, text)."""
    OutboundEmail.objects.all().delete()
    Notification.objects.all().delete()
    time_machine.move_to(moment, tick=False)
    send_digests()
    return [(mail.to, mail.subject, mail.text) for mail in OutboundEmail.objects.order_by("to")]


def add(client, code="invoices", number=1):
    for _number in range(number):
        add_item(client.business, code, DAY)


def test_everybody_is_told_in_the_morning_without_having_chosen(client, alice, time_machine):
    add(client, number=2)
    add(client, "inbox")
    assert swept(time_machine, NOW) == []
    ((to, subject, text),) = swept(time_machine, MORNING)
    assert (to, subject) == ("alice@acme.example", "New work in Delta")
    assert "Delta\n- Invoices: 2 (2 new)\n- Inbox: 1 (1 new)\n" in text
    assert "/o/acme/my-portal/?sort=next" in text
    note = Notification.objects.get()
    assert (note.user_id, note.text, note.kind) == (alice.pk, "New work in Delta", "collaborations/kpi_digest")


def test_what_was_told_is_told_again_only_when_more_comes(client, time_machine):
    add(client, number=2)
    swept(time_machine, NOW)
    assert len(swept(time_machine, MORNING)) == 1
    for days in (0, 1, 2):
        assert swept(time_machine, MORNING + timedelta(days=days, minutes=1)) == []
    add(client)
    ((_to, _subject, text),) = swept(time_machine, MORNING + timedelta(days=4))
    assert "- Invoices: 3 (1 new)" in text


def test_work_that_was_done_is_no_news_and_what_comes_after_is(client, time_machine):
    add(client, number=3)
    swept(time_machine, NOW)
    swept(time_machine, MORNING)
    client.business.documents.update(state="void")
    assert swept(time_machine, MORNING + timedelta(days=1)) == []
    assert KpiReading.objects.get().counts["invoices"] == 0
    add(client)
    ((_to, _subject, text),) = swept(time_machine, MORNING + timedelta(days=2))
    assert "- Invoices: 1 (1 new)" in text


def test_only_what_is_ticked_and_from_the_threshold_on(client, here, time_machine):
    choose = {"actor": here, "rhythm": "daily", "now": NOW}
    actions.choose_kpis(kpis=["invoices"], thresholds={"invoices": 3}, **choose)
    add(client, number=2)
    add(client, "inbox", 5)
    assert swept(time_machine, MORNING) == []
    add(client)
    ((_to, _subject, text),) = swept(time_machine, MORNING + timedelta(days=1))
    assert "- Invoices: 3" in text and "Inbox" not in text


def test_a_clients_own_choice_holds_instead_of_the_general_one(acme, client, here, time_machine):
    other = portal_client(acme, "Other")
    actions.choose_kpis(actor=here, kpis=[], thresholds={}, rhythm="daily", now=NOW)
    actions.choose_kpis_of_client(actor=here, client=other, kpis=["inbox"], thresholds={})
    for one in (client, other):
        add(one, "inbox")
        add(one, "invoices")
    ((_to, subject, text),) = swept(time_machine, MORNING)
    assert subject == "New work in Other"
    assert "Delta" not in text and "Invoices" not in text
    actions.forget_kpis_of_client(actor=here, client=other)
    add(other, "inbox")
    assert swept(time_machine, MORNING + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("rhythm", "after"), [("immediate", timedelta(minutes=10)), ("weekly", timedelta(days=2, hours=21))]
)
def test_rhythm_decides_when(client, here, time_machine, rhythm, after):
    actions.choose_kpis(actor=here, kpis=KPIS, thresholds={}, rhythm=rhythm, now=NOW)
    add(client)
    assert swept(time_machine, NOW + after - timedelta(minutes=1)) == []
    assert len(swept(time_machine, NOW + after)) == 1


def test_account_managers_are_told_of_their_clients_and_nobody_else_of_them(acme, alice, bob, time_machine):
    mine, other = portal_client(acme, "Mine"), portal_client(acme, "Other")
    looked_after(mine, bob)
    for one in (mine, other):
        add(one)
    swept(time_machine, NOW)
    told = {to: subject for to, subject, _text in swept(time_machine, MORNING)}
    assert told == {"alice@acme.example": "New work in 2 clients", "bob@acme.example": "New work in Mine"}


def test_what_is_not_shared_is_not_told(acme, alice, time_machine):
    client = portal_client(acme, "Delta", role=None)
    for code in KPIS:
        add(client, code)
    swept(time_machine, NOW)
    assert swept(time_machine, MORNING) == []
    assert not KpiReading.objects.exists()


def test_access_that_comes_back_is_told_anew(client, time_machine):
    add(client)
    swept(time_machine, NOW)
    swept(time_machine, MORNING)
    Client.objects.update(ended_at=NOW)
    assert swept(time_machine, MORNING + timedelta(days=1)) == []
    Client.objects.update(ended_at=None)
    assert len(swept(time_machine, MORNING + timedelta(days=2))) == 1


def test_whoever_left_is_told_nothing(client, alice, time_machine):
    add(client)
    swept(time_machine, NOW)
    Member.objects.filter(user=alice).update(retired_at=NOW)
    assert swept(time_machine, MORNING) == []
    assert KpiPreference.objects.get().due_at is None


def test_language_is_the_receivers(client, alice, time_machine):
    type(alice).objects.filter(pk=alice.pk).update(language="es")
    add(client)
    swept(time_machine, NOW)
    ((_to, subject, text),) = swept(time_machine, MORNING)
    assert subject == "Trabajo nuevo en Delta"
    assert "- Facturas: 1" in text


def test_many_clients_are_one_mail_that_names_the_busiest(acme, alice, time_machine):
    for number in range(22):
        add(portal_client(acme, f"Client {number:02}"), number=1 + (number == 21))
    swept(time_machine, NOW)
    ((_to, subject, text),) = swept(time_machine, MORNING)
    assert subject == "New work in 22 clients"
    assert text.index("Client 21") < text.index("Client 00")
    assert "and 2 more clients." in text and "Client 20\n" not in text


def test_person_who_wants_no_mails_of_this_kind_gets_none(client, alice, time_machine):
    NotificationPreference.objects.create(
        user_id=alice.pk, kind="collaborations/kpi_digest", by_email=False, in_app=True
    )
    add(client)
    swept(time_machine, NOW)
    assert swept(time_machine, MORNING) == []
    assert Notification.objects.count() == 1


def test_action_tells_nothing_twice_and_a_rollback_leaves_nothing(client, here):
    preference = actions.choose_kpis(actor=here, kpis=[*KPIS, MESSAGES], thresholds={}, rhythm="daily", now=NOW)
    add(client)
    assert actions.tell_of_work(preference=preference, now=NOW) is False
    assert actions.tell_of_work(preference=preference, now=MORNING) is True
    assert actions.tell_of_work(preference=preference, now=MORNING) is False
    assert OutboundEmail.objects.count() == 1


def test_planning_twice_adds_nobody_twice(client, bob):
    assert actions.plan_digests(now=NOW) == 2
    assert actions.plan_digests(now=NOW) == 0
    assert KpiPreference.objects.count() == 2

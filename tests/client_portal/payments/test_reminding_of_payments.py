"""Reminders of an invoice that somebody is paying: never lost, and none while its money is on its way."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from advisory_portal.core.models import OutboundEmail
from client_portal.models import PaymentAttempt
from client_portal.tasks import send_reminders
from documents.models import Document, DocumentSettings, Reminder
from documents.tasks import plan_reminders
from tests.client_portal.factories_payments import attempt_at, gateway_account

pytestmark = pytest.mark.django_db
FOURTH = datetime(2026, 4, 4, 9, tzinfo=UTC)  # three days after the invoice was due


@pytest.fixture
def attempt(companies, invoice, delta):
    """An attempt to pay an invoice that is overdue and was sent."""
    DocumentSettings.objects.create(organisation=delta, reminders_on=True)
    Document.objects.filter(pk=invoice.pk).update(sent_at=datetime(2026, 3, 2, tzinfo=UTC))
    return attempt_at(gateway_account(delta), invoice)


def remind(after=timedelta(0)):
    """Let both sweeps run; how many mails were written until now."""
    with time_machine.travel(FOURTH + after, tick=False):
        plan_reminders()
        send_reminders()
    return OutboundEmail.objects.count()


@pytest.mark.parametrize("state", ["new", "open", "failed", "expired", "cancelled"])
def test_a_page_that_nobody_paid_keeps_no_reminder_back(attempt, state):
    PaymentAttempt.objects.update(state=state)
    assert remind() == 1
    assert Reminder.objects.get().sent_on == date(2026, 4, 4)


@pytest.mark.parametrize("state", ["pending", "capturing"])
@pytest.mark.parametrize("comes", [True, False])
def test_while_money_is_on_its_way_the_reminder_waits_for_it(attempt, invoice, state, comes):
    PaymentAttempt.objects.update(state=state)
    assert remind() == remind(after=timedelta(hours=1)) == 0
    assert Reminder.objects.get().due_at == FOURTH + timedelta(hours=6)
    PaymentAttempt.objects.update(state="succeeded" if comes else "failed")
    attempt.shares.update(is_open=False)
    if comes:
        Document.objects.filter(pk=invoice.pk).update(state="paid", settled=121)
    assert remind(after=timedelta(hours=6)) == (0 if comes else 1)
    assert Reminder.objects.count() == (0 if comes else 1)

"""From Pay to what became of it, at each of the three companies, over HTTP."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import OutboundEmail
from client_portal.actions import sync_attempt
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog
from documents.models import Settlement
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
SWEEP = PaymentLog.Trigger.SWEEP
OVER = {"stripe": "expired", "paypal": "expired", "square": "expired"}


@pytest.fixture
def payer(companies, invoice):
    return lambda kind: Payer(companies, invoice, kind)


@EACH
def test_an_invoice_is_paid(payer, kind):
    one = payer(kind)
    attempt = one.start()
    assert (attempt.state, attempt.amount, attempt.currency) == ("open", 121, "EUR")
    assert attempt.shares.get().is_open
    assert one.press().startswith("http://portal.example/paying/")
    attempt = one.sync()
    assert (attempt.state, attempt.is_late, attempt.shares.get().is_open) == ("succeeded", False, False)
    payment = one.payment
    assert (payment.amount, payment.allocated, payment.status, payment.look) == (121, 121, "succeeded", "")
    assert (payment.contact, payment.account) == (one.invoice.contact, one.account)
    assert one.read == ("succeeded", "paid", 121)
    assert Settlement.objects.get().method == kind
    assert GatewayAccount.objects.get().paid_at == one.now
    told = OutboundEmail.objects.count()
    one.sync(trigger=SWEEP)
    assert (GatewayPayment.objects.count(), Settlement.objects.count(), OutboundEmail.objects.count()) == (1, 1, told)
    assert one.told("received") == one.told("succeeded") == 1


@EACH
def test_nothing_happens_before_the_payer_pays(payer, kind):
    one = payer(kind)
    one.start()
    attempt = one.sync(trigger=SWEEP)
    assert (attempt.state, attempt.syncs, attempt.due_at) == ("open", 1, one.now + timedelta(minutes=2))
    assert one.read == ("open", "issued", 0)
    before = attempt.synced_at
    attempt = one.sync()
    assert (attempt.syncs, attempt.synced_at > before) == (1, True)  # a waiting page does not make the checks rarer


@EACH
def test_declined_then_paid_on_the_same_page(payer, kind):
    one = payer(kind)
    one.start()
    one.press("decline")
    assert one.sync().state == "open"
    assert not GatewayPayment.objects.filter(status="succeeded").exists()
    one.press("pay")
    assert one.sync().state == "succeeded"
    assert one.read == ("succeeded", "paid", 121)
    assert Settlement.objects.count() == 1


@EACH
@pytest.mark.parametrize("outcome", ["settle", "deny"])
def test_money_that_takes_days(payer, kind, outcome):
    one = payer(kind)
    one.start()
    one.press("later")
    assert one.sync().state == "pending"
    assert (one.payment.status, one.payment.credit, one.payment.allocated) == ("pending", 0, 0)
    assert one.read == ("pending", "issued", 0)
    one.later(days=3)
    assert one.sync(trigger=SWEEP).state == "pending"
    told = OutboundEmail.objects.count()
    one.act(outcome)
    one.sync()
    if outcome == "settle":
        assert one.read == ("succeeded", "paid", 121)
        assert one.payment.allocated == 121
    else:
        assert one.read[1:] == ("issued", 0)
        # Square lets the payer try once more on the same page; here its hour is over.
        assert one.read[0] == ("expired" if kind == "square" else "failed")
        assert one.payment.status == "failed"
        assert not one.attempt.shares.get().is_open
    assert OutboundEmail.objects.count() > told


@EACH
def test_a_page_that_nobody_pays_ends_after_its_hour(payer, kind):
    one = payer(kind)
    one.start()
    one.press("abandon")
    one.later(hours=3, minutes=1)
    one.sync(trigger=SWEEP)
    assert one.read == (OVER[kind], "issued", 0)
    assert not one.attempt.shares.get().is_open
    assert one.attempt.due_at == one.now + timedelta(days=1)
    one.later(days=1)
    assert one.sync(trigger=SWEEP).due_at is None
    again = one.start()
    assert (again.state, PaymentAttempt.objects.count()) == ("open", 2)


def test_the_system_acts_in_the_business_of_the_account(payer):
    one = payer("stripe")
    one.start()
    one.press()
    one.sync(actor=system_actor())
    assert one.read == ("succeeded", "paid", 121)


def test_it_refuses_to_run_inside_a_transaction(payer):
    one = payer("stripe")
    one.start()
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        one.sync()
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        one.start()


@EACH
@pytest.mark.parametrize("fault", ["500", "503", "409", "429", "html", "drop", "401"])
def test_a_company_that_does_not_answer_changes_nothing_but_when_it_is_asked(payer, kind, fault):
    one = payer(kind)
    one.start()
    one.press()
    asked = {"stripe": "sessions", "paypal": "orders", "square": "orders"}[kind]
    one.fault(fault, method="GET", path=asked, times=4)
    attempt = one.sync(trigger=SWEEP)
    assert (attempt.state, attempt.shares.get().is_open) == ("open", True)
    assert attempt.last_error
    assert attempt.error_code
    assert attempt.due_at >= one.now + timedelta(minutes=1)
    assert (one.told("not_answered"), one.read[1]) == (1, "issued")
    one.sync(trigger=SWEEP)
    one.companies.control("faults", {"clear": True})
    attempt = one.sync(trigger=SWEEP)
    assert (attempt.state, attempt.last_error) == ("succeeded", "")
    assert one.read == ("succeeded", "paid", 121)
    assert one.told("not_answered") <= 2


@EACH
@pytest.mark.parametrize("fault", ["unknown_enum", "missing_field"])
def test_an_odd_answer_never_makes_it_fail(payer, kind, fault):
    one = payer(kind)
    one.start()
    one.press()
    asked = {"stripe": "sessions", "paypal": "orders", "square": "orders"}[kind]
    one.fault(fault, method="GET", path=asked)
    assert one.sync().state in ("open", "capturing", "pending", "succeeded")
    assert one.sync().state == "succeeded"
    assert one.read == ("succeeded", "paid", 121)


def test_a_wait_that_the_company_asks_for_is_kept(payer):
    one = payer("square")
    one.start()
    one.fault("429", method="GET", path="orders", times=9, seconds=1)
    attempt = one.sync(trigger=SWEEP)
    assert attempt.due_at >= one.now + timedelta(minutes=1)


def test_an_attempt_that_is_not_there_is_not_asked_about(companies):
    with pytest.raises(PaymentAttempt.DoesNotExist):
        sync_attempt(attempt_id=uuid7(), trigger=SWEEP, actor=system_actor(), now=timezone.now())


def test_money_that_somebody_is_collecting_is_left_to_them(payer):
    one = payer("paypal")
    one.start()
    one.press()
    lease = one.now + timedelta(seconds=30)
    PaymentAttempt.objects.update(state="capturing", lease_until=lease)
    attempt = one.sync()
    assert (attempt.state, attempt.lease_until) == ("capturing", lease)
    assert not one.companies.world.of("paypal.captures")
    attempt = one.sync(now=lease)
    assert (attempt.state, attempt.lease_until) == ("succeeded", None)

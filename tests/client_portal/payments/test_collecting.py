"""What a payer approved at PayPal is collected once, and only while its documents want it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from advisory_portal.core.access import system_actor
from client_portal.actions import end_outdated
from client_portal.actions.payments.gateways import gateway_for
from client_portal.models import GatewayPayment, PaymentAttempt, PaymentLog
from documents.actions import settle
from documents.models import Contact, Settlement
from tests.client_portal.payments.payer import Payer
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db
SWEEP = PaymentLog.Trigger.SWEEP
CAPTURE = "capture$"


@pytest.fixture
def one(companies, invoice):
    """A payer who has approved at PayPal."""
    payer = Payer(companies, invoice, "paypal")
    payer.start()
    payer.press()
    return payer


def cash(one, amount):
    settle(
        actor=system_actor(one.invoice.organisation.workspace),
        document=one.invoice,
        amount=Decimal(amount),
        received_on=one.invoice.issued_on,
        method="cash",
        source_key="hand:1",
    )


def captures(one):
    return len(one.companies.world.of("paypal.captures"))


def test_it_is_collected_when_somebody_looks(one):
    assert captures(one) == 0
    assert one.sync(trigger=SWEEP).state == "succeeded"
    assert (captures(one), one.told("capturing"), one.attempt.lease_until) == (1, 1, None)


@pytest.mark.parametrize("amount", ["121", "1"])
def test_what_was_paid_otherwise_is_not_collected(one, amount):
    cash(one, amount)
    attempt = one.sync()
    assert (attempt.state, captures(one), one.told("not_wanted")) == ("cancelled", 0, 1)
    assert not attempt.shares.get().is_open
    assert one.sync().state == "cancelled"
    assert captures(one) == 0


def test_what_another_contact_has_to_pay_now_is_not_collected(one):
    other = ContactFactory(organisation=one.invoice.organisation)
    type(one.invoice).objects.filter(pk=one.invoice.pk).update(contact=other)
    assert one.sync().state == "cancelled"
    assert captures(one) == 0


def test_after_contacts_became_one_it_is_collected(one):
    other = ContactFactory(organisation=one.invoice.organisation)
    type(one.invoice).objects.filter(pk=one.invoice.pk).update(contact=other)
    Contact.objects.filter(pk=one.attempt.contact_id).update(merged_into=other)
    assert one.sync().state == "succeeded"
    assert GatewayPayment.objects.get().allocated == 121


def test_an_answer_that_is_lost_after_the_money_moved_is_found(one):
    one.fault("commit_then_drop", method="POST", path=CAPTURE)
    attempt = one.sync()
    assert (attempt.state, captures(one)) == ("capturing", 1)
    assert one.read[1:] == ("issued", 0)
    assert attempt.due_at <= one.now + timedelta(minutes=2)
    assert one.sync(trigger=SWEEP).state == "succeeded"
    assert (captures(one), one.read) == (1, ("succeeded", "paid", 121))


def test_a_process_that_dies_after_the_money_moved_is_followed_by_another(one):
    gateway_for(one.account).capture(one.attempt.ref, f"{one.attempt.key}:cap")
    PaymentAttempt.objects.update(state="capturing", lease_until=one.now + timedelta(minutes=2))
    assert one.sync(trigger=SWEEP).state == "succeeded"
    assert (captures(one), Settlement.objects.count()) == (1, 1)


def test_one_that_dies_before_is_followed_when_its_time_is_over(one):
    PaymentAttempt.objects.update(state="capturing", lease_until=one.now + timedelta(minutes=2))
    assert one.sync(trigger=SWEEP).state == "capturing"
    assert captures(one) == 0
    one.now += timedelta(minutes=2)
    assert one.sync(trigger=SWEEP).state == "succeeded"
    assert captures(one) == 1


@pytest.mark.parametrize("fault", ["500", "503", "409", "429", "html", "drop", "401"])
def test_a_capture_that_fails_is_tried_again(one, fault):
    one.fault(fault, method="POST", path=CAPTURE, times=3)
    assert one.sync().state == "capturing"
    assert one.attempt.last_error
    assert one.read[1:] == ("issued", 0)
    one.companies.control("faults", {"clear": True})
    one.now += timedelta(minutes=2)
    assert one.sync(trigger=SWEEP).state == "succeeded"
    assert captures(one) == 1


def test_means_that_are_declined_lead_back_to_the_page(companies, invoice):
    one = Payer(companies, invoice, "paypal")
    one.start()
    one.press("decline")
    attempt = one.sync()
    assert (attempt.state, attempt.lease_until) == ("open", None)
    one.press("pay")
    assert one.sync().state == "succeeded"
    assert captures(one) == 1


def test_what_is_paid_otherwise_while_nobody_looks_is_closed_by_the_clock(one):
    cash(one, "121")
    assert end_outdated(now=one.now) == 1
    assert end_outdated(now=one.now) == 0
    one.attempt.refresh_from_db()
    assert (one.attempt.close_wanted, one.attempt.due_at, one.told("outdated")) == (True, one.now, 1)
    assert one.sync(trigger=SWEEP).state == "cancelled"
    assert captures(one) == 0


def test_an_approval_of_a_page_that_has_ended_is_not_collected(one):
    PaymentAttempt.objects.update(state="expired")
    one.attempt.shares.update(is_open=False)
    assert one.sync().state == "expired"
    assert captures(one) == 0


def test_an_approval_in_the_last_moment_is_collected(one):
    one.now = one.attempt.expires_at + timedelta(seconds=1)
    assert one.sync().state == "succeeded"

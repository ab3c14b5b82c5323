"""What the clock does: attempts that are due, attempts out of date, and the daily comparison with each company."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.gateways import Unavailable
from client_portal.actions import compare_account
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog, Refund
from client_portal.tasks import compare_gateways, sync_attempts
from documents.actions import settle
from tests.client_portal.factories_payments import KINDS, contact_gateway, gateway_account
from tests.client_portal.payments.payer import Payer
from tests.factories import issued_document

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def payer(companies, invoice):
    return lambda kind="stripe": Payer(companies, invoice, kind)


def due(**values):
    PaymentAttempt.objects.filter(**values).update(due_at=timezone.now() - timedelta(seconds=1))


@EACH
def test_a_payer_who_never_comes_back_has_paid(payer, kind):
    one = payer(kind)
    one.start()
    one.press()
    assert sync_attempts() == 0  # not due yet
    due()
    assert sync_attempts() == 1
    assert one.read == ("succeeded", "paid", 121)
    assert sync_attempts() == 0
    assert set(PaymentLog.objects.filter(what="received").values_list("trigger", flat=True)) == {"sweep"}


def test_attempts_whose_documents_were_paid_otherwise_end(payer):
    one = payer()
    one.start()
    settle(
        actor=system_actor(one.invoice.organisation.workspace),
        document=one.invoice,
        amount=Decimal(1),
        received_on=one.invoice.issued_on,
        method="cash",
        source_key="hand:1",
    )
    assert sync_attempts() == 1
    assert one.read == ("cancelled", "partially_paid", 1)
    assert (
        one.companies.world.of("stripe.sessions")[one.attempt.ref or PaymentAttempt.objects.get().ref]["status"]
        == "expired"
    )


def test_money_on_its_way_is_not_ended_by_it(payer):
    one = payer()
    one.start()
    one.press("later")
    one.sync()
    settle(
        actor=system_actor(one.invoice.organisation.workspace),
        document=one.invoice,
        amount=Decimal(1),
        received_on=one.invoice.issued_on,
        method="cash",
        source_key="hand:1",
    )
    assert sync_attempts() == 0
    assert one.read[0] == "pending"


def test_a_company_that_is_away_holds_up_nobody_else(payer, erin):
    one = payer("stripe")
    one.start()
    for _turn in range(3):
        one.start(shares={(document := issued_document(erin)).pk: document.outstanding})
    square = Payer.__new__(Payer)
    square.__dict__ = dict(one.__dict__) | {"invoice": issued_document(erin), "kind": "square"}
    square.account = gateway_account(erin.organisation, "square")
    contact_gateway(erin, square.account)
    square.start()
    square.press()
    one.fault("500", times=99)
    due()
    assert sync_attempts() == 2  # one of Stripe's, and Square's
    assert square.read == ("succeeded", "paid", 121)
    assert PaymentAttempt.objects.filter(account=one.account, due_at__lte=timezone.now()).count() == 3
    one.companies.control("faults", {"clear": True})
    assert sync_attempts() == 3


def test_a_run_whose_time_is_over_goes_on_behind_what_waits(payer, nudged_by, monkeypatch):
    one = payer()
    one.start()
    one.press()
    due()
    monkeypatch.setattr("client_portal.tasks.SECONDS_ASKING", -1)
    assert "client_portal.sync_attempts" in nudged_by(sync_attempts)
    assert one.read[0] == "open"
    monkeypatch.setattr("client_portal.tasks.SECONDS_ASKING", 600)
    assert "client_portal.sync_attempts" not in nudged_by(sync_attempts)
    assert one.read[0] == "succeeded"


def test_an_attempt_that_breaks_does_not_hold_up_others(payer, erin):
    one = payer()
    one.start()
    broken = one.attempt
    one.invoice = issued_document(erin)
    one.start()
    one.press()
    PaymentAttempt.objects.filter(pk=broken.pk).update(ref="", state="new", asked={})
    due()
    assert sync_attempts() == 1
    assert one.read == ("succeeded", "paid", 121)
    broken.refresh_from_db()
    assert broken.due_at > timezone.now()


# --- Comparing ------------------------------------------------------------------------------------------------


def compared(one):
    one.account.refresh_from_db()
    actor = system_actor(one.invoice.organisation.workspace)
    return compare_account(actor=actor, account=one.account, now=timezone.now())


@EACH
def test_money_that_nobody_told_of_is_found_in_the_list(payer, kind):
    one = payer(kind)
    one.start()
    one.press()
    if kind == "paypal":  # the list of PayPal is of its webhooks' events
        one.companies.server.sandbox.paypal.world.announce = lambda *_said: None
        one.sync()
    else:
        PaymentAttempt.objects.update(state="expired", due_at=None)
        assert compared(one) == 1
    assert one.read == ("succeeded", "paid", 121)
    assert compared(one) == 0
    assert GatewayAccount.objects.get().listed_until >= one.now


@EACH
def test_what_changed_at_the_company_is_found_in_the_list(payer, kind):
    one = payer(kind)
    one.start()
    one.press()
    one.sync()
    compared(one)
    one.act("refund", amount={"stripe": 2100, "paypal": "21.00", "square": 2100}[kind])
    if kind == "square":
        one.act("settle_refund", next(iter(one.companies.world.of("square.refunds"))))
    found = compared(one)
    if kind != "paypal" or found:
        assert Refund.objects.get().state == "succeeded"
        assert one.payment.refunded == 21
        assert compared(one) == 0


def test_money_of_an_attempt_that_is_gone_is_kept(payer):
    one = payer()
    one.start()
    one.press()
    companies_session = one.companies.world.of("stripe.sessions")[one.attempt.ref]
    gone = "01890000-0000-7000-8000-000000000000"
    companies_session["reference"] = gone
    PaymentAttempt.objects.update(ref="cs_other")
    assert compared(one) == 1
    assert GatewayPayment.objects.get().look == "orphan"
    assert compared(one) == 0


def test_money_of_another_shop_at_the_same_company_is_no_difference(payer):
    one = payer()
    one.start()
    one.press()
    one.companies.world.of("stripe.sessions")[one.attempt.ref]["reference"] = "order-7"
    PaymentAttempt.objects.update(ref="cs_other")
    assert compared(one) == 0
    assert not GatewayPayment.objects.exists()


def test_a_list_that_is_not_to_be_had_is_asked_for_again(payer):
    one = payer()
    one.start()
    one.press()
    one.fault("500", times=9)
    with pytest.raises(Unavailable):
        compared(one)
    assert GatewayAccount.objects.get().listed_until is None
    assert compare_gateways() == 0
    one.companies.control("faults", {"clear": True})
    assert compare_gateways() == 0  # one worker has it for an hour
    cache.delete(f"compare:{one.account.pk}")
    assert compare_gateways() == 1
    assert one.read == ("succeeded", "paid", 121)
    cache.delete(f"compare:{one.account.pk}")
    one.fault("500", times=9)
    assert compare_gateways() == 0  # not before tomorrow
    assert not GatewayAccount.objects.to_compare(timezone.now()).exists()
    assert GatewayAccount.objects.to_compare(timezone.now() + timedelta(days=1)).exists()

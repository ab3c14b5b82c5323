"""Disputes: opened, won, lost, and lost after a refund; with each company over HTTP where it matters."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from advisory_portal.gateways import Money, SeenDispute
from client_portal.actions.payments.disputes import apply_disputes
from client_portal.actions.payments.gateways import gateway_for
from client_portal.actions.payments.locking import lock_payment
from client_portal.actions.payments.refunds import apply_refunds
from client_portal.models import Dispute, GatewayPayment
from tests.client_portal.factories_payments import (
    KINDS,
    allocate_shares,
    attempt_at,
    booked_payment,
    gateway_account,
    paid_payment,
    started_attempt,
)
from tests.client_portal.test_refunds import money_of, seen
from tests.factories import issued_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(companies, delta, dan, invoice):
    """Erin's invoice over 121 euro, paid as the books say."""
    return allocate_shares(booked_payment(attempt_at(gateway_account(delta), invoice, state="succeeded")))


def disputed(payment, status="open", **values):
    known = {"id": "dp_1", "payment_id": payment.provider_id, "status": status, "amount": Money(12_100, "EUR")}
    return SeenDispute(**known | values)


def apply(payment, *found):
    with transaction.atomic():
        apply_disputes(payment=lock_payment(payment.pk), seen=found, trigger="webhook", now=timezone.now())
    payment.refresh_from_db()


def subjects():
    rows = OutboundEmail.objects.filter(kind="client_portal/payment_disputed").order_by("id")
    return [subject.split(" €")[0] for subject in rows.values_list("subject", flat=True)]


def test_an_open_dispute_is_to_be_looked_at_and_told_once(booked):
    due = timezone.now()
    for _ in range(3):
        apply(booked, disputed(booked, due_at=due))
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount, dispute.due_at, booked.look) == ("open", 121, due, "disputed")
    assert money_of(booked) == ([121, 0, 0], [0])
    assert subjects() == ["Erin disputes a payment of"]


def test_a_dispute_that_is_won_needs_nobody_any_more(booked):
    apply(booked, disputed(booked))
    apply(booked, disputed(booked, "won"))
    assert (booked.look, money_of(booked)) == ("", ([121, 0, 0], [0]))
    assert subjects() == ["Erin disputes a payment of", "You won the dispute over"]


def test_a_dispute_that_is_lost_is_taken_off_and_looked_at(booked):
    apply(booked, disputed(booked))
    for _ in range(3):
        apply(booked, disputed(booked, "lost"))
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.lost, booked.look) == ("lost", 121, "disputed")
    assert money_of(booked) == ([0, 121, 0], [121])
    assert subjects() == ["Erin disputes a payment of", "You lost the dispute over"]


def test_one_that_was_lost_before_we_heard_of_it_is_told_once(booked):
    apply(booked, disputed(booked, "lost"))
    assert money_of(booked) == ([0, 121, 0], [121])
    assert subjects() == ["You lost the dispute over"]


def test_a_bank_may_change_its_mind(booked):
    for status in ("lost", "won", "lost", "won"):
        apply(booked, disputed(booked, status))
        assert money_of(booked) == (([0, 121, 0], [121]) if status == "lost" else ([121, 0, 0], [0]))
    assert Dispute.objects.get().taken == {}


def test_lost_after_a_refund_takes_what_is_left(booked):
    with transaction.atomic():
        apply_refunds(payment=lock_payment(booked.pk), seen=[seen(booked)], trigger="webhook", now=timezone.now())
    apply(booked, disputed(booked, "lost"))
    assert money_of(booked) == ([0, 121, 0], [121])
    assert Dispute.objects.get().lost == Decimal(100)
    apply(booked, disputed(booked, "won"))
    assert money_of(booked) == ([100, 21, 0], [21])


def test_a_refund_that_fails_after_the_dispute_was_lost_gives_nothing_back(booked):
    refunded = seen(booked, amount="121")
    with transaction.atomic():
        apply_refunds(payment=lock_payment(booked.pk), seen=[refunded], trigger="webhook", now=timezone.now())
    apply(booked, disputed(booked, "lost"))
    failed = seen(booked, amount="121", status="failed")
    with transaction.atomic():
        apply_refunds(payment=lock_payment(booked.pk), seen=[failed], trigger="webhook", now=timezone.now())
    assert money_of(booked) == ([0, 121, 0], [121])


def test_money_that_is_left_over_is_looked_at_again_once_the_dispute_is_won(booked):
    GatewayPayment.objects.filter(pk=booked.pk).update(amount=Decimal(130), look="surplus")
    apply(booked, disputed(booked))
    assert booked.look == "disputed"
    apply(booked, disputed(booked, "won"))
    assert booked.look == "surplus"


def test_with_two_disputes_the_second_still_needs_somebody(booked):
    apply(booked, disputed(booked), disputed(booked, id="dp_2"))
    apply(booked, disputed(booked, "won"))
    assert booked.look == "disputed"


def test_a_dispute_in_another_currency_is_about_the_whole_payment(booked):
    apply(booked, disputed(booked, amount=Money(13_000, "USD")))
    assert Dispute.objects.get().amount == 121


def test_disputes_of_other_payments_change_nothing(booked):
    apply(booked, disputed(booked, payment_id="pi_other"))
    assert not Dispute.objects.exists()


def test_what_is_rolled_back_is_told_to_nobody(booked):
    with transaction.atomic():
        apply_disputes(payment=lock_payment(booked.pk), seen=[disputed(booked)], trigger="webhook", now=timezone.now())
        transaction.set_rollback(True)
    assert not OutboundEmail.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("outcome", ["win", "lose"])
def test_a_dispute_at_each_company(companies, delta, erin, dan, kind, outcome):
    attempt = started_attempt(gateway_account(delta, kind), issued_document(erin))
    payment = paid_payment(companies, attempt)
    wanted = companies.act(kind, "dispute", payment.provider_id)["id"]
    for _ in range(2):
        found = gateway_for(payment.account).fetch(attempt.ref, attempt.ref2)
        apply(payment, *found.disputes)
        if Dispute.objects.get().state == "open":
            companies.act(kind, outcome, wanted)
    assert Dispute.objects.get().state == ("won" if outcome == "win" else "lost")
    assert money_of(payment) == (([121, 0, 0], [0]) if outcome == "win" else ([0, 121, 0], [121]))

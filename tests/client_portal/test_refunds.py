"""Refunds: asked for here, sent with one key, booked once, put back when they fail. With each company, over HTTP."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.gateways import Money, SeenRefund
from client_portal.actions.payments.allocating import take_off
from client_portal.actions.payments.locking import lock_payment
from client_portal.actions.payments.refund_sending import send_refund
from client_portal.actions.payments.refunds import NotRefundable, apply_refunds, refundable, request_refund
from client_portal.models import GatewayPayment, Refund
from tests.client_portal.factories_payments import (
    KINDS,
    allocate_shares,
    attempt_at,
    booked_payment,
    gateway_account,
    paid_payment,
    started_attempt,
)
from tests.factories import MemberFactory, issued_document, member_actor
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def paid(companies, delta, erin, kind, dan):
    """Erin's invoice over 121 euro, paid at the company."""
    return paid_payment(companies, started_attempt(gateway_account(delta, kind), issued_document(erin)))


@pytest.fixture
def booked(companies, delta, dan, invoice):
    """Erin's invoice over 121 euro, paid as the books say; no company knows of it."""
    return allocate_shares(booked_payment(attempt_at(gateway_account(delta), invoice, state="succeeded")))


def ask(actor, payment, amount="121", **values):
    usual = {"note": "", "key": uuid4(), "now": timezone.now()}
    return request_refund(actor=actor, payment=payment, amount=Decimal(amount), **usual | values)


def send(refund, after=timedelta(0)):
    """Send a refund as the sweep does, and give it as it then stands."""
    send_refund(refund_id=refund.pk, now=timezone.now() + after)
    refund.refresh_from_db()
    return refund


def sent_and_settled(companies, refund):
    """Square decides a refund later; the others at once."""
    send(refund)
    if refund.account.kind == "square":
        companies.act("square", "settle_refund", refund.provider_id)
        send(refund, after=timedelta(minutes=5))
    return refund


def money_of(payment):
    """(allocated, refunded, refunding) and what is open on its documents."""
    row = GatewayPayment.objects.get(pk=payment.pk)
    open_ = [share.document.outstanding for share in row.attempt.shares.select_related("document")]
    return [float(one) for one in (row.allocated, row.refunded, row.refunding)], [float(one) for one in open_]


def told(kind):
    return OutboundEmail.objects.filter(kind=f"client_portal/{kind}").count()


def apply(payment, *seen):
    with transaction.atomic():
        apply_refunds(payment=lock_payment(payment.pk), seen=seen, trigger="webhook", now=timezone.now())


def seen(payment, amount="21", status="succeeded", currency="EUR", **values):
    money = Money(int(Decimal(amount) * 100), currency)
    return SeenRefund(**{"id": "re_1", "payment_id": payment.provider_id, "status": status, "amount": money} | values)


# --- Asking --------------------------------------------------------------------------------------------------


def test_a_refund_holds_its_amount_before_the_company_knows(dan_here, booked):
    refund = ask(dan_here, booked, "21", note="Sorry")
    assert (refund.state, refund.source, refund.note, refund.asked_by_name) == ("new", "staff", "Sorry", "Dan")
    assert money_of(booked) == ([121, 0, 21], [0])
    assert refundable(booked) == 100
    entry = HistoryEntry.objects.get(what="client_portal.gatewaypayment.refund_asked")
    assert (entry.actor_name, entry.after["amount"]) == ("Dan", "21")
    assert not OutboundEmail.objects.exists()


def test_a_form_that_is_sent_twice_is_one_refund(dan_here, booked):
    key = uuid4()
    first, second = ask(dan_here, booked, "21", key=key), ask(dan_here, booked, "21", key=key)
    assert first == second
    assert money_of(booked) == ([121, 0, 21], [0])


def test_a_form_of_another_payment_is_refused(companies, delta, erin, dan_here, booked):
    key = uuid4()
    ask(dan_here, booked, "21", key=key)
    other = booked_payment(attempt_at(booked.account, issued_document(erin)), provider_id="pi_other")
    with pytest.raises(NotRefundable, match="for another payment"):
        ask(dan_here, other, "21", key=key)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "121.01", "1e12", "NaN", "Infinity"])
def test_an_amount_that_is_none_or_too_much_is_refused(dan_here, booked, amount):
    with pytest.raises(NotRefundable) as refused:
        ask(dan_here, booked, amount)
    assert refused.value.field == "amount"
    assert not Refund.objects.exists()


def test_more_than_is_left_is_refused_in_words(dan_here, booked):
    ask(dan_here, booked, "100")
    with pytest.raises(NotRefundable, match=r"At most €21\.00 of this payment can still be refunded"):
        ask(dan_here, booked, "21.01")


@pytest.mark.parametrize("values", [{"status": "pending"}, {"status": "failed"}, {"look": "foreign"}])
def test_money_that_is_not_the_businesss_is_not_refunded(dan_here, booked, values):
    GatewayPayment.objects.filter(pk=booked.pk).update(**values)
    with pytest.raises(NotRefundable):
        ask(dan_here, booked, "1")
    booked.refresh_from_db()
    assert refundable(booked) == 0


def test_who_only_views_sales_refunds_nothing(delta, booked):
    viewer = member_actor(MemberFactory(organisation=delta, code="viewer"))
    with pytest.raises(Forbidden):
        ask(viewer, booked, "1")


@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_never_give_back_more_than_came(dan_here, booked):
    answers = together([lambda: ask(dan_here, booked, "100")] * 4)
    assert [type(one).__name__ for one in answers].count("Refund") == 1
    assert {type(one) for one in answers} == {Refund, NotRefundable}
    assert money_of(booked)[0] == [121, 0, 100]


# --- Sending -------------------------------------------------------------------------------------------------


def test_a_refund_is_sent_booked_and_told(companies, dan_here, paid):
    refund = sent_and_settled(companies, ask(dan_here, paid))
    assert (refund.state, refund.due_at) == ("succeeded", None)
    assert refund.provider_id in companies.told("ledger")["refunds"]
    assert money_of(paid) == ([0, 121, 0], [121])
    assert refund.taken == {str(paid.attempt.shares.get().document_id): "121.000"}
    assert (told("payment_refunded"), told("refund_decided")) == (1, 1)


def test_parts_are_refunded_one_after_the_other(companies, dan_here, paid):
    for amount in ("20", "30", "71"):
        sent_and_settled(companies, ask(dan_here, paid, amount))
    assert money_of(paid) == ([0, 121, 0], [121])
    assert len(companies.told("ledger")["refunds"]) == 3
    with pytest.raises(NotRefundable):
        ask(dan_here, paid, "0.01")


def test_a_refund_takes_the_credit_first(companies, dan_here, paid):
    document = paid.attempt.shares.get().document
    GatewayPayment.objects.filter(pk=paid.pk).update(amount=Decimal(131))
    refund = sent_and_settled(companies, ask(dan_here, paid, "15"))
    assert refund.taken == {str(document.pk): "5.000"}
    assert money_of(paid) == ([116, 15, 0], [5])


def test_a_refund_that_was_sent_already_is_not_sent_again(companies, dan_here, paid):
    refund = sent_and_settled(companies, ask(dan_here, paid, "21"))
    send(refund, after=timedelta(days=1))
    assert len(companies.told("ledger")["refunds"]) == 1
    assert money_of(paid)[0] == [100, 21, 0]


def test_a_lost_answer_is_found_again_with_the_same_key(companies, dan_here, paid, kind):
    companies.fault("commit_then_drop", method="POST", path="refund", times=5)
    refund = send(ask(dan_here, paid, "21"))
    assert (refund.state, told("refund_decided")) == ("new", 0)
    assert refund.due_at > timezone.now()
    companies.control("faults", {"clear": True})
    assert len(companies.told("ledger")["refunds"]) == 1
    send(refund, after=timedelta(minutes=5))
    assert refund.state == ("pending" if kind == "square" else "succeeded")
    assert len(companies.told("ledger")["refunds"]) == 1


@pytest.mark.parametrize("fault", ["500", "html", "409", "429"])
def test_a_company_in_trouble_is_asked_again_later(companies, dan_here, paid, fault):
    companies.fault(fault, method="POST", path="refund", times=9)
    refund = send(ask(dan_here, paid, "21"))
    assert (refund.state, told("refund_decided")) == ("new", 0)
    assert money_of(paid)[0] == [121, 0, 21]
    companies.control("faults", {"clear": True})
    send(refund, after=timedelta(hours=2))
    assert refund.state != "new"


def test_what_the_company_refuses_fails_in_its_words(companies, dan_here, paid, kind):
    amount = Decimal(paid.amount) * (1 if kind == "paypal" else 100)
    companies.act(kind, "refund", paid.provider_id, amount=str(amount) if kind == "paypal" else int(amount))
    refund = send(ask(dan_here, paid, "21"))
    assert (refund.state, refund.due_at) == ("failed", None)
    assert refund.error_code
    assert refund.last_error
    assert money_of(paid)[0] == [121, 0, 0]
    assert (told("refund_decided"), told("payment_refunded")) == (1, 0)


def test_a_key_that_was_revoked_fails_the_refund(companies, dan_here, paid):
    companies.fault("401", times=9)
    refund = send(ask(dan_here, paid, "21"))
    assert (refund.state, money_of(paid)[0]) == ("failed", [121, 0, 0])


def test_a_key_that_was_revoked_after_a_lost_answer_leaves_the_refund_open(companies, dan_here, paid):
    companies.fault("commit_then_drop", method="POST", path="refund", times=5)
    refund = send(ask(dan_here, paid, "21"))
    companies.control("faults", {"clear": True, "faults": [{"kind": "401", "times": 9}]})
    send(refund, after=timedelta(minutes=5))
    assert (refund.state, money_of(paid)[0]) == ("new", [121, 0, 21])


def test_secrets_that_cannot_be_read_send_nothing(settings, companies, dan_here, paid):
    refund = ask(dan_here, paid, "21")
    settings.PAYMENTS_KEYS = ["YSBrZXkgZm9yIHRlc3RzLCBwcm90ZWN0cyBub3RoaW4="]
    paid.account.credentials_version += 1
    paid.account.save()
    send(refund)
    assert (refund.state, refund.due_at > timezone.now()) == ("new", True)
    assert companies.told("ledger")["refunds"] == {}


def test_one_that_somebody_is_sending_is_left_to_them(companies, dan_here, paid):
    refund = ask(dan_here, paid, "21")
    Refund.objects.filter(pk=refund.pk).update(due_at=timezone.now() + timedelta(minutes=2))
    send(refund)
    assert companies.told("ledger")["refunds"] == {}


def test_a_refund_does_not_call_out_of_a_transaction(dan_here, booked):
    refund = ask(dan_here, booked, "21")
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        send_refund(refund_id=refund.pk, now=timezone.now())


# --- What the gateway tells ----------------------------------------------------------------------------------


def test_a_refund_from_the_dashboard_is_booked_once(companies, booked):
    for _ in range(3):
        apply(booked, seen(booked))
    refund = Refund.objects.get()
    assert (refund.source, refund.state, refund.amount, refund.provider_id) == ("gateway", "succeeded", 21, "re_1")
    assert money_of(booked) == ([100, 21, 0], [21])
    assert (told("payment_refunded"), told("refund_decided")) == (1, 1)


def test_a_webhook_that_is_quicker_than_our_answer_makes_no_second_refund(dan_here, booked):
    refund = ask(dan_here, booked, "21")
    apply(booked, seen(booked, key=refund.key))
    apply(booked, seen(booked, key=refund.key))
    refund.refresh_from_db()
    assert (refund.state, refund.provider_id, Refund.objects.count()) == ("succeeded", "re_1", 1)
    assert money_of(booked) == ([100, 21, 0], [21])


def test_without_a_key_ours_is_known_by_its_amount_once_it_was_sent(dan_here, booked):
    refund = ask(dan_here, booked, "21")
    apply(booked, seen(booked))
    assert Refund.objects.count() == 2  # not sent yet: this one is somebody else's
    Refund.objects.filter(pk=refund.pk).update(attempts=1)
    apply(booked, seen(booked, id="re_2"))
    refund.refresh_from_db()
    assert (refund.provider_id, Refund.objects.count()) == ("re_2", 2)
    assert money_of(booked) == ([79, 42, 0], [42])


def test_a_refund_on_its_way_holds_its_amount_until_it_is_decided(booked):
    apply(booked, seen(booked, status="pending"))
    assert money_of(booked) == ([121, 0, 21], [0])
    apply(booked, seen(booked))
    assert money_of(booked) == ([100, 21, 0], [21])
    apply(booked, seen(booked, status="pending"))  # an older answer
    assert Refund.objects.get().state == "succeeded"


def test_a_refund_that_fails_later_is_put_back(booked):
    apply(booked, seen(booked))
    apply(booked, seen(booked, status="failed"))
    apply(booked, seen(booked, status="failed"))
    assert money_of(booked) == ([121, 0, 0], [0])
    assert Refund.objects.get().state == "failed"
    assert (told("payment_refunded"), told("refund_decided")) == (2, 2)


def test_a_refund_that_fails_at_once_lets_its_amount_go(dan_here, booked):
    refund = ask(dan_here, booked, "21")
    apply(booked, seen(booked, status="failed", key=refund.key))
    assert money_of(booked) == ([121, 0, 0], [0])
    assert (told("payment_refunded"), told("refund_decided")) == (0, 1)


def test_refunds_of_other_payments_and_currencies_change_nothing(booked):
    apply(booked, seen(booked, payment_id="pi_other"), seen(booked, id="re_2", currency="USD"))
    assert not Refund.objects.exists()


def test_a_failed_refund_of_a_reversed_payment_gives_nothing_back(dan_here, booked):
    apply(booked, seen(booked))
    with transaction.atomic():
        payment = lock_payment(booked.pk)
        take_off(payment=payment, amount=Decimal(100), source_key="reversed:1", actor=dan_here, now=timezone.now())
    GatewayPayment.objects.filter(pk=booked.pk).update(status="failed")
    apply(booked, seen(booked, status="failed"))
    assert money_of(booked) == ([0, 121, 0], [121])


def test_a_rolled_back_refund_leaves_nothing(booked):
    with transaction.atomic():
        apply_refunds(payment=lock_payment(booked.pk), seen=[seen(booked)], trigger="webhook", now=timezone.now())
        transaction.set_rollback(True)
    assert not OutboundEmail.objects.exists()
    assert money_of(booked) == ([121, 0, 0], [0])


def test_the_log_says_each_step(dan_here, booked):
    refund = ask(dan_here, booked, "21")
    apply(booked, seen(booked, status="pending", key=refund.key))
    apply(booked, seen(booked, key=refund.key))
    rows = booked.log.order_by("id").values_list("what", "trigger")
    assert list(rows) == [
        ("refund_asked", "staff"),
        ("refund_pending", "webhook"),
        ("refund_succeeded", "webhook"),
    ]

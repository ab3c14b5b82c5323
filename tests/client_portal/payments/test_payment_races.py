"""Several at once on PostgreSQL, each with a connection of its own, and processes that end in the middle."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.signals import post_save

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import OutboundEmail
from advisory_portal.gateways import Money, SeenPayment, Snapshot
from client_portal.actions import claim_attempt, start_payment, sync_attempt
from client_portal.actions.payments.adopting import adopt_payment
from client_portal.actions.payments.applying import apply_snapshot
from client_portal.models import AttemptShare, GatewayPayment, PaymentAttempt, PaymentLog
from documents.actions import settle
from documents.models import Document, Settlement
from tests.client_portal.factories_payments import KINDS, contact_gateway, gateway_account
from tests.client_portal.payments.payer import Payer, back
from tests.factories import issued_document
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
EACH = pytest.mark.parametrize("kind", KINDS)
Trigger = PaymentLog.Trigger


def starter(one, account=None, **values):
    shares = {one.invoice.pk: one.invoice.outstanding}
    usual = {
        "actor": one.actor,
        "account_id": (account or one.account).pk,
        "shares": shares,
        "back": back,
        "now": one.now,
    }
    return lambda: start_payment(**usual | values)


def looker(one, trigger):
    attempt_id = one.attempt.pk
    return lambda: sync_attempt(attempt_id=attempt_id, trigger=trigger, actor=one.actor, now=one.now)


@EACH
def test_eight_clicks_are_one_payment(companies, invoice, kind):
    one = Payer(companies, invoice, kind)
    found = together([starter(one)] * 8)
    assert not [error for error in found if isinstance(error, Exception)]
    assert {attempt.pk for attempt in found} == {PaymentAttempt.objects.get().pk}
    assert {attempt.state for attempt in found} <= {"open", "new"}
    one.attempt = found[0]
    attempt = one.sync()
    assert (attempt.state, AttemptShare.objects.count()) == ("open", 1)
    assert {found.redirect_url for found in found if found.state == "open"} == {attempt.redirect_url}


def test_two_ways_at_once_leave_one_open_page(companies, invoice):
    one = Payer(companies, invoice, "stripe")
    others = [gateway_account(invoice.organisation, kind) for kind in ("square", "paypal")]
    for account in others:
        contact_gateway(invoice.contact, account)
    together([starter(one), *(starter(one, account=account) for account in others)] * 2)
    assert AttemptShare.objects.filter(is_open=True).count() <= 1
    sessions = companies.world.of("stripe.sessions").values()
    links = companies.world.of("square.links")
    opens = PaymentAttempt.objects.filter(state="open", close_wanted=False)
    for attempt in PaymentAttempt.objects.exclude(pk__in=opens):
        one.attempt = attempt
        one.sync(trigger=Trigger.SWEEP)
    assert PaymentAttempt.objects.filter(state__in=PaymentAttempt.OPEN_STATES).count() <= 1
    still = sum(session["status"] == "open" for session in sessions) + len(links)
    assert still <= opens.count() + 1


@EACH
def test_return_webhook_and_check_at_once_book_once(companies, invoice, kind):
    one = Payer(companies, invoice, kind)
    one.start()
    one.press()
    triggers = [Trigger.RETURN, Trigger.WEBHOOK, Trigger.SWEEP, Trigger.STAFF] * 2
    found = together([looker(one, trigger) for trigger in triggers])
    assert not [error for error in found if isinstance(error, Exception)]
    one.sync()  # where one was collecting while the others looked
    assert one.read == ("succeeded", "paid", 121)
    assert (GatewayPayment.objects.count(), Settlement.objects.count()) == (1, 1)
    assert OutboundEmail.objects.filter(to="erin@customer.example").count() == 1
    assert len(companies.world.of("paypal.captures")) == (kind == "paypal")


def test_two_real_payments_for_one_invoice_are_one_booked_and_one_credit(companies, invoice):
    one = Payer(companies, invoice, "stripe")
    one.start()
    one.press()
    first, other = one.attempt, gateway_account(invoice.organisation, "square")
    AttemptShare.objects.update(is_open=False)  # the page of the first could not be closed in time
    contact_gateway(invoice.contact, other)
    one.start(account=other)
    one.press()
    calls = [looker(one, Trigger.WEBHOOK)] * 3
    one.attempt = first
    found = together([*calls, *[looker(one, Trigger.WEBHOOK)] * 3])
    assert not [error for error in found if isinstance(error, Exception)]
    rows = Counter((row.allocated, row.credit, row.look) for row in GatewayPayment.objects.all())
    assert rows == {(121, 0, ""): 1, (0, 121, "surplus"): 1}
    invoice.refresh_from_db()
    assert (invoice.settled, invoice.state) == (121, "paid")


def test_money_and_failure_at_once_end_in_money(companies, invoice):
    one = Payer(companies, invoice, "stripe")
    one.start()
    paid = SeenPayment("pi_1", "succeeded", Money(12100, "EUR"))

    def say(state, *payments):
        return lambda: apply_snapshot(
            attempt=one.attempt,
            snapshot=Snapshot(state, one.attempt.ref, payments=payments),
            trigger=Trigger.WEBHOOK,
            actor=system_actor(invoice.organisation.workspace),
            now=one.now,
        )

    found = together([*[say("succeeded", paid)] * 5, *[say("failed")] * 3, *[say("expired")] * 2])
    assert not [error for error in found if isinstance(error, Exception)]
    assert one.read == ("succeeded", "paid", 121)
    assert (GatewayPayment.objects.count(), Settlement.objects.count()) == (1, 1)


def test_money_of_several_documents_and_cash_in_the_other_order_never_wait_in_a_circle(companies, erin):
    documents = [issued_document(erin) for _turn in range(3)]
    one = Payer(companies, documents[0], "stripe")
    one.start(shares={document.pk: document.outstanding for document in documents})
    paid = SeenPayment("pi_1", "succeeded", Money(36300, "EUR"))
    actor = system_actor(erin.organisation.workspace)

    def book():
        apply_snapshot(
            attempt=one.attempt,
            snapshot=Snapshot("succeeded", one.attempt.ref, payments=(paid,)),
            trigger=Trigger.WEBHOOK,
            actor=actor,
            now=one.now,
        )

    def cash(document):
        return lambda: settle(
            actor=actor,
            document=document,
            amount=Decimal(1),
            received_on=document.issued_on,
            method="cash",
            source_key="hand:1",
        )

    found = together([book, book, *(cash(document) for document in reversed(documents))])
    assert not [error for error in found if isinstance(error, Exception)]
    payment = GatewayPayment.objects.get()
    assert payment.allocated + payment.credit == 363
    for document in documents:
        document.refresh_from_db()
        assert document.settled in (121, 122)


def test_an_orphan_that_two_find_at_once_is_kept_once(companies, invoice):
    one = Payer(companies, invoice, "stripe")
    seen = SeenPayment("pi_1", "succeeded", Money(12100, "EUR"))
    snapshot = Snapshot("succeeded", "cs_9", payments=(seen,), attempt_id="01890000-0000-7000-8000-000000000000")

    def adopt():
        return adopt_payment(
            account=one.account,
            seen=seen,
            snapshot=snapshot,
            trigger=Trigger.WEBHOOK,
            actor=system_actor(invoice.organisation.workspace),
            now=one.now,
        )

    found = together([adopt] * 6)
    assert len({row.pk for row in found}) == GatewayPayment.objects.count() == 1
    assert PaymentLog.objects.filter(what="received").count() == 1


def test_each_worker_takes_another_attempt(companies, erin):
    one = Payer(companies, issued_document(erin), "stripe")
    for _turn in range(4):
        one.invoice = issued_document(erin)
        one.start()
    PaymentAttempt.objects.update(due_at=one.now)
    found = together([lambda: claim_attempt(now=one.now)] * 6)
    taken = [attempt.pk for attempt in found if attempt is not None]
    assert len(taken) == len(set(taken)) == 4
    assert claim_attempt(now=one.now) is None
    assert claim_attempt(now=one.now + timedelta(minutes=2)) is not None


@EACH
def test_a_rollback_after_the_money_moved_loses_nothing(companies, invoice, kind):
    one = Payer(companies, invoice, kind)
    one.start()
    one.press()

    def fail(**_signal):
        raise RuntimeError("the process dies here")

    post_save.connect(fail, sender=Settlement)
    try:
        with pytest.raises(RuntimeError):
            one.sync()
    finally:
        post_save.disconnect(fail, sender=Settlement)
    assert (GatewayPayment.objects.count(), OutboundEmail.objects.count()) == (0, 0)
    assert Document.objects.get(pk=invoice.pk).settled == 0
    attempt = PaymentAttempt.objects.get()
    assert attempt.state in PaymentAttempt.OPEN_STATES
    assert attempt.due_at <= one.now + timedelta(minutes=2)
    assert one.sync(trigger=Trigger.SWEEP).state == "succeeded"
    assert one.read == ("succeeded", "paid", 121)
    assert len(companies.world.of("paypal.captures")) == (kind == "paypal")


@EACH
def test_a_process_that_dies_after_the_page_was_made_gives_the_same_page(companies, invoice, kind):
    one = Payer(companies, invoice, kind)

    def fail(instance, **_signal):
        if instance.what == "open":
            raise RuntimeError("the process dies here")

    post_save.connect(fail, sender=PaymentLog)
    try:
        with pytest.raises(RuntimeError):
            one.start()
    finally:
        post_save.disconnect(fail, sender=PaymentLog)
    attempt = PaymentAttempt.objects.get()
    assert (attempt.state, attempt.ref, attempt.due_at) == ("new", "", one.now + timedelta(minutes=1))
    again = one.start()
    assert (again.pk, again.state) == (attempt.pk, "open")
    made = {"stripe": "stripe.sessions", "paypal": "paypal.orders", "square": "square.orders"}[kind]
    assert len(companies.world.of(made)) == 1

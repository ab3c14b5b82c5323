"""Webhooks that come in another order than what they tell of, and signatures of the wrong time or secret."""

import json
import time
from datetime import timedelta

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from advisory_portal.core.secrets import unseal
from client_portal.actions.payments.gateways import secrets_row
from client_portal.models import Dispute, GatewayPayment, Refund, WebhookEvent
from client_portal.tasks import handle_webhooks
from documents.models import Settlement
from tests.client_portal.factories_payments import KINDS, hook_up
from tests.client_portal.payments.payer import Payer
from tests.client_portal.test_webhooks import pass_on
from tests.gateways.test_webhooks import Inbox

pytestmark = pytest.mark.django_db
REFUND = {"stripe": 2_100, "paypal": "21.00", "square": 2_100}
FIRST = {"stripe": 1, "paypal": 2, "square": 2}  # calls about a payment that is paid and, at PayPal, collected


@pytest.fixture
def inbox():
    """Where the companies call in these tests."""
    found = Inbox()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(params=KINDS)
def one(request, companies, invoice, dan_here, inbox):
    """A payer whose page is open at a company that calls the inbox."""
    payer = Payer(companies, invoice, request.param)
    payer.account = hook_up(payer.account, inbox.url.removesuffix("token/"))
    payer.start()
    return payer


def deliver(one, calls):
    """The portal gets the calls and looks into them; how many it took."""
    taken = [pass_on(one.account, headers, body, Client()).status_code for headers, body in calls].count(200)
    handle_webhooks()
    return taken


def money(one):
    """How many payments, settlements and receipts there are, and what is open on the invoice."""
    one.invoice.refresh_from_db()
    receipts = OutboundEmail.objects.filter(kind="client_portal/payment_received").count()
    return GatewayPayment.objects.count(), Settlement.objects.count(), receipts, one.invoice.outstanding


def test_a_webhook_after_the_payer_came_back_changes_nothing(one, inbox):
    one.press()
    one.sync()
    calls = inbox.wait(FIRST[one.kind])
    assert money(one) == (1, 1, 1, 0)
    assert deliver(one, calls) == len(calls)
    assert money(one) == (1, 1, 1, 0)
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"done"}


def test_a_refund_that_is_told_before_its_payment_is_booked_with_it(one, inbox):
    one.press()
    if one.kind == "paypal":
        deliver(one, inbox.wait(1))  # the approval: it is collected
        paid = next(iter(one.companies.world.of("paypal.captures")))
    else:
        paid = next(iter(one.companies.world.of("stripe.intents" if one.kind == "stripe" else "square.payments")))
    before = len(inbox.wait(FIRST[one.kind]))
    made = one.act("refund", paid, amount=REFUND[one.kind])["id"]
    if one.kind == "square":
        one.act("settle_refund", made)
    calls = inbox.wait(before + 1)
    deliver(one, calls[::-1])
    assert money(one)[0] == 1
    assert money(one)[2:] == (1, 21)
    refund = Refund.objects.get()
    assert (refund.state, refund.source, refund.amount) == ("succeeded", "gateway", 21)
    assert GatewayPayment.objects.values_list("amount", "refunded", "allocated").get() == (121, 21, 100)


def test_a_dispute_that_is_told_before_its_payment_is_looked_at(one, inbox):
    one.press()
    if one.kind == "paypal":
        deliver(one, inbox.wait(1))
        paid = next(iter(one.companies.world.of("paypal.captures")))
    else:
        paid = next(iter(one.companies.world.of("stripe.intents" if one.kind == "stripe" else "square.payments")))
    before = len(inbox.wait(FIRST[one.kind]))
    one.act("dispute", paid)
    deliver(one, inbox.wait(before + 1)[::-1])
    assert money(one) == (1, 1, 1, 0)
    assert (Dispute.objects.get().state, GatewayPayment.objects.get().look) == ("open", "disputed")


@pytest.mark.parametrize("one", ["stripe"], indirect=True)
@pytest.mark.parametrize("name", ["expired", "async_payment_failed"])
def test_an_end_that_is_told_after_the_money_takes_nothing_back(one, inbox, name):
    one.press()
    (call,) = inbox.wait(1)
    deliver(one, [call])
    event = json.loads(call[1]) | {"id": "evt_later", "type": f"checkout.session.{name}"}
    deliver(one, [signed(one, event)])
    assert WebhookEvent.objects.get(event_id="evt_later").outcome == "done"
    assert (one.read, money(one)) == (("succeeded", "paid", 121), (1, 1, 1, 0))


def signed(one, event, *, secret="", at=None):
    """A call as Stripe signs it, by default now and with the account's secret."""
    one.account.refresh_from_db()
    held = unseal(one.account.hook_secrets, row=secrets_row(one.account))["secrets"][0]
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret or held, timestamp=at or int(time.time()))
    return {"Stripe-Signature": header}, body.encode()


@pytest.mark.parametrize("one", ["stripe"], indirect=True)
@pytest.mark.parametrize(
    ("spoilt", "taken"), [({}, 1), ({"secret": "whsec_other"}, 0), ({"at": -600}, 0), ({"at": 600}, 0)]
)
def test_an_event_of_another_time_or_secret_is_not_taken(one, inbox, spoilt, taken):
    one.press()
    (_headers, body), *_ = inbox.wait(1)
    values = {"at": int((timezone.now() + timedelta(seconds=spoilt["at"])).timestamp())} if "at" in spoilt else spoilt
    assert deliver(one, [signed(one, json.loads(body), **values)]) == taken
    assert WebhookEvent.objects.count() == taken
    assert one.read[0] == ("succeeded" if taken else "open")


@pytest.mark.parametrize("one", ["square", "paypal"], indirect=True)
def test_an_event_that_was_signed_with_another_secret_books_nothing(one, inbox):
    one.companies.control("delivery", {"wrong_secret": True})
    one.press()
    call = inbox.wait(1)[0]
    assert deliver(one, [call]) == (1 if one.kind == "paypal" else 0)  # PayPal alone can tell, and is asked later
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == (
        {"refused"} if one.kind == "paypal" else set()
    )
    assert (one.read, GatewayPayment.objects.count()) == (("open", "issued", 0), 0)

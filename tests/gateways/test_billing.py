"""Stripe Billing by the real SDK against the sandbox: subscribing, time, cards, cancelling, webhooks, what is lost."""

import json
import os
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from advisory_portal.gateways import ConfigError, OutcomeUnknown, ProtocolError, Rejected
from advisory_portal.gateways.billing import BillingCustomer, SubscriptionRequest
from advisory_portal.gateways.stripe_billing import EVENTS, StripeBilling, seen_subscription
from advisory_portal.sandbox.webhooks import stripe_signature
from tests.gateways.sdk_types import REQUESTS, complaints, words_of
from tests.gateways.specs import Specs
from tests.sandboxes import PATIENCE

KEY, PRICE = "sk_test_platform", "price_firm_2900eur_month"
RETURN = "https://portal.example/return/"


@pytest.fixture
def billing(sandbox):
    found = StripeBilling(secret_key=KEY, webhook_secrets=("whsec_old", "whsec_new"), base_url=f"{sandbox.url}/stripe")
    yield found
    found.end()


def customer(billing, key="c-1"):
    return billing.create_customer(BillingCustomer(key, "0190", "Acme Advisers", "alice@acme.example"))


def start(billing, who, key="s-1", price=PRICE):
    expires = datetime.now(UTC) + timedelta(minutes=60)
    return billing.start(SubscriptionRequest(key, who, price, "0190", RETURN, RETURN + "?c=1", expires))


def subscribed(sandbox, billing):
    who = customer(billing)
    assert sandbox.press(start(billing, who).redirect_url, "pay") == RETURN
    return who


def press(url, do):
    with urllib.request.urlopen(url, data=f"do={do}".encode(), timeout=PATIENCE) as response:
        return response.read().decode()


def test_who_pays_is_subscribed(sandbox, billing):
    who = customer(billing)
    assert billing.subscriptions(who) == ()
    started = start(billing, who)
    assert billing.fetch_checkout(started.ref).status == "open"
    assert sandbox.press(started.redirect_url, "decline") == ""
    assert billing.subscriptions(who) == ()
    assert sandbox.press(started.redirect_url, "pay") == RETURN
    (found,) = billing.subscriptions(who)
    assert (found.status, found.price, found.customer, found.ends_at, found.is_live) == (
        *("active", PRICE, who, None, False),
    )
    assert timedelta(27) < found.paid_until - datetime.now(UTC) <= timedelta(31)
    assert billing.fetch(found.id) == found
    assert billing.fetch_checkout(started.ref).status == "complete"


def test_the_same_key_gives_the_same_customer_and_page(sandbox, billing):
    sandbox.fault("commit_then_drop", path="/customers", times=3)
    with pytest.raises(OutcomeUnknown):
        customer(billing)
    who = customer(billing)
    assert len(sandbox.world.of("stripe.customers")) == 1
    assert start(billing, who).ref == start(billing, who).ref
    with pytest.raises(Rejected):
        start(billing, who, price="price_other_100eur_year")


def test_a_closed_page_takes_nothing(sandbox, billing):
    who = customer(billing)
    started = start(billing, who)
    billing.close_checkout(started.ref)
    assert billing.fetch_checkout(started.ref).status == "expired"
    with pytest.raises(Rejected):
        billing.close_checkout(started.ref)


def test_time_renews_fails_and_ends(sandbox, billing):
    who = subscribed(sandbox, billing)
    page = billing.portal(who, RETURN)
    first = billing.subscriptions(who)[0]
    press(page, "time")
    renewed = billing.subscriptions(who)[0]
    assert (renewed.status, renewed.id) == ("active", first.id)
    press(page, "bad_card")
    press(page, "time")
    overdue = billing.subscriptions(who)[0]
    assert overdue.status == "past_due"
    assert overdue.paid_until < datetime.now(UTC), "the new period has begun and is not paid"
    press(page, "good_card")
    assert billing.subscriptions(who)[0].status == "active"
    press(page, "cancel")
    leaving = billing.subscriptions(who)[0]
    assert (leaving.status, leaving.ends_at) == ("active", leaving.paid_until)
    press(page, "time")
    ended = billing.subscriptions(who)[0]
    assert (ended.status, ended.ends_at) == ("cancelled", None)
    assert ended.paid_until < datetime.now(UTC)


def test_the_clock_moves_periods_on(sandbox, billing):
    who = subscribed(sandbox, billing)
    before = billing.subscriptions(who)[0]
    sandbox.control("clock", {"seconds": 40 * 86_400})
    after = billing.subscriptions(who)[0]
    assert (after.paid_until - before.paid_until).days in (28, 29, 30, 31)


def test_who_cancels_at_once_has_nothing_any_more(sandbox, billing):
    who = subscribed(sandbox, billing)
    press(billing.portal(who, RETURN), "cancel_now")
    found = billing.subscriptions(who)[0]
    assert found.status == "cancelled"
    assert abs(found.paid_until - datetime.now(UTC)) < timedelta(minutes=1)
    assert sandbox.press(billing.portal(who, RETURN), "back") == RETURN


@pytest.mark.parametrize(("kind", "error"), [("401", ConfigError), ("unknown_enum", ProtocolError)])
def test_faults_are_told_apart(sandbox, billing, kind, error):
    who = subscribed(sandbox, billing)
    sandbox.fault(kind, path="/subscriptions", times=5)
    with pytest.raises(error):
        billing.subscriptions(who)


def test_a_price_or_customer_that_is_not_there_is_refused(sandbox, billing):
    with pytest.raises(Rejected):
        start(billing, "cus_nobody")
    with pytest.raises(Rejected):
        start(billing, customer(billing), price="price_unknown")


def test_a_subscription_without_its_period_is_none():
    with pytest.raises(ProtocolError):
        seen_subscription({"id": "sub_1", "status": "active", "customer": "cus_1", "items": {"data": []}})


def test_webhooks_are_verified_and_name_the_customer(sandbox, billing):
    who = subscribed(sandbox, billing)
    events = [one["event"] for one in sandbox.world.of("stripe.events").values()]
    told = [one for one in events if one["type"] in EVENTS]
    assert {one["type"] for one in told} == {"customer.subscription.created", "invoice.paid"}
    for event in told:
        body = json.dumps(event).encode()
        hint = billing.parse(body)
        assert (hint.event_id, hint.type, hint.refs[0]) == (event["id"], event["type"], who)
        at = int(datetime.now(UTC).timestamp())
        assert billing.verify({"Stripe-Signature": stripe_signature("whsec_new", body, at)}, body)
        assert not billing.verify({"Stripe-Signature": stripe_signature("whsec_other", body, at)}, body)
        assert not billing.verify({"Stripe-Signature": stripe_signature("whsec_new", body, at - 400)}, body)
        assert not billing.verify({"Stripe-Signature": stripe_signature("whsec_new", body, at + 400)}, body)
        assert not billing.verify({"Stripe-Signature": stripe_signature("whsec_new", body, at)}, body + b" ")
    for odd in ("", "t=1", "é", "t=x,v1=y"):
        assert not billing.verify({"Stripe-Signature": odd}, b"\xff")
    for body in (b"[]", b"{}", b"\xff", b'{"id": "evt", "type": "x", "created": "y", "data": {"object": {}}}'):
        with pytest.raises(ProtocolError):
            billing.parse(body)


@pytest.mark.skipif(not os.environ.get("CI"), reason="reads ../shared/")
def test_checkout_pages_are_as_described(sandbox, billing):
    subscribed(sandbox, billing)
    specs = Specs("stripe")
    exchanges = [one for one in sandbox.told("exchanges") if specs.find(one["method"], one["path"])]
    assert exchanges
    found = [complaint for one in exchanges for complaint in (*specs.of_request(one), *specs.of_answer(one))]
    assert found == []


def test_the_rest_is_as_the_sdk_has_it(sandbox, billing):
    """The description at hand does not speak of customers, subscriptions and the portal; the SDK's types do."""
    who = subscribed(sandbox, billing)
    billing.portal(who, RETURN)
    billing.fetch(billing.subscriptions(who)[0].id)
    exchanges = sandbox.told("exchanges")
    events = [one["event"]["data"]["object"] for one in sandbox.world.of("stripe.events").values()]
    about = [one["answer"] for one in exchanges if "/checkout/" not in one["path"]]
    assert len(about) >= 4
    assert [said for one in [*about, *events] for said in complaints(one)] == []
    for one in exchanges:
        if one["path"] in REQUESTS:
            pairs = one["query"] or [pair.split("=") for pair in one["body"].split("&")]
            assert {name.split("[")[0].split("%5B")[0] for name, _value in pairs} <= words_of(one["path"])


def test_the_sdks_types_find_what_is_wrong():
    wrong = {"object": "subscription", "current_period_end": 5, "status": 7, "customer": None, "id": "sub_1"}
    assert list(complaints(wrong)) == [
        "subscription: nobody knows current_period_end",
        *(one for one in complaints(wrong) if "status" in one or "customer" in one),
    ]
    assert len(list(complaints(wrong))) >= 2

"""The page of the plan, Stripe's pages beyond it, the way back, and the door for Stripe's webhooks."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from advisory_portal.core.models import HistoryEntry
from partners import actions
from partners.models import BillingAccount, BillingEvent, Subscription
from partners.tasks import sync_subscriptions
from tests.partners.billing import (
    BACK,
    HOOK,
    charge,
    come_back,
    deliver,
    events,
    now,
    plan_on_sale,
    portal_of,
    press,
    signed,
    subscribe,
    sync,
)
from tests.partners.programme import pay
from tests.partners.test_admin import operating
from tests.threads import together

pytestmark = pytest.mark.django_db
PAGE = "/o/acme/settings/plan/"
SUBSCRIBE, MANAGE, RETURN = PAGE + "subscribe/", PAGE + "payment/manage/", PAGE + "return/"


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def plan(settings, sandbox, acme):
    charge(settings, sandbox)
    return plan_on_sale()


@pytest.fixture
def browser(alice, client_of):
    return client_of(alice)


def text_of(response):
    return response.content.decode()


# --- The page ------------------------------------------------------------------------------------------------


def test_without_settings_the_operator_sets_it(browser, acme):
    plan_on_sale()
    page = text_of(browser.get(PAGE))
    assert "The operator of this portal sets one up." in page
    assert "Subscribe" not in page and "Manage payment" not in page
    assert browser.get(RETURN).status_code == 302
    assert browser.post(HOOK, b"{}", content_type="application/json").status_code == 404


def test_plans_on_sale_are_offered_and_lead_to_stripe(browser, sandbox, plan):
    plan_on_sale("Business", "price_b_900eur_month", sold_to="business", price_text="9 € a month")
    page = text_of(browser.get(PAGE))
    assert "29 € a month" in page and "9 € a month" not in page.replace("29 € a month", "")
    assert "Choose a plan and subscribe to it." in page
    assert "Choose a plan" in text_of(browser.get("/o/acme/advisory-services/"))
    response = browser.post(SUBSCRIBE, {"plan": plan.pk})
    assert response.status_code == 200
    assert response["Refresh"].startswith(f"0; url={sandbox.url}/pay/stripe/cs_test_")


@pytest.mark.parametrize("chosen", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_plan_is_refused(browser, plan, chosen):
    assert browser.post(SUBSCRIBE, {"plan": chosen}).status_code == 302
    assert not BillingAccount.objects.exists()


def test_doors_are_for_owners_and_administrators(alice, bob, carol, client_of, plan):
    for url in (SUBSCRIBE, MANAGE):
        assert client_of(bob).post(url, {"plan": plan.pk}).status_code == 403
        assert client_of(carol).post(url, {"plan": plan.pk}).status_code == 404
        assert Client().post(url, {"plan": plan.pk}).status_code == 302
        assert client_of(alice).get(url).status_code == 405
    assert client_of(bob).get(RETURN).status_code == 403
    assert "There is nothing to manage yet" in text_of(client_of(alice).post(MANAGE, follow=True))


def test_stripe_out_of_reach_is_said_in_words(browser, sandbox, plan):
    sandbox.fault("500", times=9)
    response = browser.post(SUBSCRIBE, {"plan": plan.pk}, follow=True)
    assert "Stripe does not answer as it should right now." in text_of(response)


def test_return_page_asks_stripe_and_not_its_address(browser, sandbox, alice_here, plan):
    assert "Your subscription stands" not in text_of(browser.get(RETURN + "?paid=1", follow=True))
    actions.begin_subscription(actor=alice_here, plan=plan, return_url=BACK, cancel_url=BACK, now=now())
    assert browser.get(RETURN + "?s=cs_test_paid").status_code == 302
    subscribe(sandbox, alice_here, plan)
    page = text_of(browser.get(RETURN, follow=True))
    assert "Your subscription stands" in page and "Your plan" in page
    assert "Your subscription is paid until" in text_of(browser.get("/o/acme/advisory-services/"))


def test_return_page_waits_while_stripe_is_slow(browser, sandbox, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    sandbox.fault("503", path="/subscriptions", times=1)
    response = browser.get(RETURN)
    assert response["Refresh"] == "3"
    assert "We are confirming your payment" in text_of(response)
    assert browser.get(RETURN).status_code == 302


def test_past_due_and_ending_are_told_in_words(browser, sandbox, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    sync(account)
    portal = portal_of(alice_here)
    press(portal, "cancel")
    sync(account)
    assert "It is cancelled and ends on" in text_of(browser.get(PAGE))
    press(portal, "renew")
    press(portal, "bad_card")
    press(portal, "time")
    sync(account)
    page = text_of(browser.get(PAGE))
    assert "The last payment failed" in page and "Manage payment" in page
    assert "Subscribe</button>" not in page
    assert browser.post(MANAGE)["Refresh"].startswith(f"0; url={sandbox.url}/billing/stripe/bps_")


def test_subscription_set_by_hand_shows_nothing_of_stripe(browser, acme, plan):
    pay(acme)
    page = text_of(browser.get(PAGE))
    assert "Your subscription is paid." in page
    assert "Subscribe</button>" not in page and "Manage payment</button>" not in page


def test_operator_asks_stripe_from_the_list(rita, sandbox, acme, alice_here, plan):
    sync(subscribe(sandbox, alice_here, plan))
    row = Subscription.objects.get()
    press(portal_of(alice_here), "cancel_now")
    url = "/admin/partners/subscription/"
    sent = {"action": "ask_stripe", "_selected_action": str(row.pk)}
    operator = operating(rita)
    assert "1 is as Stripe has it." in text_of(operator.post(url, sent, follow=True))
    row.refresh_from_db()
    assert row.status == "cancelled"
    pay_again = {"status": "active", "paid_until": "2030-01-31"}
    operator.post(f"{url}{row.pk}/change/", pay_again)
    row.refresh_from_db()
    assert (row.source, row.status) == ("hand", "active")
    operator.post(url, sent | {"action": "follow_stripe"})
    row.refresh_from_db()
    assert (row.source, row.status) == ("stripe", "cancelled")


# --- Webhooks ------------------------------------------------------------------------------------------------


def test_webhook_lets_the_sweep_ask(client, sandbox, acme, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    for body in events(sandbox):
        assert deliver(client, body).status_code == 200
    assert not Subscription.objects.exists(), "a webhook is only a hint"
    assert sync_subscriptions() == 1
    assert Subscription.objects.get().organisation == acme
    assert BillingEvent.objects.filter(is_known=True).count() == 2


def test_webhook_that_comes_again_is_kept_once(client, sandbox, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    (body,) = events(sandbox, "customer.subscription.created")
    assert [deliver(client, body).status_code for _ in range(3)] == [200] * 3
    assert BillingEvent.objects.count() == 1
    sync_subscriptions()
    deliver(client, body)
    assert sync_subscriptions() == 0, "a replay asks for nothing"


def test_unknown_customers_and_types_are_answered_and_do_nothing(client, plan):
    for number, about in enumerate(({"customer": "cus_nobody", "id": "sub_1"}, {"id": "prod_1"}, {})):
        event = {"id": f"evt_{number}", "type": "product.created", "created": 1, "data": {"object": about}}
        assert deliver(client, json.dumps(event).encode()).status_code == 200
    assert set(BillingEvent.objects.values_list("is_known", flat=True)) == {False}


def test_forged_webhooks_leave_nothing_behind(client, sandbox, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    (body,) = events(sandbox, "invoice.paid")
    at = now().timestamp()
    forged = [
        ({"Stripe-Signature": ""}, body),
        (signed(body, "whsec_other"), body),
        (signed(body), body.replace(b"paid", b"open")),
        (signed(body, at=at - 400), body),
        (signed(body, at=at + 400), body),
        ({"Stripe-Signature": "t=1,v1=é"}, body),
        (signed(b"\xff\xfe"), b"\xff\xfe"),
        (signed(b"[1]"), b"[1]"),
        (signed(b"{}"), b"{}"),
    ]
    for headers, sent in forged:
        response = client.post(HOOK, sent, content_type="application/json", headers=headers)
        assert response.status_code == 400, (headers, sent)
    big = b" " * (256 * 1024 + 1)
    assert client.post(HOOK, big, content_type="application/json", headers=signed(big)).status_code == 413
    assert client.get(HOOK).status_code == 405
    assert not BillingEvent.objects.exists()


def test_both_secrets_work_while_they_are_changed(client, settings, sandbox, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    settings.PLATFORM_STRIPE_WEBHOOK_SECRET = ["whsec_new", "whsec_platform"]
    (body,) = events(sandbox, "invoice.paid")
    assert deliver(client, body).status_code == 200
    assert deliver(client, body, signed(body, "whsec_new")).status_code == 200


def test_a_hint_while_the_answer_is_on_its_way_is_not_lost(client, sandbox, alice_here, plan):
    account = subscribe(sandbox, alice_here, plan)
    asked_at = now()
    (body,) = events(sandbox, "invoice.paid")
    deliver(client, body)
    sync(account, asked_at)
    account.refresh_from_db()
    assert account.due_at == account.hinted_at < now() + timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_same_webhook_and_the_return_page_at_once(sandbox, acme, alice_here, plan):
    subscribe(sandbox, alice_here, plan)
    body = events(sandbox, "customer.subscription.created")[0]
    calls = [lambda: deliver(Client(), body).status_code] * 4
    calls += [lambda: come_back(alice_here)] * 2
    assert together(calls) == [200] * 4 + ["subscribed"] * 2
    assert BillingEvent.objects.count() == 1
    sync_subscriptions()
    assert Subscription.objects.get().status == "active"
    assert HistoryEntry.objects.filter(what="partners.subscription.kept").count() == 1

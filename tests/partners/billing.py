"""What tests of subscriptions begin with: an operator who charges, a plan on sale, and hands on Stripe's pages."""

import json
import urllib.request
from datetime import UTC, datetime

from advisory_portal.sandbox.webhooks import stripe_signature
from partners import actions
from partners.models import BillingAccount, Plan
from tests.sandboxes import PATIENCE

KEY, SECRET, PRICE = "sk_test_sandbox_platform", "whsec_platform", "price_firm_2900eur_month"
BACK, CANCEL = "http://testserver/o/acme/settings/plan/return/", "http://testserver/o/acme/settings/plan/"
HOOK = "/hooks/platform-stripe/"
EVENTS = ["customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted",
          "invoice.paid", "invoice.payment_failed"]  # fmt: skip


def charge(settings, sandbox) -> None:
    """The operator charges, by the stand-in."""
    settings.PLATFORM_STRIPE_SECRET_KEY = KEY
    settings.PLATFORM_STRIPE_WEBHOOK_SECRET = [SECRET]
    settings.PLATFORM_STRIPE_MODE = "sandbox"
    settings.PAYMENTS_SANDBOX_URL = sandbox.url


def plan_on_sale(name="Firm", price=PRICE, **values) -> Plan:
    values = {"sections": ["team", "settings"], "price_text": "29 € a month", "sold_to": "firm"} | values
    return Plan.objects.create(code=name.lower(), name=name, stripe_price=price, **values)


def now() -> datetime:
    return datetime.now(UTC)


def begin(actor, plan) -> str:
    return actions.begin_subscription(actor=actor, plan=plan, return_url=BACK, cancel_url=CANCEL, now=now())


def account_of(organisation) -> BillingAccount:
    return BillingAccount.objects.get(organisation=organisation)


def subscribe(sandbox, actor, plan) -> BillingAccount:
    """Subscribed at Stripe; nobody here has looked yet."""
    sandbox.press(begin(actor, plan), "pay")
    return BillingAccount.objects.get(organisation_id=actor.place.id)


def sync(account, at=None) -> bool:
    account.refresh_from_db()
    return actions.sync_subscription(actor=None, account=account, now=at or now())


def press(url: str, do: str) -> None:
    """A button of the customer portal."""
    with urllib.request.urlopen(url, data=f"do={do}".encode(), timeout=PATIENCE):
        pass


def events(sandbox, *names) -> list[bytes]:
    """The bodies of Stripe's webhooks about subscriptions, the oldest first."""
    told = [one["event"] for one in sandbox.world.of("stripe.events").values()]
    return [json.dumps(one).encode() for one in told if one["type"] in (names or EVENTS)]


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    return {"Stripe-Signature": stripe_signature(secret, body, int(at or now().timestamp()))}


def deliver(client, body: bytes, headers=None):
    return client.post(HOOK, body, content_type="application/json", headers=headers or signed(body))


def portal_of(actor) -> str:
    """Stripe's page where the organisation manages its payment."""
    account = BillingAccount.objects.get(organisation_id=actor.place.id)
    return actions.manage_payment(actor=actor, account=account, return_url=BACK)


def come_back(actor) -> str:
    account = BillingAccount.objects.get(organisation_id=actor.place.id)
    return actions.come_back(actor=actor, account=account, now=now())

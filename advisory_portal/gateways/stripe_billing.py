"""Stripe Billing: what the operator of an instance charges firms and businesses. Source: payments design, 7.

Like the gateways: frozen values in and out, no Django, no database, the same errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import stripe

from advisory_portal.gateways.base import CheckoutStarted, WebhookHint
from advisory_portal.gateways.billing import (
    BillingCustomer,
    CheckoutStatus,
    SeenCheckout,
    SeenSubscription,
    SubscriptionRequest,
    SubscriptionStatus,
)
from advisory_portal.gateways.errors import ProtocolError
from advisory_portal.gateways.stripe import API_VERSION, answered, id_of, moment, plain
from advisory_portal.gateways.stripe_signature import is_signed

EVENTS = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_failed",
)
STATES: Mapping[str, SubscriptionStatus] = {
    "trialing": "trialing", "active": "active", "past_due": "past_due", "unpaid": "past_due", "paused": "past_due",
    "canceled": "cancelled", "incomplete": "incomplete", "incomplete_expired": "incomplete",
}  # fmt: skip
CHECKOUTS: Mapping[str, CheckoutStatus] = {"open": "open", "complete": "complete", "expired": "expired"}
PATIENT, QUICK = (5, 20), (2, 3)  # seconds to connect and to answer: for workers, and while a person waits


class StripeBilling:
    """The operator's own Stripe account. All methods but `verify` and `parse` call it and raise GatewayError.

    `webhook_secrets` may be several while they are changed. `is_quick` is for calls that a person waits for.
    """

    def __init__(
        self, *, secret_key: str, webhook_secrets: tuple[str, ...] = (), base_url: str = "", is_quick: bool = False
    ) -> None:
        self._secrets = webhook_secrets
        self._http = stripe.RequestsClient(timeout=QUICK if is_quick else PATIENT)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": base_url} if base_url else {},
            stripe_version=API_VERSION,
            max_network_retries=0 if is_quick else 2,
            http_client=self._http,
        )

    def create_customer(self, customer: BillingCustomer) -> str:
        """The id of the customer, made once for its key."""
        params: Any = {"name": customer.name[:256], "metadata": {"organisation": customer.reference}}
        if customer.email:
            params["email"] = customer.email[:512]
        options: Any = {"idempotency_key": customer.key}
        return str(self._change(lambda: self._client.v1.customers.create(params, options))["id"])

    def start(self, request: SubscriptionRequest) -> CheckoutStarted:
        """A page of Stripe to subscribe on; the same one for the same key."""
        noted = {"organisation": request.reference}
        params: Any = {
            "mode": "subscription",
            "customer": request.customer,
            "client_reference_id": request.reference,
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
            "locale": "auto",
            "line_items": [{"price": request.price, "quantity": 1}],
            "metadata": noted,
            "subscription_data": {"metadata": noted},
            "expires_at": int(request.expires_at.timestamp()),
        }
        options: Any = {"idempotency_key": request.key}
        made = self._change(lambda: self._client.v1.checkout.sessions.create(params, options))
        return CheckoutStarted(str(made["id"]), str(made["url"]), expires_at=moment(made["expires_at"]))

    def fetch_checkout(self, ref: str) -> SeenCheckout:
        found = self._read(lambda: self._client.v1.checkout.sessions.retrieve(ref))
        known = str(found.get("status"))
        return SeenCheckout(str(found["id"]), CHECKOUTS.get(known, "unknown"), str(found.get("url") or ""))

    def close_checkout(self, ref: str) -> None:
        """Let the page take nothing any more. Raises Rejected where somebody subscribed on it meanwhile."""
        self._change(lambda: self._client.v1.checkout.sessions.expire(ref))

    def portal(self, customer: str, return_url: str) -> str:
        """The address of Stripe's page where the customer changes the card, sees invoices and cancels."""
        params: Any = {"customer": customer, "return_url": return_url}
        return str(self._change(lambda: self._client.v1.billing_portal.sessions.create(params))["url"])

    def subscriptions(self, customer: str) -> tuple[SeenSubscription, ...]:
        """All that the customer has and had, the newest first."""
        params: Any = {"customer": customer, "status": "all", "limit": 100}
        page = answered(lambda: self._client.v1.subscriptions.list(params), changes=False)
        return tuple(self._all(page))

    def fetch(self, ref: str) -> SeenSubscription:
        return seen_subscription(self._read(lambda: self._client.v1.subscriptions.retrieve(ref)))

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether Stripe signed this body a short while ago."""
        return is_signed(self._client, self._secrets, headers, body)

    def parse(self, body: bytes) -> WebhookHint:
        """What a webhook says happened; the first of `refs` is the customer. Raises ProtocolError."""
        try:
            event = json.loads(body)
            about = event["data"]["object"]
            refs = tuple(id_of(about.get(name)) for name in ("customer", "id") if about.get(name))
            return WebhookHint(str(event["id"]), str(event["type"]), moment(event["created"]), refs)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ProtocolError("This is no event of Stripe.") from error

    def end(self) -> None:
        self._http.close()  # type: ignore[no-untyped-call]  # the SDK does not type it

    def _all(self, page: Any) -> Iterator[SeenSubscription]:
        while True:
            yield from (seen_subscription(plain(one)) for one in page.data)
            if not page.has_more:
                return
            page = answered(page.next_page, changes=False)

    def _read(self, call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
        return plain(answered(call, changes=False))

    def _change(self, call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
        return plain(answered(call, changes=True))


def seen_subscription(found: Mapping[str, Any]) -> SeenSubscription:
    """A subscription in our words. Raises ProtocolError for a state that we do not know, or without its parts.

    Since 2025 the period stands on the items; all of ours are one item. A period that was not paid has begun
    nevertheless, so its beginning is the end of what was paid.
    """
    status = STATES.get(str(found.get("status")))
    if status is None:
        raise ProtocolError("Stripe names a state of a subscription that is not known here.")
    try:
        item = found["items"]["data"][0]
        begins, ends = int(item["current_period_start"]), int(item["current_period_end"])
        price, customer = id_of(item["price"]), id_of(found["customer"])
        created_at = moment(found["created"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ProtocolError("Stripe answered with a subscription without its period.") from error
    paid_until: int | None = ends
    if status == "past_due":
        paid_until = begins
    elif status == "cancelled":
        paid_until = min(ends, int(found.get("ended_at") or ends))
    elif status == "incomplete":
        paid_until = None
    stops = found.get("cancel_at") or (ends if found.get("cancel_at_period_end") else None)
    return SeenSubscription(
        id=str(found["id"]),
        customer=customer,
        status=status,
        price=price,
        created_at=created_at,
        paid_until=moment(paid_until) if paid_until is not None else None,
        ends_at=moment(stops) if stops and status != "cancelled" else None,
        is_live=bool(found.get("livemode")),
    )

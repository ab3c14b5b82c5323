"""Stripe: Checkout Sessions on Stripe's own page. Source: payments design 1.1 and 2.1."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import stripe

from advisory_portal.core.money import exponent
from advisory_portal.gateways.base import (
    AccountInfo,
    CheckoutRequest,
    CheckoutStarted,
    CheckoutState,
    Money,
    PaymentStatus,
    SeenDispute,
    SeenPayment,
    SeenRefund,
    Snapshot,
    WebhookHint,
    WebhookSecret,
)
from advisory_portal.gateways.errors import (
    AlreadyDone,
    ConfigError,
    Declined,
    GatewayError,
    InProgress,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    RefundRefused,
    Rejected,
    Unavailable,
)
from advisory_portal.gateways.stripe_signature import is_signed

API_VERSION = "2026-10-28.endive"
OF_CHARGE = ("balance_transaction", "refunds")  # what a look at a session asks for of the charge besides
TIMEOUT = (5, 20)  # seconds to connect, to answer
# Money as Stripe counts it, where that is not ISO 4217. Source: docs.stripe.com/currencies.
ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
NOT_TAKEN = frozenset({"ISK", "UGX"})  # special rules of rounding
LARGEST = 99_999_999
SMALLEST = {
    "AED": 200, "BGN": 100, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500,
    "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "PLN": 200, "RON": 200, "SEK": 300, "THB": 1000, "USD": 50,
}  # fmt: skip
EVENTS = (
    "checkout.session.completed", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "checkout.session.expired", "charge.refunded", "refund.created",
    "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
)  # fmt: skip
REFUND_STATES: Mapping[str, PaymentStatus] = {
    "pending": "pending", "requires_action": "pending", "succeeded": "succeeded", "failed": "failed",
    "canceled": "failed",
}  # fmt: skip
DISPUTE_STATES: Mapping[str, Literal["open", "won", "lost"]] = {"won": "won", "warning_closed": "won", "lost": "lost"}
REFUND_REFUSALS = frozenset({"charge_already_refunded", "charge_disputed", "amount_too_large"})
Answer = TypeVar("Answer")

stripe.enable_telemetry = False  # else the timings of earlier requests are sent along


class StripeGateway:
    """One Stripe account. `webhook_secrets` may be several while they are changed."""

    kind = "stripe"

    def __init__(self, *, secret_key: str, webhook_secrets: tuple[str, ...] = (), base_url: str = "") -> None:
        self._is_live = "_live_" in secret_key[:9]
        self._secrets = webhook_secrets
        self._http = stripe.RequestsClient(timeout=TIMEOUT)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": base_url} if base_url else {},
            stripe_version=API_VERSION,
            max_network_retries=2,
            http_client=self._http,
        )

    def takes(self, amount: Money) -> bool:
        if amount.currency in NOT_TAKEN:
            return False
        try:
            units = to_stripe(amount)
        except Rejected:
            return False
        return SMALLEST.get(amount.currency, 1) <= units <= LARGEST

    def check(self) -> AccountInfo:
        balance = self._read(lambda: self._client.v1.balance.retrieve())
        return AccountInfo("", "", "", bool(balance["livemode"]))

    def provision_webhook(self, url: str) -> WebhookSecret:
        wanted: Any = {"url": url, "enabled_events": list(EVENTS), "api_version": API_VERSION}
        made = self._change(lambda: self._client.v1.webhook_endpoints.create(wanted))
        return WebhookSecret(str(made["id"]), str(made["secret"]))

    def remove_webhook(self, webhook_id: str) -> None:
        self._change(lambda: self._client.v1.webhook_endpoints.delete(webhook_id))

    def start(self, request: CheckoutRequest) -> CheckoutStarted:
        params: Any = session_params(request)
        made = self._change(lambda: self._client.v1.checkout.sessions.create(params, {"idempotency_key": request.key}))
        return CheckoutStarted(made["id"], made["url"], expires_at=moment(made["expires_at"]))

    def fetch(self, ref: str, ref2: str = "") -> Snapshot:
        expand: Any = {"expand": [f"payment_intent.latest_charge.{name}" for name in OF_CHARGE]}
        return self._snapshot(self._read(lambda: self._client.v1.checkout.sessions.retrieve(ref, expand)))

    def capture(self, ref: str, key: str) -> Snapshot:
        return self.fetch(ref)

    def close(self, ref: str, ref2: str = "") -> Literal["closed", "already_paid", "not_supported"]:
        try:
            self._change(lambda: self._client.v1.checkout.sessions.expire(ref))
        except (Rejected, AlreadyDone):
            return "closed" if self.fetch(ref).state in ("expired", "failed") else "already_paid"
        return "closed"

    def refund(self, payment_id: str, amount: Money, key: str, note: str) -> SeenRefund:
        params: Any = {
            "payment_intent": payment_id,
            "amount": to_stripe(amount),
            "reason": "requested_by_customer",
            "metadata": {"key": key, "note": note[:500]},
        }
        try:
            made = self._change(lambda: self._client.v1.refunds.create(params, {"idempotency_key": key}))
        except Rejected as error:
            raise RefundRefused(str(error), code=error.code, request_id=error.request_id) from error
        return seen_refund(made, payment_id)

    def fetch_refund(self, refund_id: str) -> SeenRefund:
        found = self._read(lambda: self._client.v1.refunds.retrieve(refund_id))
        return seen_refund(found, id_of(found.get("payment_intent")))

    def verify(self, headers: Mapping[str, str], body: bytes, url: str) -> Literal["valid", "invalid", "defer"]:
        return "valid" if is_signed(self._client, self._secrets, headers, body) else "invalid"

    def verify_now(self, headers: Mapping[str, str], body: bytes) -> bool:
        return True

    def parse(self, body: bytes) -> WebhookHint:
        try:
            event = json.loads(body)
            about = event["data"]["object"]
            named = (about.get("id"), about.get("payment_intent"), about.get("charge"))
            noted = (about.get("client_reference_id"), (about.get("metadata") or {}).get("attempt"))
            refs = tuple(dict.fromkeys(id_of(one) for one in (*named, *noted) if one))
            checkouts = (str(about["id"]),) if about.get("object") == "checkout.session" else ()
            return WebhookHint(str(event["id"]), str(event["type"]), moment(event["created"]), refs, checkouts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProtocolError("This is no event of Stripe.") from error

    def recent(self, since: datetime) -> Iterator[Snapshot]:
        # A session lives for at most a day before it is paid.
        params: Any = {
            "created": {"gte": int(since.timestamp()) - 86_400},
            "status": "complete",
            "limit": 100,
            "expand": [f"data.payment_intent.latest_charge.{name}" for name in OF_CHARGE],
        }
        page = self._read_list(lambda: self._client.v1.checkout.sessions.list(params))
        for session in page:
            yield self._snapshot(session)

    def end(self) -> None:
        self._http.close()  # type: ignore[no-untyped-call]  # the SDK does not type it

    # --- What an answer says ---------------------------------------------------------------------------------

    def _snapshot(self, session: Mapping[str, Any]) -> Snapshot:
        intent = session.get("payment_intent")
        intent = intent if isinstance(intent, dict) else {}
        payment = seen_payment(intent) if intent else None
        charge = intent.get("latest_charge")
        charge = charge if isinstance(charge, dict) else {}
        return Snapshot(
            state=state_of(session, intent),
            ref=str(session["id"]),
            payments=(payment,) if payment else (),
            refunds=self._refunds(intent, charge.get("refunds") or {}),
            disputes=self._disputes(intent) if charge.get("disputed") else (),
            is_live=bool(session.get("livemode")),
            attempt_id=str(session.get("client_reference_id") or ""),
            redirect_url=str(session.get("url") or ""),
            raw=dict(session),
        )

    def _refunds(self, intent: Mapping[str, Any], shown: Mapping[str, Any]) -> tuple[SeenRefund, ...]:
        """Failed ones too: the charge's sums do not tell of those. `shown` are the charge's last."""
        found = shown.get("data") or ()
        if shown.get("has_more"):
            params: Any = {"payment_intent": intent["id"], "limit": 100}
            found = self._read_list(lambda: self._client.v1.refunds.list(params))
        return tuple(seen_refund(one, str(intent["id"])) for one in found)

    def _disputes(self, intent: Mapping[str, Any]) -> tuple[SeenDispute, ...]:
        params: Any = {"payment_intent": intent["id"], "limit": 100}
        found = self._read_list(lambda: self._client.v1.disputes.list(params))
        return tuple(seen_dispute(one, str(intent["id"])) for one in found)

    # --- Calls -----------------------------------------------------------------------------------------------

    def _read(self, call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
        return plain(answered(call, changes=False))

    def _change(self, call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
        return plain(answered(call, changes=True))

    def _read_list(self, call: Callable[[], Any]) -> Iterator[dict[str, Any]]:
        page = answered(call, changes=False)
        while True:
            yield from (plain(one) for one in page.data)
            if not page.has_more:
                return
            page = answered(page.next_page, changes=False)


def session_params(request: CheckoutRequest) -> dict[str, Any]:
    """What Stripe is asked for: one line with the amount due, in exactly this currency."""
    noted = {"attempt": str(request.attempt_id)}
    params: dict[str, Any] = {
        "mode": "payment",
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
        "client_reference_id": str(request.attempt_id),
        "locale": "auto",
        "submit_type": "pay",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.amount.currency.lower(),
                    "unit_amount": to_stripe(request.amount),
                    "product_data": {"name": request.title[:250]},
                },
            }
        ],
        "metadata": noted,
        "payment_intent_data": {"metadata": noted, "description": request.title[:1000]},
        "expires_at": int(request.expires_at.timestamp()),
        "adaptive_pricing": {"enabled": False},
        "excluded_payment_method_types": ["customer_balance"],  # may be funded in part
    }
    if request.email:
        params["customer_email"] = request.email
    return params


def state_of(session: Mapping[str, Any], intent: Mapping[str, Any]) -> CheckoutState:
    """Where a checkout stands. A declined card leaves the session open: the payer tries again on Stripe's page."""
    if session.get("status") == "open":
        return "open"
    if session.get("status") == "expired":
        return "expired"
    if session.get("status") != "complete":
        return "unknown"
    if session.get("payment_status") in ("paid", "no_payment_required"):
        return "succeeded"
    states: Mapping[str, CheckoutState] = {
        "succeeded": "succeeded", "processing": "pending", "requires_payment_method": "failed", "canceled": "failed",
    }  # fmt: skip
    return states.get(str(intent.get("status")), "pending" if not intent else "unknown")


def seen_payment(intent: Mapping[str, Any]) -> SeenPayment | None:
    """The money of a payment intent, None where none has moved."""
    states: Mapping[str, PaymentStatus] = {
        "succeeded": "succeeded", "processing": "pending", "canceled": "failed", "requires_payment_method": "failed",
    }  # fmt: skip
    status = states.get(str(intent.get("status")))
    if status is None:
        return None
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    booked = charge.get("balance_transaction")
    booked = booked if isinstance(booked, dict) else {}
    failure = intent.get("last_payment_error") or {}
    units = intent["amount_received"] if status == "succeeded" else intent["amount"]
    return SeenPayment(
        id=str(intent["id"]),
        status=status,
        amount=from_stripe(units, intent["currency"]),
        fee=from_stripe(booked["fee"], booked["currency"]) if booked else None,
        paid_at=moment(charge["created"]) if status == "succeeded" and charge else None,
        method=str((charge.get("payment_method_details") or {}).get("type") or ""),
        failure=str(failure.get("code") or charge.get("failure_code") or ""),
    )


def seen_refund(refund: Mapping[str, Any], payment_id: str) -> SeenRefund:
    """A refund; one whose status is new to us still waits."""
    return SeenRefund(
        id=str(refund["id"]),
        payment_id=payment_id,
        status=REFUND_STATES.get(str(refund.get("status")), "pending"),
        amount=from_stripe(refund["amount"], refund["currency"]),
        key=str((refund.get("metadata") or {}).get("key") or ""),
    )


def seen_dispute(dispute: Mapping[str, Any], payment_id: str) -> SeenDispute:
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return SeenDispute(
        id=str(dispute["id"]),
        payment_id=payment_id,
        status=DISPUTE_STATES.get(str(dispute.get("status")), "open"),
        amount=from_stripe(dispute["amount"], dispute["currency"]),
        due_at=moment(due) if due else None,
    )


def to_stripe(amount: Money) -> int:
    """The amount in Stripe's units. Raises Rejected where Stripe has no such amount."""
    decimals = 0 if amount.currency in ZERO_DECIMAL else exponent(amount.currency)
    units, rest = divmod(amount.minor, 10 ** (exponent(amount.currency) - decimals))
    if rest or (decimals == 3 and units % 10):
        raise Rejected("Stripe does not take amounts this fine in this currency.", code="amount_invalid")
    return int(units)


def from_stripe(units: int, currency: str) -> Money:
    """Stripe's units as money."""
    code = currency.upper()
    decimals = 0 if code in ZERO_DECIMAL else exponent(code)
    return Money(int(units) * 10 ** (exponent(code) - decimals), code)


def answered(call: Callable[[], Answer], *, changes: bool) -> Answer:
    """What the call answers; its failures as GatewayError. `changes`: whether it may have changed something."""
    try:
        return call()
    except stripe.StripeError as error:
        raise translated(error, changes=changes) from error


def translated(error: stripe.StripeError, *, changes: bool) -> GatewayError:
    """A failure of the SDK in our words."""
    code, text = str(error.code or ""), str(error.user_message or "Stripe answered with an error.")
    said: dict[str, Any] = {"code": code, "request_id": str(error.request_id or "")}
    status = error.http_status or 0
    if isinstance(error, stripe.CardError):
        return Declined(text, **said)
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        return ConfigError(text, **said)
    if isinstance(error, stripe.RateLimitError):
        return RateLimited(text, **said)
    if code in ("idempotency_key_in_use", "lock_timeout") or status == 409:
        return InProgress(text, **said)
    if isinstance(error, (stripe.IdempotencyError, stripe.InvalidRequestError)):
        if code in REFUND_REFUSALS:
            return RefundRefused(text, **said)
        return Rejected(text, **said)
    if changes and not (isinstance(error, stripe.APIConnectionError) and never_sent(error)):
        return OutcomeUnknown(text, **said)
    return Unavailable(text, **said)


def never_sent(error: stripe.APIConnectionError) -> bool:
    """Whether the connection was refused before anything was sent."""
    return "NewConnectionError" in str(error) or "NameResolutionError" in str(error)


def plain(answer: stripe.StripeObject) -> dict[str, Any]:
    """The answer as a plain dict. Raises ProtocolError for one that is no object of Stripe."""
    found = answer.to_dict()
    if not found.get("id") and not found.get("object"):
        raise ProtocolError("Stripe answered with something else than an object.")
    return found


def id_of(value: Any) -> str:
    """The id of something that may be expanded."""
    return str(value["id"]) if isinstance(value, dict) else str(value or "")


def moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)

"""PayPal: Orders v2 on PayPal's own page; the money is taken by us. Source: payments design 2.2."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from advisory_portal.core.money import exponent, from_minor
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
from advisory_portal.gateways.errors import AlreadyDone, ConfigError, ProtocolError, Rejected
from advisory_portal.gateways.paypal_api import PayPalApi

ORDER_LIFE = timedelta(hours=3)  # until the payer must have begun
WHOLE = frozenset({"HUF", "JPY", "TWD"})  # PayPal has no decimals of these
CURRENCIES = frozenset(
    "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD".split()
)
EVENTS = (
    "CHECKOUT.ORDER.APPROVED", "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED", "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED", "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED",
)  # fmt: skip
CAPTURE_STATES: Mapping[str, PaymentStatus] = {
    "COMPLETED": "succeeded", "REFUNDED": "succeeded", "PARTIALLY_REFUNDED": "succeeded", "PENDING": "pending",
    "DECLINED": "failed", "FAILED": "failed", "DENIED": "failed", "REVERSED": "failed",
}  # fmt: skip
REFUND_STATES: Mapping[str, PaymentStatus] = {
    "PENDING": "pending", "COMPLETED": "succeeded", "FAILED": "failed", "CANCELLED": "failed",
}  # fmt: skip


class PayPalGateway:
    """One PayPal business account. `webhook_id` is what its webhooks are verified against."""

    kind = "paypal"

    def __init__(self, *, client_id: str, client_secret: str, webhook_ids: tuple[str, ...] = (), base_url: str) -> None:
        self._api = PayPalApi(base_url=base_url, client_id=client_id, client_secret=client_secret)
        self._is_live = base_url == "https://api-m.paypal.com"
        self._webhooks = webhook_ids

    def takes(self, amount: Money) -> bool:
        if amount.currency not in CURRENCIES or amount.minor <= 0:
            return False
        step = 10 ** (exponent(amount.currency) - decimals_of(amount.currency))
        return bool(amount.minor % step == 0)

    def check(self) -> AccountInfo:
        self._api.call("GET", "v1/notifications/webhooks")
        return AccountInfo("", "", "", self._is_live)

    def provision_webhook(self, url: str) -> WebhookSecret:
        made = self._api.call(
            "POST", "v1/notifications/webhooks", {"url": url, "event_types": [{"name": one} for one in EVENTS]}
        )
        return WebhookSecret(str(made["id"]), str(made["id"]))

    def remove_webhook(self, webhook_id: str) -> None:
        self._api.call("DELETE", f"v1/notifications/webhooks/{webhook_id}")

    def start(self, request: CheckoutRequest) -> CheckoutStarted:
        made = self._api.call("POST", "v2/checkout/orders", order_params(request), key=request.key)
        url = link_of(made, "payer-action") or link_of(made, "approve")
        if not made.get("id") or not url:
            raise ProtocolError("PayPal gave no page to pay on.")
        return CheckoutStarted(str(made["id"]), url, expires_at=moment(made["create_time"]) + ORDER_LIFE)

    def fetch(self, ref: str, ref2: str = "") -> Snapshot:
        try:
            order = self._api.call("GET", f"v2/checkout/orders/{ref}")
        except Rejected as error:
            if error.code in ("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"):  # orders that nobody approved go away
                return Snapshot(state="expired", ref=ref, is_live=self._is_live)
            raise
        return self._snapshot(order)

    def capture(self, ref: str, key: str) -> Snapshot:
        """Raises NotReady before the payer's approval, Declined where other means are wanted."""
        try:
            order = self._api.call("POST", f"v2/checkout/orders/{ref}/capture", {}, key=key)
        except AlreadyDone:
            return self.fetch(ref)
        return self._snapshot(order) if order.get("purchase_units") else self.fetch(ref)

    def close(self, ref: str, ref2: str = "") -> Literal["closed", "already_paid", "not_supported"]:
        """PayPal ends no order; one that is never captured takes no money."""
        return "already_paid" if self.fetch(ref).state in ("succeeded", "pending") else "not_supported"

    def refund(self, payment_id: str, amount: Money, key: str, note: str) -> SeenRefund:
        body: dict[str, Any] = {"amount": amount_of(amount), "custom_id": key}
        if note:
            body["note_to_payer"] = note[:255]
        made = self._api.call("POST", f"v2/payments/captures/{payment_id}/refund", body, key=key)
        return seen_refund(made, payment_id)

    def fetch_refund(self, refund_id: str) -> SeenRefund:
        found = self._api.call("GET", f"v2/payments/refunds/{refund_id}")
        return seen_refund(found, id_at_end(link_of(found, "up")))

    def verify(self, headers: Mapping[str, str], body: bytes, url: str) -> Literal["valid", "invalid", "defer"]:
        """Only PayPal can tell: deferred where the webhook has all that it takes."""
        try:
            complete = all(
                headers.get(f"Paypal-{name}", "").isascii() and headers.get(f"Paypal-{name}") for name in SIGNED
            )
            json.loads(body)
        except ValueError:
            return "invalid"
        return "defer" if complete and self._webhooks else "invalid"

    def verify_now(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Asks PayPal, with the body byte for byte: any other spelling of it has another checksum."""
        said = {name.lower().replace("-", "_"): headers.get(f"Paypal-{name}", "") for name in SIGNED}
        for webhook_id in self._webhooks:
            head = json.dumps({**said, "webhook_id": webhook_id})
            raw = head[:-1].encode() + b',"webhook_event":' + body + b"}"
            answer = self._api.call("POST", "v1/notifications/verify-webhook-signature", raw=raw)
            if answer.get("verification_status") == "SUCCESS":
                return True
        return False

    def parse(self, body: bytes) -> WebhookHint:
        try:
            event = json.loads(body)
            about = event["resource"]
            related = (about.get("supplementary_data") or {}).get("related_ids") or {}
            disputed = [one.get("seller_transaction_id") for one in about.get("disputed_transactions") or ()]
            named = (
                about.get("id"),
                about.get("custom_id"),
                *related.values(),
                id_at_end(link_of(about, "up")),
                *disputed,
            )
            refs = tuple(dict.fromkeys(str(one) for one in named if one))
            kind = str(event["event_type"])
            order = about.get("id") if kind.startswith("CHECKOUT.ORDER.") else related.get("order_id")
            checkouts = (str(order),) if order else ()
            return WebhookHint(str(event["id"]), kind, moment(event["create_time"]), refs, checkouts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProtocolError("This is no event of PayPal.") from error

    def _disputes(self, capture: str) -> tuple[SeenDispute, ...]:
        """Those of a capture; none where the account's rights do not reach them."""
        try:
            found = self._api.call("GET", f"v1/customer/disputes?disputed_transaction_id={capture}")
        except (ConfigError, Rejected):
            return ()
        return tuple(seen_dispute(one, capture) for one in found.get("items") or ())

    def recent(self, since: datetime) -> Iterator[Snapshot]:
        """From PayPal's own list of events: orders that had one since then."""
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path: str = f"v1/notifications/webhooks-events?start_time={start}&page_size=300"
        seen = set()
        while path:
            page = self._api.call("GET", path)
            for event in page.get("events") or ():
                related = ((event.get("resource") or {}).get("supplementary_data") or {}).get("related_ids") or {}
                order = related.get("order_id")
                if order and order not in seen:
                    seen.add(order)
                    yield self.fetch(str(order))
            following = link_of(page, "next")
            path = following.partition("/v1/")[2] and "v1/" + following.partition("/v1/")[2]

    def end(self) -> None:
        self._api.end()

    def _snapshot(self, order: Mapping[str, Any]) -> Snapshot:
        units = order.get("purchase_units") or [{}]
        unit = units[0]
        money = unit.get("payments") or {}
        captures = tuple(seen_payment(one) for one in money.get("captures") or ())
        taken = [one.id for one in captures if one.status == "succeeded"]
        return Snapshot(
            state=state_of(order, captures),
            ref=str(order["id"]),
            payments=captures,
            refunds=tuple(seen_refund(one, id_at_end(link_of(one, "up"))) for one in money.get("refunds") or ()),
            disputes=tuple(dispute for one in taken for dispute in self._disputes(one)),
            is_live=self._is_live,
            merchant=str((unit.get("payee") or {}).get("merchant_id") or ""),
            attempt_id=str(unit.get("custom_id") or ""),
            redirect_url=link_of(order, "payer-action") or link_of(order, "approve"),
            raw=dict(order),
        )


SIGNED = ("Auth-Algo", "Cert-Url", "Transmission-Id", "Transmission-Sig", "Transmission-Time")


def order_params(request: CheckoutRequest) -> dict[str, Any]:
    """What PayPal is asked for: one unit with the amount due, means that pay at once."""
    experience = {
        "return_url": request.return_url,
        "cancel_url": request.cancel_url,
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
        "landing_page": "NO_PREFERENCE",
        "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
    }
    if request.business:
        experience["brand_name"] = request.business[:127]
    unit = {
        "reference_id": "default",
        "custom_id": str(request.attempt_id),
        "invoice_id": request.reference[:127],
        "description": request.title[:127],
        "amount": amount_of(request.amount),
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": experience}},
    }


def state_of(order: Mapping[str, Any], captures: tuple[SeenPayment, ...]) -> CheckoutState:
    """Where a checkout stands; what its captures say goes before what the order says."""
    for status in ("succeeded", "pending"):
        if any(one.status == status for one in captures):
            return "succeeded" if status == "succeeded" else "pending"
    states: Mapping[str, CheckoutState] = {
        "CREATED": "open", "SAVED": "open", "PAYER_ACTION_REQUIRED": "open", "APPROVED": "approved",
        "VOIDED": "cancelled", "COMPLETED": "failed" if captures else "pending",
    }  # fmt: skip
    return states.get(str(order.get("status")), "unknown")


def seen_payment(capture: Mapping[str, Any]) -> SeenPayment:
    """The money of a capture."""
    status = CAPTURE_STATES.get(str(capture.get("status")), "pending")
    fee = (capture.get("seller_receivable_breakdown") or {}).get("paypal_fee")
    return SeenPayment(
        id=str(capture["id"]),
        status=status,
        amount=money_of(capture["amount"]),
        fee=money_of(fee) if fee else None,
        paid_at=moment(capture["create_time"]) if status == "succeeded" and capture.get("create_time") else None,
        method="paypal",
        failure=str((capture.get("status_details") or {}).get("reason") or ""),
    )


def seen_refund(refund: Mapping[str, Any], payment_id: str) -> SeenRefund:
    return SeenRefund(
        id=str(refund["id"]),
        payment_id=payment_id,
        status=REFUND_STATES.get(str(refund.get("status")), "pending"),
        amount=money_of(refund["amount"]),
        key=str(refund.get("custom_id") or ""),
    )


def seen_dispute(dispute: Mapping[str, Any], payment_id: str) -> SeenDispute:
    """A dispute; once it is resolved, who was right."""
    outcome = str((dispute.get("dispute_outcome") or {}).get("outcome_code") or "")
    is_over = str(dispute.get("status")) == "RESOLVED"
    status: Literal["open", "won", "lost"] = "open"
    if is_over:
        status = "lost" if outcome in ("RESOLVED_BUYER_FAVOUR", "ACCEPTED") else "won"
    due = dispute.get("seller_response_due_date")
    return SeenDispute(
        id=str(dispute["dispute_id"]),
        payment_id=payment_id,
        status=status,
        amount=money_of(dispute["dispute_amount"]),
        due_at=moment(due) if due else None,
    )


def decimals_of(currency: str) -> int:
    """How many decimals PayPal writes of a currency."""
    return 0 if currency in WHOLE else exponent(currency)


def amount_of(amount: Money) -> dict[str, str]:
    """The amount as PayPal writes it. Raises Rejected for one finer than PayPal has."""
    step = 10 ** (exponent(amount.currency) - decimals_of(amount.currency))
    if amount.minor % step:
        raise Rejected("PayPal has no decimals of this currency.", code="DECIMALS_NOT_SUPPORTED")
    value = from_minor(amount.minor, amount.currency)
    return {"currency_code": amount.currency, "value": f"{value:.{decimals_of(amount.currency)}f}"}


def money_of(amount: Mapping[str, Any]) -> Money:
    """An amount of PayPal's. Raises ProtocolError for one that is no amount."""
    try:
        code, value = str(amount["currency_code"]), Decimal(str(amount["value"]))
        units = value.scaleb(exponent(code))
        if units != int(units):
            raise ValueError(value)
        return Money(int(units), code)
    except (KeyError, ValueError, ArithmeticError) as error:
        raise ProtocolError("PayPal's amount could not be read.") from error


def link_of(thing: Mapping[str, Any], rel: str) -> str:
    """The address of a related thing, "" for none."""
    return next((str(one["href"]) for one in thing.get("links") or () if one.get("rel") == rel), "")


def id_at_end(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))

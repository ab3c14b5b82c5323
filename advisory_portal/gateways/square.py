"""Square: payment links on Square's own page. Source: payments design 1.2 and 2.3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import httpx
from square import Square
from square.core.api_error import ApiError
from square.utils.webhooks_helper import verify_signature

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
    ConfigError,
    GatewayError,
    InProgress,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    RefundRefused,
    Rejected,
    Unavailable,
)

API_VERSION = "2026-09-16"
TIMEOUT = 20  # seconds
LONGEST_KEY = 45  # characters; Square's documentation alone says so
LARGEST = 99_999_999
EVENTS = (
    "payment.created", "payment.updated", "order.updated", "refund.created", "refund.updated", "dispute.created",
    "dispute.state.updated",
)  # fmt: skip
PAYMENT_STATES: Mapping[str, PaymentStatus] = {
    "APPROVED": "pending", "PENDING": "pending", "COMPLETED": "succeeded", "CANCELED": "failed", "FAILED": "failed",
}  # fmt: skip
REFUND_STATES: Mapping[str, PaymentStatus] = {
    "PENDING": "pending", "COMPLETED": "succeeded", "REJECTED": "failed", "FAILED": "failed",
}  # fmt: skip
DISPUTE_STATES: Mapping[str, Literal["open", "won", "lost"]] = {
    "WON": "won", "INQUIRY_CLOSED": "won", "LOST": "lost", "ACCEPTED": "lost",
}  # fmt: skip
REFUND_REFUSALS = frozenset(
    {
        "REFUND_AMOUNT_INVALID", "REFUND_DECLINED", "PAYMENT_NOT_REFUNDABLE", "PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE",
        "INSUFFICIENT_PERMISSIONS_FOR_REFUND", "REFUND_ALREADY_PENDING",
    }
)  # fmt: skip
Answer = TypeVar("Answer")


class SquareGateway:
    """One location of a Square seller. `signature_keys` may be several while they are changed."""

    kind = "square"

    def __init__(
        self, *, access_token: str, location_id: str, signature_keys: tuple[str, ...] = (), base_url: str
    ) -> None:
        self._location = location_id
        self._keys = signature_keys
        self._is_live = base_url == "https://connect.squareup.com"
        # The token is always passed: the SDK would take one from the environment.
        self._http = httpx.Client(timeout=TIMEOUT)
        self._client = Square(
            token=access_token, base_url=base_url, timeout=TIMEOUT, version=API_VERSION, httpx_client=self._http
        )

    def takes(self, amount: Money) -> bool:
        return 0 < amount.minor <= LARGEST  # the currency is the location's, which `check` tells

    def check(self) -> AccountInfo:
        found = self._read(lambda: self._client.locations.get(self._location))
        location = found["location"]
        if location.get("status") not in (None, "ACTIVE"):
            raise ConfigError("This location is not active.", code="LOCATION_INACTIVE")
        name = str(location.get("business_name") or location.get("name") or "")
        return AccountInfo(str(location.get("merchant_id") or ""), name, str(location["currency"]), self._is_live)

    def provision_webhook(self, url: str) -> WebhookSecret:
        wanted: Any = {"name": "Advisory Portal", "event_types": list(EVENTS), "notification_url": url}
        made = self._change(lambda: self._client.webhooks.subscriptions.create(subscription=wanted))
        return WebhookSecret(str(made["subscription"]["id"]), str(made["subscription"]["signature_key"]))

    def remove_webhook(self, webhook_id: str) -> None:
        self._change(lambda: self._client.webhooks.subscriptions.delete(webhook_id))

    def start(self, request: CheckoutRequest) -> CheckoutStarted:
        params: Any = link_params(request, self._location)
        made = self._change(lambda: self._client.checkout.payment_links.create(**params))
        link = made["payment_link"]
        return CheckoutStarted(str(link["order_id"]), str(link["url"]), ref2=str(link["id"]))

    def fetch(self, ref: str, ref2: str = "") -> Snapshot:
        order = self._read(lambda: self._client.orders.get(ref))["order"]
        return self._snapshot(order)

    def capture(self, ref: str, key: str) -> Snapshot:
        return self.fetch(ref)

    def close(self, ref: str, ref2: str = "") -> Literal["closed", "already_paid", "not_supported"]:
        """Deletes the link, which cancels its order. One that was paid meanwhile is told as such."""
        if self.fetch(ref).state in ("succeeded", "pending"):
            return "already_paid"
        with suppress(Rejected):  # deleted before, or paid in this moment: the order says which
            self._change(lambda: self._client.checkout.payment_links.delete(ref2))
        return "already_paid" if self.fetch(ref).state in ("succeeded", "pending") else "closed"

    def refund(self, payment_id: str, amount: Money, key: str, note: str) -> SeenRefund:
        if len(key) > LONGEST_KEY:
            raise Rejected("A refund's key has at most 45 characters.", code="IDEMPOTENCY_KEY_TOO_LONG")
        money: Any = {"amount": amount.minor, "currency": amount.currency}
        made = self._change(
            lambda: self._client.refunds.refund_payment(
                idempotency_key=key, payment_id=payment_id, amount_money=money, reason=note[:192]
            )
        )
        return seen_refund(made["refund"], key=key)

    def fetch_refund(self, refund_id: str) -> SeenRefund:
        return seen_refund(self._read(lambda: self._client.refunds.get(refund_id))["refund"])

    def verify(self, headers: Mapping[str, str], body: bytes, url: str) -> Literal["valid", "invalid", "defer"]:
        """`url` is the one that was subscribed, byte for byte."""
        header = headers.get("X-Square-Hmacsha256-Signature", "")
        for key in self._keys:
            try:
                if verify_signature(
                    request_body=body.decode(), signature_header=header, signature_key=key, notification_url=url
                ):
                    return "valid"
            except Exception:  # noqa: S112 - whatever an odd header or body makes the SDK raise
                continue
        return "invalid"

    def verify_now(self, headers: Mapping[str, str], body: bytes) -> bool:
        return True

    def parse(self, body: bytes) -> WebhookHint:
        try:
            event = json.loads(body)
            refs = tuple(dict.fromkeys(ids_in(event["data"])))
            checkouts = tuple(dict.fromkeys(ids_in(event["data"], "order_id")))
            return WebhookHint(str(event["event_id"]), str(event["type"]), moment(event["created_at"]), refs, checkouts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProtocolError("This is no event of Square.") from error

    def recent(self, since: datetime) -> Iterator[Snapshot]:
        begin = since.astimezone(UTC).isoformat()
        pages = answered(
            lambda: self._client.payments.list(begin_time=begin, location_id=self._location, limit=100), changes=False
        )
        seen = set()
        for payment in pages:
            order = payment.order_id
            if order and order not in seen:
                seen.add(order)
                yield self.fetch(order)

    def end(self) -> None:
        self._http.close()

    # --- What an answer says ---------------------------------------------------------------------------------

    def _snapshot(self, order: Mapping[str, Any]) -> Snapshot:
        tenders = [str(one["payment_id"]) for one in order.get("tenders") or () if one.get("payment_id")]
        found = [self._payment(one) for one in tenders]
        payments = tuple(seen_payment(one) for one in found)
        refunds = [one for payment in found for one in payment.get("refund_ids") or ()]
        disputed = any(one.get("dispute_id") for one in found)
        return Snapshot(
            state=state_of(order, payments),
            ref=str(order["id"]),
            payments=payments,
            refunds=tuple(self.fetch_refund(str(one)) for one in refunds),
            disputes=self._disputes(tenders) if disputed or any(one.status == "succeeded" for one in payments) else (),
            is_live=self._is_live,
            attempt_id=str(order.get("reference_id") or ""),
            raw=dict(order),
        )

    def _payment(self, payment_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self._read(lambda: self._client.payments.get(payment_id))["payment"]
        return found

    def _disputes(self, payments: list[str]) -> tuple[SeenDispute, ...]:
        pages = answered(lambda: self._client.disputes.list(location_id=self._location), changes=False)
        found = (plain(one) for one in pages)
        return tuple(
            seen_dispute(one) for one in found if (one.get("disputed_payment") or {}).get("payment_id") in payments
        )

    # --- Calls -----------------------------------------------------------------------------------------------

    def _read(self, call: Callable[[], Any]) -> dict[str, Any]:
        return plain(answered(call, changes=False))

    def _change(self, call: Callable[[], Any]) -> dict[str, Any]:
        return plain(answered(call, changes=True))


def link_params(request: CheckoutRequest, location: str) -> dict[str, Any]:
    """What Square is asked for: one line with the amount due; nothing that could change the amount."""
    money = {"amount": request.amount.minor, "currency": request.amount.currency}
    params: dict[str, Any] = {
        "idempotency_key": request.key,
        "description": request.title[:60],
        "order": {
            "location_id": location,
            "reference_id": str(request.attempt_id),
            "metadata": {"attempt": str(request.attempt_id)},
            "line_items": [{"name": request.title[:512], "quantity": "1", "base_price_money": money}],
        },
        "checkout_options": {
            "redirect_url": request.return_url,
            "allow_tipping": False,
            "ask_for_shipping_address": False,
            "enable_coupon": False,
            "enable_loyalty": False,
        },
        "payment_note": request.reference[:500],
    }
    if request.email:
        params["pre_populated_data"] = {"buyer_email": request.email}
    return params


def state_of(order: Mapping[str, Any], payments: tuple[SeenPayment, ...]) -> CheckoutState:
    """Where a checkout stands; what its payments say goes before what the order says."""
    for status in ("succeeded", "pending"):
        if any(one.status == status for one in payments):
            return "succeeded" if status == "succeeded" else "pending"
    states: Mapping[str, CheckoutState] = {"DRAFT": "open", "OPEN": "open", "CANCELED": "cancelled"}
    if payments and order.get("state") in ("DRAFT", "OPEN"):
        return "open"  # declined: the payer may try again
    return states.get(str(order.get("state")), "unknown")


def seen_payment(payment: Mapping[str, Any]) -> SeenPayment:
    """The money of a payment, without what a tip would add."""
    status = PAYMENT_STATES.get(str(payment.get("status")), "pending")
    fees = [one["amount_money"] for one in payment.get("processing_fee") or () if one.get("amount_money")]
    failures = payment.get("card_details", {}).get("errors") or () if payment.get("card_details") else ()
    return SeenPayment(
        id=str(payment["id"]),
        status=status,
        amount=money_of(payment["amount_money"]),
        fee=Money(sum(int(one["amount"]) for one in fees), str(fees[0]["currency"])) if fees else None,
        paid_at=moment(payment["created_at"]) if status == "succeeded" else None,
        method=str(payment.get("source_type") or "").lower(),
        failure=str(failures[0].get("code") or "") if failures else "",
    )


def seen_refund(refund: Mapping[str, Any], key: str = "") -> SeenRefund:
    """A refund. Square keeps no key of ours: it is known where we have just asked for it."""
    return SeenRefund(
        id=str(refund["id"]),
        payment_id=str(refund.get("payment_id") or ""),
        status=REFUND_STATES.get(str(refund.get("status")), "pending"),
        amount=money_of(refund["amount_money"]),
        key=key,
    )


def seen_dispute(dispute: Mapping[str, Any]) -> SeenDispute:
    return SeenDispute(
        id=str(dispute.get("id") or dispute.get("dispute_id")),
        payment_id=str(dispute["disputed_payment"]["payment_id"]),
        status=DISPUTE_STATES.get(str(dispute.get("state")), "open"),
        amount=money_of(dispute["amount_money"]),
        due_at=moment(dispute["due_at"]) if dispute.get("due_at") else None,
    )


def money_of(money: Mapping[str, Any]) -> Money:
    return Money(int(money["amount"]), str(money["currency"]))


def ids_in(value: Any, wanted: str = "") -> Iterator[str]:
    """Every id that an event names: with `wanted`, those of that name alone."""
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and (name == "id" or name.endswith(("_id", "reference_id"))):
                if wanted in ("", name):
                    yield one
            else:
                yield from ids_in(one, wanted)
    elif isinstance(value, list):
        for one in value:
            yield from ids_in(one, wanted)


def answered(call: Callable[[], Answer], *, changes: bool) -> Answer:
    """What the call answers; its failures as GatewayError. `changes`: whether it may have changed something."""
    try:
        return call()
    except ApiError as error:
        raise translated(error, changes=changes) from error
    except httpx.ConnectError as error:
        raise Unavailable("Square cannot be reached.") from error
    except httpx.HTTPError as error:  # the SDK lets dropped connections and time-outs through as they are
        kind = OutcomeUnknown if changes else Unavailable
        raise kind("Square did not answer.") from error
    except ValueError as error:  # what is no JSON, or not of the shape that its types say
        text = "Square's answer could not be read."
        raise (OutcomeUnknown(text) if changes else ProtocolError(text)) from error


def translated(error: ApiError, *, changes: bool) -> GatewayError:
    """A failure that Square tells, in our words."""
    listed = getattr(error, "errors", None) or ()
    first = listed[0] if listed else None
    code = str(getattr(first, "code", "") or "")
    text = str(getattr(first, "detail", "") or "Square answered with an error.")
    status = error.status_code or 0
    if status in (401, 403):
        return ConfigError(text, code=code)
    if status == 429:
        return RateLimited(text, code=code)
    if status == 409:
        return InProgress(text, code=code)
    if code in REFUND_REFUSALS:
        return RefundRefused(text, code=code)
    if 400 <= status < 500:
        return Rejected(text, code=code)
    if changes:
        return OutcomeUnknown(text, code=code)
    return ProtocolError(text, code=code) if 200 <= status < 300 else Unavailable(text, code=code)


def plain(answer: Any) -> dict[str, Any]:
    """An answer of the SDK as a plain dict, as Square sent it."""
    found: dict[str, Any] = answer.model_dump(mode="json", exclude_none=True)
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""PayPal's dialect: tokens, orders, captures, refunds, disputes, webhooks and their verification."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from advisory_portal.sandbox.paypal_shapes import (
    WHOLE,
    refusal,
    shown,
    shown_capture,
    shown_dispute,
    shown_hook,
    shown_refund,
)
from advisory_portal.sandbox.webhooks import PayPalSigner
from advisory_portal.sandbox.world import JSON, Answer, ApiError, Request, World

UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
MERCHANT = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CURRENCIES = frozenset(
    "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD".split()
)
TOKEN_LIFE = 32_400
ORDER_LIFE = 3 * 3600
ORDER = {"intent", "purchase_units", "payment_source", "payer", "application_context", "processing_instruction"}


class PayPal:
    """PayPal as far as this project speaks with it."""

    company = "paypal"

    def __init__(self, world: World, signer: PayPalSigner) -> None:
        self.world, self.signer = world, signer

    # --- Requests --------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if request.path == "/v1/oauth2/token":
            return self.give_token(request)
        if request.path == "/certificate.pem":
            return Answer(200, self.signer.certificate().decode(), {"Content-Type": "application/x-pem-file"})
        account = self._account(request)
        if request.path == "/v1/notifications/verify-webhook-signature":
            return Answer(200, self.verify(account, request.body))
        try:
            params = json.loads(request.body) if request.body else dict(request.query)
        except ValueError as error:
            raise refusal(400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON") from error
        for pattern, method, work in self._routes():
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                return self._once(request, account, params, lambda: work(account, params, *found.groups()))  # noqa: B023 - called at once
        raise refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        one = r"([A-Za-z0-9_-]+)"
        return [
            (r"/v2/checkout/orders", "POST", self.create_order),
            (rf"/v2/checkout/orders/{one}", "GET", self.get_order),
            (rf"/v2/checkout/orders/{one}/capture", "POST", self.capture_order),
            (rf"/v2/payments/captures/{one}", "GET", self.get_capture),
            (rf"/v2/payments/captures/{one}/refund", "POST", self.refund_capture),
            (rf"/v2/payments/refunds/{one}", "GET", self.get_refund),
            (r"/v1/customer/disputes", "GET", self.list_disputes),
            (r"/v1/notifications/webhooks", "POST", self.create_hook),
            (r"/v1/notifications/webhooks", "GET", self.list_hooks),
            (rf"/v1/notifications/webhooks/{one}", "DELETE", self.delete_hook),
            (r"/v1/notifications/webhooks-events", "GET", self.list_events),
            (rf"/v1/notifications/webhooks-events/{one}/resend", "POST", self.resend_event),
        ]

    def give_token(self, request: Request) -> Answer:
        scheme, _, said = request.header("authorization").partition(" ")
        try:
            client, _, secret = base64.b64decode(said, validate=True).decode().partition(":")
        except ValueError:
            client = secret = ""
        if scheme != "Basic" or not client.startswith("sandbox") or not secret or client in self.world.revoked:
            return Answer(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})
        if "grant_type=client_credentials" not in request.body.decode():
            return Answer(400, {"error": "unsupported_grant_type", "error_description": "Grant type is missing"})
        token = self.world.new_id("A21AA", 60)
        account = "".join(MERCHANT[byte % len(MERCHANT)] for byte in hashlib.sha256(client.encode()).digest()[:13])
        self.world.of("paypal.tokens")[token] = {
            "account": account,
            "until": self.world.now() + TOKEN_LIFE,
            "client": client,
        }
        return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE, "scope": "*"})

    def _account(self, request: Request) -> str:
        token = self.world.of("paypal.tokens").get(request.header("authorization").removeprefix("Bearer "))
        if token is None or token["until"] <= self.world.now() or token["client"] in self.world.revoked:
            raise ApiError(401, {"error": "invalid_token", "error_description": "Token signature verification failed"})
        if request.body and request.header("content-type").split(";")[0] != "application/json":
            raise refusal(415, "UNSUPPORTED_MEDIA_TYPE")
        return str(token["account"])

    def _once(self, request: Request, account: str, params: JSON, work: Callable[[], Answer]) -> Answer:
        key = request.header("paypal-request-id")
        if request.method != "POST" or not key:
            return work()
        if len(key) > 108:
            raise refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX")
        # PayPal answers again as it did, whatever the second body says.
        return self.world.once(("paypal", account, request.path, key), None, work)[0]

    def _mine(self, kind: str, account: str, wanted: str) -> JSON:
        found = self.world.of(f"paypal.{kind}").get(wanted)
        if found is None or found["account"] != account:
            raise refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        return found

    def _amount(self, amount: Any) -> tuple[str, Decimal]:
        """Currency and value of an amount. PayPal wants exactly the currency's digits."""
        currency, text = str((amount or {}).get("currency_code")), (amount or {}).get("value")
        if currency not in CURRENCIES:
            raise refusal(422, "UNPROCESSABLE_ENTITY", "CURRENCY_NOT_SUPPORTED")
        if not isinstance(text, str):
            raise refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX")
        decimals = 0 if currency in WHOLE else 2
        if not re.fullmatch(r"\d+" + (rf"\.\d{{{decimals}}}" if decimals else ""), text):
            raise refusal(422, "UNPROCESSABLE_ENTITY", "DECIMAL_PRECISION" if decimals else "DECIMALS_NOT_SUPPORTED")
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX") from error
        if value <= 0:
            raise refusal(422, "UNPROCESSABLE_ENTITY", "CANNOT_BE_ZERO_OR_NEGATIVE")
        if value > Decimal("9999999.99"):
            raise refusal(422, "UNPROCESSABLE_ENTITY", "MAX_VALUE_EXCEEDED")
        return currency, value

    # --- Orders ----------------------------------------------------------------------------------------------

    def create_order(self, account: str, params: JSON) -> Answer:
        unknown = set(params) - ORDER
        if unknown or params.get("intent") != "CAPTURE":
            raise refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE")
        units = params.get("purchase_units")
        if not isinstance(units, list) or len(units) != 1:
            raise refusal(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
        unit = units[0]
        currency, value = self._amount(unit.get("amount"))
        for name, longest in (("custom_id", 127), ("invoice_id", 127), ("description", 127)):
            if len(str(unit.get(name) or "")) > longest:
                raise refusal(400, "INVALID_REQUEST", "INVALID_STRING_MAX_LENGTH")
        if any(one["invoice"] == unit.get("invoice_id") and one["account"] == account and one["captures"]
               for one in self.world.of("paypal.orders").values() if unit.get("invoice_id")):  # fmt: skip
            raise refusal(422, "UNPROCESSABLE_ENTITY", "DUPLICATE_INVOICE_ID")
        experience = ((params.get("payment_source") or {}).get("paypal") or {}).get("experience_context") or {}
        for name in ("return_url", "cancel_url"):
            if not re.match(r"https?://", str(experience.get(name))):
                raise refusal(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
        wanted = self.world.new_id("", 17, UPPER)
        self.world.of("paypal.orders")[wanted] = {
            "account": account, "id": wanted, "status": "PAYER_ACTION_REQUIRED", "currency": currency,
            "value": str(value), "custom": unit.get("custom_id"), "invoice": unit.get("invoice_id"),
            "description": unit.get("description"), "return_url": experience["return_url"],
            "cancel_url": experience["cancel_url"], "captures": [], "created": self.world.iso(), "later": False,
            "until": self.world.now() + ORDER_LIFE, "declines": 0,
        }  # fmt: skip
        return Answer(200, self.order(self.world.of("paypal.orders")[wanted]))

    def get_order(self, account: str, params: JSON, wanted: str) -> Answer:
        order = self._mine("orders", account, wanted)
        if order["status"] in ("PAYER_ACTION_REQUIRED", "CREATED", "APPROVED") and order["until"] <= self.world.now():
            raise refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        return Answer(200, self.order(order))

    def order(self, order: JSON) -> JSON:
        amount = {"currency_code": order["currency"], "value": shown(order["currency"], order["value"])}
        unit: JSON = {"reference_id": "default", "amount": amount, "payee": {"merchant_id": order["account"]}}
        for name, kept in (("custom_id", "custom"), ("invoice_id", "invoice"), ("description", "description")):
            if order[kept]:
                unit[name] = order[kept]
        if order["captures"]:
            captures = [self.world.of("paypal.captures")[one] for one in order["captures"]]
            refunds = [self.world.of("paypal.refunds")[one] for capture in captures for one in capture["refunds"]]
            unit["payments"] = {"captures": [shown_capture(one, self.world.base_url) for one in captures]}
            if refunds:
                unit["payments"]["refunds"] = [shown_refund(one, self.world.base_url) for one in refunds]
        here = f"{self.world.base_url}/paypal/v2/checkout/orders/{order['id']}"
        links = [{"href": here, "rel": "self", "method": "GET"}]
        if order["status"] != "COMPLETED":
            page = f"{self.world.base_url}/pay/paypal/{order['id']}"
            links.append({"href": page, "rel": "payer-action", "method": "GET"})
        return {
            "id": order["id"], "intent": "CAPTURE", "status": order["status"], "create_time": order["created"],
            "purchase_units": [unit], "links": links,
        }  # fmt: skip

    def capture_order(self, account: str, params: JSON, wanted: str) -> Answer:
        order = self._mine("orders", account, wanted)
        if order["captures"] and order["status"] == "COMPLETED":
            raise refusal(422, "UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED")
        if order["until"] <= self.world.now():
            raise refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        if order["status"] != "APPROVED":
            raise refusal(422, "UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED")
        if order["declines"]:
            order["declines"] -= 1
            order["status"] = "PAYER_ACTION_REQUIRED"
            raise refusal(422, "UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED")
        now = self.world.iso()
        capture = {
            "account": account, "id": self.world.new_id("", 17, UPPER), "order": wanted, "currency": order["currency"],
            "value": order["value"], "status": "PENDING" if order["later"] else "COMPLETED", "created": now,
            "updated": now, "refunds": [], "refunded": "0", "custom": order["custom"], "invoice": order["invoice"],
        }  # fmt: skip
        self.world.of("paypal.captures")[capture["id"]] = capture
        order["captures"].append(capture["id"])
        order["status"] = "COMPLETED"
        self._announce_capture(capture, capture["status"])
        return Answer(201, self.order(order))

    # --- Captures --------------------------------------------------------------------------------------------

    def get_capture(self, account: str, params: JSON, wanted: str) -> Answer:
        return Answer(200, shown_capture(self._mine("captures", account, wanted), self.world.base_url))

    def _announce_capture(self, capture: JSON, status: str) -> None:
        about = shown_capture(capture, self.world.base_url) | {
            "supplementary_data": {"related_ids": {"order_id": capture["order"]}}
        }
        self._announce(capture["account"], f"PAYMENT.CAPTURE.{status}", "capture", about)

    # --- What a payer does on the page -----------------------------------------------------------------------

    def approve(self, order: JSON, *, later: bool = False) -> None:
        """The payer approves; the money moves when the seller captures it."""
        if order["status"] == "COMPLETED" or order["until"] <= self.world.now():
            raise refusal(422, "UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED")
        order |= {"status": "APPROVED", "later": later, "until": self.world.now() + ORDER_LIFE}
        self._announce(order["account"], "CHECKOUT.ORDER.APPROVED", "checkout-order", self.order(order))

    def decline(self, order: JSON) -> None:
        """The payer approves with means that PayPal will decline when they are captured."""
        self.approve(order)
        order["declines"] += 1

    def settle(self, capture_id: str, *, succeeds: bool) -> None:
        """What was pending is in, or denied."""
        capture = self.world.of("paypal.captures")[capture_id]
        if capture["status"] == "PENDING":
            capture |= {"status": "COMPLETED" if succeeds else "DECLINED", "updated": self.world.iso()}
            self._announce_capture(capture, "COMPLETED" if succeeds else "DENIED")

    # --- Refunds and disputes --------------------------------------------------------------------------------

    def refund_capture(self, account: str, params: JSON, wanted: str) -> Answer:
        capture = self._mine("captures", account, wanted)
        asked = params.get("amount")
        currency, value = self._amount(asked) if asked else (capture["currency"], Decimal(0))
        if currency != capture["currency"]:
            raise refusal(422, "UNPROCESSABLE_ENTITY", "REFUND_CAPTURE_CURRENCY_MISMATCH")
        refund = self.give_back(capture, value, str(params.get("custom_id") or ""))
        return Answer(201, shown_refund(refund, self.world.base_url))

    def give_back(self, capture: JSON, value: Decimal, custom: str = "") -> JSON:
        """A refund of a capture, by the API or in PayPal's dashboard. 0 for all that is left."""
        left = Decimal(capture["value"]) - Decimal(capture["refunded"])
        if capture["status"] == "PENDING":
            raise refusal(422, "UNPROCESSABLE_ENTITY", "PENDING_CAPTURE")
        if capture.get("disputed"):
            raise refusal(422, "UNPROCESSABLE_ENTITY", "TRANSACTION_DISPUTED")
        if left <= 0 or capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
            raise refusal(422, "UNPROCESSABLE_ENTITY", "CAPTURE_FULLY_REFUNDED")
        value = value or left
        if value > left:
            raise refusal(422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED")
        refund = {
            "account": capture["account"], "id": self.world.new_id("", 17, UPPER), "capture": capture["id"],
            "currency": capture["currency"], "value": str(value), "status": "COMPLETED", "custom": custom,
            "created": self.world.iso(),
        }  # fmt: skip
        self.world.of("paypal.refunds")[refund["id"]] = refund
        capture["refunds"].append(refund["id"])
        self._refunded(capture, Decimal(capture["refunded"]) + value)
        self._announce(
            capture["account"], "PAYMENT.CAPTURE.REFUNDED", "refund", shown_refund(refund, self.world.base_url)
        )
        return refund

    def _refunded(self, capture: JSON, value: Decimal) -> None:
        full = value >= Decimal(capture["value"])
        status = "REFUNDED" if full else "PARTIALLY_REFUNDED" if value else "COMPLETED"
        capture |= {"refunded": str(value), "status": status, "updated": self.world.iso()}

    def fail_refund(self, refund_id: str) -> None:
        """A refund comes back."""
        refund = self.world.of("paypal.refunds")[refund_id]
        if refund["status"] == "FAILED":
            return
        refund["status"] = "FAILED"
        capture = self.world.of("paypal.captures")[refund["capture"]]
        self._refunded(capture, Decimal(capture["refunded"]) - Decimal(refund["value"]))

    def get_refund(self, account: str, params: JSON, wanted: str) -> Answer:
        return Answer(200, shown_refund(self._mine("refunds", account, wanted), self.world.base_url))

    def open_dispute(self, capture_id: str) -> str:
        """The payer disputes a payment; its id."""
        capture = self.world.of("paypal.captures")[capture_id]
        capture["disputed"] = True
        dispute = {
            "account": capture["account"], "id": self.world.new_id("PP-D-", 5, "0123456789"), "capture": capture_id,
            "currency": capture["currency"], "value": capture["value"], "status": "WAITING_FOR_SELLER_RESPONSE",
            "outcome": "", "created": self.world.iso(),
        }  # fmt: skip
        self.world.of("paypal.disputes")[dispute["id"]] = dispute
        self._announce(capture["account"], "CUSTOMER.DISPUTE.CREATED", "dispute", shown_dispute(dispute))
        return str(dispute["id"])

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        dispute = self.world.of("paypal.disputes")[dispute_id]
        dispute |= {"status": "RESOLVED", "outcome": "RESOLVED_SELLER_FAVOUR" if won else "RESOLVED_BUYER_FAVOUR"}
        self._announce(dispute["account"], "CUSTOMER.DISPUTE.RESOLVED", "dispute", shown_dispute(dispute))

    def list_disputes(self, account: str, params: JSON) -> Answer:
        wanted = params.get("disputed_transaction_id")
        own = [one for one in self.world.of("paypal.disputes").values() if one["account"] == account]
        return Answer(
            200, {"items": [shown_dispute(one) for one in own if wanted in (None, one["capture"])], "links": []}
        )

    # --- Webhooks --------------------------------------------------------------------------------------------

    def create_hook(self, account: str, params: JSON) -> Answer:
        names = [str(one.get("name")) for one in params.get("event_types") or []]
        if not re.match(r"https?://", str(params.get("url"))) or not names:
            raise refusal(400, "VALIDATION_ERROR", "INVALID_PARAMETER_SYNTAX")
        own = [one for one in self.world.of("paypal.hooks").values() if one["account"] == account]
        if any(one["url"] == params["url"] for one in own):
            raise refusal(400, "WEBHOOK_URL_ALREADY_EXISTS")
        wanted = self.world.new_id("", 17, UPPER)
        hook = {"account": account, "id": wanted, "url": params["url"], "events": names, "secret": wanted}
        self.world.of("paypal.hooks")[wanted] = hook
        return Answer(201, shown_hook(hook, self.world.base_url))

    def list_hooks(self, account: str, params: JSON) -> Answer:
        own = [one for one in self.world.of("paypal.hooks").values() if one["account"] == account]
        return Answer(200, {"webhooks": [shown_hook(one, self.world.base_url) for one in own]})

    def delete_hook(self, account: str, params: JSON, wanted: str) -> Answer:
        self._mine("hooks", account, wanted)
        del self.world.of("paypal.hooks")[wanted]
        return Answer(204, "")

    def verify(self, account: str, body: bytes) -> JSON:
        """Whether a webhook is ours, by the bytes of `webhook_event` as they were sent."""
        said = json.loads(body)
        found = re.search(rb'"webhook_event"\s*:\s*', body)
        hook = self.world.of("paypal.hooks").get(str(said.get("webhook_id")))
        if not found or hook is None or hook["account"] != account:
            return {"verification_status": "FAILURE"}
        event = body[found.end() : body.rindex(b"}")]
        fits = self.signer.verify(
            said["transmission_id"], said["transmission_time"], said["webhook_id"], event, said["transmission_sig"]
        )
        return {"verification_status": "SUCCESS" if fits else "FAILURE"}

    def list_events(self, account: str, params: JSON) -> Answer:
        since = datetime.fromisoformat(str(params.get("start_time") or "2000-01-01T00:00:00Z").replace("Z", "+00:00"))
        own = [one["event"] for one in self.world.of("paypal.events").values() if one["account"] == account]
        found = [one for one in own if datetime.fromisoformat(one["create_time"].replace("Z", "+00:00")) >= since]
        return Answer(
            200, {"events": found[::-1][: int(params.get("page_size") or 10)], "count": len(found), "links": []}
        )

    def resend_event(self, account: str, params: JSON, wanted: str) -> Answer:
        event = self._mine("events", account, wanted)["event"]
        self.world.announce("paypal", account, event, event["event_type"])
        return Answer(202, event)

    def _announce(self, account: str, name: str, kind: str, about: JSON) -> None:
        wanted = f"WH-{self.world.new_id('', 17, UPPER)}-{self.world.new_id('', 17, UPPER)}"
        event = {
            "id": wanted, "event_version": "1.0", "create_time": self.world.iso(), "resource_type": kind,
            "resource_version": "2.0", "event_type": name, "summary": name.replace(".", " ").capitalize(),
            "resource": about, "links": [],
        }  # fmt: skip
        self.world.of("paypal.events")[wanted] = {"account": account, "event": event}
        self.world.announce("paypal", account, event, name)

"""Square's dialect: payment links, orders, payments, refunds, disputes, locations, webhook subscriptions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from advisory_portal.sandbox.square_shapes import shown_dispute, shown_payment, shown_refund
from advisory_portal.sandbox.world import JSON, Answer, ApiError, Request, World

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SMALLEST = {"EUR": 1, "USD": 1, "GBP": 1, "JPY": 1, "CAD": 1, "AUD": 1}
LINK = {
    "idempotency_key", "description", "quick_pay", "order", "checkout_options", "pre_populated_data", "payment_note",
}  # fmt: skip


def refusal(
    code: str, detail: str, status: int = 400, category: str = "INVALID_REQUEST_ERROR", at: str = ""
) -> ApiError:
    error = {"category": category, "code": code, "detail": detail}
    if at:
        error["field"] = at
    return ApiError(status, {"errors": [error]})


class Square:
    """Square as far as this project speaks with it. A location's currency is named in its id: L…EUR."""

    company = "square"

    def __init__(self, world: World) -> None:
        self.world = world

    # --- Requests --------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        account = self._account(request)
        if request.body:
            try:
                params = json.loads(request.body)
            except ValueError as error:
                raise refusal("EXPECTED_JSON_BODY", "The body is no JSON.") from error
        else:
            params = dict(request.query)
        for pattern, method, work in self._routes():
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                return self._once(request, account, params, lambda: work(account, params, *found.groups()))  # noqa: B023 - called at once
        raise refusal("NOT_FOUND", "Resource not found.", 404)

    def _routes(self) -> list[tuple[str, str, Callable[..., JSON]]]:
        one = r"([A-Za-z0-9_-]+)"
        return [
            (r"/v2/online-checkout/payment-links", "POST", self.create_link),
            (rf"/v2/online-checkout/payment-links/{one}", "GET", self.get_link),
            (rf"/v2/online-checkout/payment-links/{one}", "DELETE", self.delete_link),
            (rf"/v2/orders/{one}", "GET", self.get_order),
            (r"/v2/payments", "GET", self.list_payments),
            (rf"/v2/payments/{one}", "GET", self.get_payment),
            (r"/v2/refunds", "POST", self.create_refund),
            (rf"/v2/refunds/{one}", "GET", self.get_refund),
            (r"/v2/disputes", "GET", self.list_disputes),
            (rf"/v2/disputes/{one}", "GET", self.get_dispute),
            (r"/v2/locations", "GET", self.list_locations),
            (rf"/v2/locations/{one}", "GET", self.get_location),
            (r"/v2/webhooks/subscriptions", "POST", self.create_hook),
            (rf"/v2/webhooks/subscriptions/{one}", "DELETE", self.delete_hook),
        ]

    def _account(self, request: Request) -> str:
        token = request.header("authorization").removeprefix("Bearer ")
        if not token.startswith("EAAA") or token in self.world.revoked:
            raise refusal("UNAUTHORIZED", "This request could not be authorized.", 401, "AUTHENTICATION_ERROR")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", request.header("square-version")):
            raise refusal("INVALID_SQUARE_VERSION_FORMAT", "The version is no date.")
        return hashlib.sha256(token.encode()).hexdigest()[:13].upper()

    def _once(self, request: Request, account: str, params: JSON, work: Callable[[], JSON]) -> Answer:
        key = params.get("idempotency_key") if request.method == "POST" else None
        if not key:
            return Answer(200, work())
        answer, same = self.world.once(("square", account, request.path, str(key)), params, lambda: Answer(200, work()))
        if not same:
            raise refusal("IDEMPOTENCY_KEY_REUSED", "Different request parameters used for the same idempotency_key.")
        return answer

    def _mine(self, kind: str, account: str, wanted: str) -> JSON:
        found = self.world.of(f"square.{kind}").get(wanted)
        if found is None or found["account"] != account:
            raise refusal("NOT_FOUND", f"Could not find {kind[:-1]} with id: {wanted}", 404)
        return found

    def _currency(self, location: str) -> str:
        found = re.fullmatch(r"L[A-Z0-9]*([A-Z]{3})", location)
        if not found:
            raise refusal("NOT_FOUND", f"Location `{location}` not found.", 404)
        return found.group(1)

    # --- Links and orders ------------------------------------------------------------------------------------

    def create_link(self, account: str, params: JSON) -> JSON:
        unknown = set(params) - LINK
        if unknown:
            raise refusal("UNRECOGNIZED_FIELD", "Unrecognized field.", at=sorted(unknown)[0])
        order = params.get("order") or {}
        currency = self._currency(str(order.get("location_id") or ""))
        lines = order.get("line_items") or []
        if len(lines) != 1 or not lines[0].get("name") or lines[0].get("quantity") != "1":
            raise refusal("INVALID_VALUE", "One line with a name and a quantity is wanted.", at="order.line_items")
        money = lines[0].get("base_price_money") or {}
        if money.get("currency") != currency:
            raise refusal("INVALID_VALUE", "The currency must be that of the location.", at="currency")
        amount = money.get("amount")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < SMALLEST.get(currency, 1):
            raise refusal("AMOUNT_TOO_LOW" if isinstance(amount, int) else "EXPECTED_INTEGER", "Invalid amount.")
        if amount > 99_999_999:
            raise refusal("AMOUNT_TOO_HIGH", "The amount is too high.")
        if len(str(order.get("reference_id") or "")) > 40:
            raise refusal("VALUE_TOO_LONG", "At most 40 characters.", at="order.reference_id")
        options = params.get("checkout_options") or {}
        if not re.match(r"https?://", str(options.get("redirect_url"))):
            raise refusal("INVALID_VALUE", "The redirect_url is no address.", at="checkout_options.redirect_url")
        order_id, link_id = self.world.new_id("", 28), self.world.new_id("", 16, UPPER)
        now = self.world.iso()
        self.world.of("square.orders")[order_id] = {
            "account": account, "id": order_id, "state": "DRAFT", "location": order["location_id"], "amount": amount,
            "currency": currency, "name": lines[0]["name"], "reference": order.get("reference_id"),
            "metadata": order.get("metadata") or {}, "payments": [], "created": now, "updated": now, "version": 1,
            "link": link_id, "redirect_url": options["redirect_url"], "uid": self.world.new_id("", 21),
        }  # fmt: skip
        self.world.of("square.links")[link_id] = {
            "account": account, "id": link_id, "order": order_id, "created": now,
            "description": params.get("description"), "note": params.get("payment_note"), "options": options,
        }  # fmt: skip
        made = self.world.of("square.links")[link_id]
        shown = self.order(self.world.of("square.orders")[order_id])
        return {"payment_link": self.link(made), "related_resources": {"orders": [shown]}}

    def link(self, link: JSON) -> JSON:
        url = f"{self.world.base_url}/pay/square/{link['id']}"
        shown = {
            "id": link["id"], "version": 1, "order_id": link["order"], "url": url, "long_url": url,
            "created_at": link["created"], "checkout_options": link["options"],
        }  # fmt: skip
        if link["description"]:
            shown["description"] = link["description"]
        if link["note"]:
            shown["payment_note"] = link["note"]
        return shown

    def get_link(self, account: str, params: JSON, wanted: str) -> JSON:
        return {"payment_link": self.link(self._mine("links", account, wanted))}

    def delete_link(self, account: str, params: JSON, wanted: str) -> JSON:
        link = self._mine("links", account, wanted)
        order = self.world.of("square.orders")[link["order"]]
        if order["state"] not in ("DRAFT", "OPEN") or any(self._is_paid(one) for one in order["payments"]):
            raise refusal("BAD_REQUEST", "The link's order is paid.")
        del self.world.of("square.links")[wanted]
        self._change(order, "CANCELED")
        return {"id": wanted, "cancelled_order_id": order["id"]}

    def _is_paid(self, payment_id: str) -> bool:
        return self.world.of("square.payments")[payment_id]["status"] in ("COMPLETED", "APPROVED", "PENDING")

    def _change(self, order: JSON, state: str) -> None:
        order |= {"state": state, "updated": self.world.iso(), "version": order["version"] + 1}
        said = {
            "order_id": order["id"], "version": order["version"], "location_id": order["location"], "state": state,
            "created_at": order["created"], "updated_at": order["updated"],
        }  # fmt: skip
        self._announce(order["account"], "order.updated", order["id"], "order_updated", {"order_updated": said})

    def get_order(self, account: str, params: JSON, wanted: str) -> JSON:
        return {"order": self.order(self._mine("orders", account, wanted))}

    def order(self, order: JSON) -> JSON:
        total = {"amount": order["amount"], "currency": order["currency"]}
        none = {"amount": 0, "currency": order["currency"]}
        line = {
            "uid": order["uid"], "name": order["name"], "quantity": "1", "item_type": "ITEM", "base_price_money": total,
            "gross_sales_money": total, "total_money": total, "total_tax_money": none, "total_discount_money": none,
            "variation_total_price_money": total,
        }  # fmt: skip
        shown = {
            "id": order["id"], "location_id": order["location"], "line_items": [line], "state": order["state"],
            "version": order["version"], "created_at": order["created"], "updated_at": order["updated"],
            "total_money": total, "total_tax_money": none, "total_discount_money": none, "total_tip_money": none,
            "total_service_charge_money": none, "metadata": order["metadata"],
            "net_amounts": {
                "total_money": total, "tax_money": none, "discount_money": none, "tip_money": none,
                "service_charge_money": none,
            },
        }  # fmt: skip
        if order["reference"]:
            shown["reference_id"] = order["reference"]
        paid = [one for one in order["payments"] if self._is_paid(one)]
        if paid:
            shown["tenders"] = [
                {"id": one, "type": "CARD", "payment_id": one, "amount_money": total, "location_id": order["location"]}
                for one in paid
            ]
        return shown

    # --- Payments --------------------------------------------------------------------------------------------

    def pay(self, order: JSON, *, later: bool = False) -> None:
        """The payer pays: now, or by a means that settles later. A payment link takes money once."""
        if order["state"] not in ("DRAFT", "OPEN") or any(self._is_paid(one) for one in order["payments"]):
            raise refusal("BAD_REQUEST", "This order cannot be paid.")
        payment = self._new_payment(order, "PENDING" if later else "COMPLETED")
        self._announce_payment(payment, "payment.created")
        self._announce_payment(payment, "payment.updated")
        self._change(order, "OPEN" if later else "COMPLETED")

    def decline(self, order: JSON) -> None:
        """The card is declined: the payer may try another."""
        if order["state"] in ("DRAFT", "OPEN"):
            payment = self._new_payment(order, "FAILED")
            self._announce_payment(payment, "payment.updated")

    def _new_payment(self, order: JSON, status: str) -> JSON:
        now = self.world.iso()
        payment = {
            "account": order["account"], "id": self.world.new_id("", 26), "order": order["id"], "status": status,
            "amount": order["amount"], "currency": order["currency"], "location": order["location"], "refunded": 0,
            "refunds": [], "created": now, "updated": now, "version": 1, "disputed": False,
            "reference": order["reference"],
        }  # fmt: skip
        self.world.of("square.payments")[payment["id"]] = payment
        order["payments"].append(payment["id"])
        return payment

    def settle(self, payment_id: str, *, succeeds: bool) -> None:
        """What settled later is in, or failed."""
        payment = self.world.of("square.payments")[payment_id]
        if payment["status"] != "PENDING":
            return
        payment |= {"status": "COMPLETED" if succeeds else "FAILED", "updated": self.world.iso()}
        order = self.world.of("square.orders")[payment["order"]]
        self._announce_payment(payment, "payment.updated")
        self._change(order, "COMPLETED" if succeeds else "OPEN")

    def get_payment(self, account: str, params: JSON, wanted: str) -> JSON:
        return {"payment": shown_payment(self._mine("payments", account, wanted))}

    def list_payments(self, account: str, params: JSON) -> JSON:
        own = [one for one in self.world.of("square.payments").values() if one["account"] == account]
        begin = str(params.get("begin_time") or "")[:19]
        found = [one for one in own if one["created"][:19] >= begin]
        found = [one for one in found if params.get("location_id") in (None, one["location"])][::-1]
        start, limit = int(params.get("cursor") or 0), int(params.get("limit") or 100)
        answer: JSON = {"payments": [shown_payment(one) for one in found[start : start + limit]]}
        return answer | ({"cursor": str(start + limit)} if start + limit < len(found) else {})

    # --- Refunds and disputes --------------------------------------------------------------------------------

    def create_refund(self, account: str, params: JSON) -> JSON:
        key = str(params.get("idempotency_key") or "")
        if not 0 < len(key) <= 45:
            raise refusal("VALUE_TOO_LONG" if key else "MISSING_REQUIRED_PARAMETER", "1 to 45 characters.")
        money = params.get("amount_money") or {}
        payment = self._mine("payments", account, str(params.get("payment_id")))
        if money.get("currency") != payment["currency"]:
            raise refusal("INVALID_VALUE", "The currency must be that of the payment.", at="amount_money.currency")
        refund = self.give_back(payment, int(money.get("amount") or 0), str(params.get("reason") or ""))
        return {"refund": shown_refund(refund)}

    def give_back(self, payment: JSON, amount: int, reason: str) -> JSON:
        """A refund of a payment, by the API or in Square's dashboard: it starts pending. 0 for all that is left."""
        left = payment["amount"] - payment["refunded"]
        if payment["status"] != "COMPLETED":
            raise refusal("PAYMENT_NOT_REFUNDABLE", "The payment is not completed.", category="REFUND_ERROR")
        if payment["disputed"]:
            raise refusal("PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE", "The payment is disputed.", category="REFUND_ERROR")
        amount = amount or left
        if amount <= 0 or amount > left:
            raise refusal("REFUND_AMOUNT_INVALID", "More than what is left of the payment.", category="REFUND_ERROR")
        now = self.world.iso()
        refund = {
            "account": payment["account"], "id": f"{payment['id']}_{self.world.new_id('', 22)}", "status": "PENDING",
            "amount": amount, "currency": payment["currency"], "payment": payment["id"], "order": payment["order"],
            "reason": reason, "created": now, "updated": now, "location": payment["location"],
        }  # fmt: skip
        self.world.of("square.refunds")[refund["id"]] = refund
        payment["refunds"].append(refund["id"])
        payment["refunded"] += amount
        self._announce(payment["account"], "refund.created", refund["id"], "refund", {"refund": shown_refund(refund)})
        self._announce_payment(payment, "payment.updated")
        return refund

    def settle_refund(self, refund_id: str, *, succeeds: bool) -> None:
        """A pending refund is done, or rejected."""
        refund = self.world.of("square.refunds")[refund_id]
        if refund["status"] in ("REJECTED", "FAILED"):
            return
        refund |= {"status": "COMPLETED" if succeeds else "FAILED", "updated": self.world.iso()}
        if not succeeds:
            self.world.of("square.payments")[refund["payment"]]["refunded"] -= refund["amount"]
        self._announce(refund["account"], "refund.updated", refund["id"], "refund", {"refund": shown_refund(refund)})

    def get_refund(self, account: str, params: JSON, wanted: str) -> JSON:
        return {"refund": shown_refund(self._mine("refunds", account, wanted))}

    def open_dispute(self, payment_id: str) -> str:
        """The payer's bank disputes a payment; its id."""
        payment = self.world.of("square.payments")[payment_id]
        payment["disputed"] = True
        now = self.world.iso()
        dispute = {
            "account": payment["account"], "id": self.world.new_id("", 20), "payment": payment_id, "created": now,
            "amount": payment["amount"] - payment["refunded"], "currency": payment["currency"], "updated": now,
            "location": payment["location"], "state": "EVIDENCE_REQUIRED", "version": 1,
            "due": self.world.iso(self.world.now() + 864_000),
        }  # fmt: skip
        self.world.of("square.disputes")[dispute["id"]] = dispute
        shown = {"dispute": shown_dispute(dispute)}
        self._announce(payment["account"], "dispute.created", dispute["id"], "dispute", shown)
        return str(dispute["id"])

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        dispute = self.world.of("square.disputes")[dispute_id]
        dispute |= {"state": "WON" if won else "LOST", "updated": self.world.iso(), "version": dispute["version"] + 1}
        shown = {"dispute": shown_dispute(dispute)}
        self._announce(dispute["account"], "dispute.state.updated", dispute_id, "dispute", shown)

    def list_disputes(self, account: str, params: JSON) -> JSON:
        own = [one for one in self.world.of("square.disputes").values() if one["account"] == account]
        return {"disputes": [shown_dispute(one) for one in own]} if own else {}

    def get_dispute(self, account: str, params: JSON, wanted: str) -> JSON:
        return {"dispute": shown_dispute(self._mine("disputes", account, wanted))}

    # --- Locations and webhooks ------------------------------------------------------------------------------

    def get_location(self, account: str, params: JSON, wanted: str) -> JSON:
        return {"location": self.location(account, wanted)}

    def list_locations(self, account: str, params: JSON) -> JSON:
        return {"locations": [self.location(account, "LMAINEUR")]}

    def location(self, account: str, wanted: str) -> JSON:
        return {
            "id": wanted, "name": "Sandbox", "business_name": "Sandbox", "currency": self._currency(wanted),
            "merchant_id": account, "country": "ES", "status": "ACTIVE", "capabilities": ["CREDIT_CARD_PROCESSING"],
            "language_code": "es-ES", "timezone": "Europe/Madrid", "type": "PHYSICAL",
        }  # fmt: skip

    def create_hook(self, account: str, params: JSON) -> JSON:
        wanted = params.get("subscription") or {}
        if not re.match(r"https?://", str(wanted.get("notification_url"))):
            raise refusal("INVALID_VALUE", "The notification_url is no address.")
        hook = {
            "account": account, "id": self.world.new_id("wbhk_", 32), "url": wanted["notification_url"],
            "events": list(wanted.get("event_types") or []), "secret": self.world.new_id("", 22),
            "name": wanted.get("name") or "", "created": self.world.iso(),
        }  # fmt: skip
        self.world.of("square.hooks")[hook["id"]] = hook
        shown = {
            "id": hook["id"], "name": hook["name"], "enabled": True, "event_types": hook["events"],
            "notification_url": hook["url"], "api_version": "2026-09-16", "signature_key": hook["secret"],
            "created_at": hook["created"], "updated_at": hook["created"],
        }  # fmt: skip
        return {"subscription": shown}

    def delete_hook(self, account: str, params: JSON, wanted: str) -> JSON:
        self._mine("hooks", account, wanted)
        del self.world.of("square.hooks")[wanted]
        return {}

    def _announce_payment(self, payment: JSON, name: str) -> None:
        self._announce(payment["account"], name, payment["id"], "payment", {"payment": shown_payment(payment)})

    def _announce(self, account: str, name: str, about: Any, kind: str, shown: JSON) -> None:
        event: JSON = {
            "merchant_id": account, "type": name, "event_id": self.world.new_id("", 36), "created_at": self.world.iso(),
            "data": {"type": kind, "id": about, "object": shown},
        }  # fmt: skip
        self.world.of("square.events")[event["event_id"]] = {"account": account, "event": event}
        self.world.announce("square", account, event, name)

"""Stripe's dialect: Checkout Sessions, payment intents, charges, refunds, disputes, events, webhook endpoints."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from advisory_portal.sandbox.stripe_billing import Billing
from advisory_portal.sandbox.stripe_shapes import (
    CURRENCIES,
    DAY,
    LARGEST,
    SMALLEST,
    form,
    refusal,
    shown_charge,
    shown_dispute,
    shown_hook,
    shown_page,
    shown_refund,
)
from advisory_portal.sandbox.world import JSON, Answer, Request, World

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split())
# What a session may be asked with, level by level; Stripe refuses a word that it does not know.
SESSION = {
    "mode", "success_url", "cancel_url", "client_reference_id", "customer_email", "locale", "submit_type", "line_items",
    "metadata", "payment_intent_data", "expires_at", "adaptive_pricing", "excluded_payment_method_types", "expand",
}  # fmt: skip


def account_of(key: str) -> str:
    """Whose key it is."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


class Stripe:
    """Stripe as far as this project speaks with it."""

    company = "stripe"

    def __init__(self, world: World) -> None:
        self.world = world
        self.billing = Billing(self)

    # --- Requests --------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        account = self._account(request)
        params = form(request.query if request.method == "GET" else parse_qsl(request.body.decode(), True))
        for pattern, method, work in self._routes():
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                return self._once(request, account, params, lambda: work(account, params, *found.groups()))  # noqa: B023 - called at once
        raise refusal(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)

    def _routes(self) -> list[tuple[str, str, Callable[..., JSON]]]:
        one = r"([A-Za-z0-9_]+)"
        return [
            (r"/v1/checkout/sessions", "POST", self.create_session),
            (r"/v1/checkout/sessions", "GET", self.list_sessions),
            (rf"/v1/checkout/sessions/{one}", "GET", self.get_session),
            (rf"/v1/checkout/sessions/{one}/expire", "POST", self.expire_session),
            (rf"/v1/payment_intents/{one}", "GET", self.get_intent),
            (rf"/v1/charges/{one}", "GET", self.get_charge),
            (r"/v1/refunds", "POST", self.create_refund),
            (r"/v1/refunds", "GET", self.list_refunds),
            (rf"/v1/refunds/{one}", "GET", self.get_refund),
            (r"/v1/disputes", "GET", self.list_disputes),
            (r"/v1/events", "GET", self.list_events),
            (r"/v1/balance", "GET", self.get_balance),
            (r"/v1/webhook_endpoints", "POST", self.create_hook),
            (r"/v1/webhook_endpoints", "GET", self.list_hooks),
            (rf"/v1/webhook_endpoints/{one}", "DELETE", self.delete_hook),
            *self.billing.routes(),
        ]

    def _account(self, request: Request) -> str:
        key = request.header("authorization").removeprefix("Bearer ")
        if not re.fullmatch(r"(sk|rk)_test_\w+", key) or key in self.world.revoked:
            raise refusal("Invalid API Key provided.", status=401)
        if not request.header("stripe-version"):
            raise refusal("You must name the version of the API.")
        return account_of(key)

    def _once(self, request: Request, account: str, params: JSON, work: Callable[[], JSON]) -> Answer:
        headers = {"Request-Id": self.world.new_id("req_", 14)}
        key = request.header("idempotency-key")
        if request.method != "POST" or not key:
            return Answer(200, work(), headers)
        asked = [request.path, params]
        answer, same = self.world.once(("stripe", account, key), asked, lambda: Answer(200, work(), headers))
        if not same:
            raise refusal(
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                kind="idempotency_error",
            )
        return answer

    def _mine(self, kind: str, account: str, wanted: str, name: str) -> JSON:
        found = self.world.of(f"stripe.{kind}").get(wanted)
        if found is None or found["account"] != account:
            raise refusal(f"No such {name}: '{wanted}'", "resource_missing", "id", 404)
        return found

    # --- Sessions --------------------------------------------------------------------------------------------

    def create_session(self, account: str, params: JSON) -> JSON:
        if params.get("mode") == "subscription":
            return self.billing.create_session(account, params)
        unknown = set(params) - SESSION
        if unknown:
            name = sorted(unknown)[0]
            raise refusal(f"Received unknown parameter: {name}", "parameter_unknown", name)
        currency, amount, title = self._line(params)
        expires = self._expiry(params)
        if len(params.get("client_reference_id", "")) > 200:
            raise refusal("Invalid string: at most 200 characters.", param="client_reference_id")
        for name in ("success_url", "cancel_url"):
            if not re.match(r"https?://", params.get(name, "")):
                raise refusal("Not a valid URL", "url_invalid", name)
        wanted = self.world.new_id("cs_test_", 58)
        self.world.of("stripe.sessions")[wanted] = {
            "account": account, "id": wanted, "created": self.world.seconds(), "expires_at": expires,
            "currency": currency, "amount": amount, "title": title, "status": "open", "payment_status": "unpaid",
            "intent": "", "reference": params.get("client_reference_id"), "email": params.get("customer_email"),
            "metadata": params.get("metadata") or {}, "cancel_url": params.get("cancel_url"),
            "success_url": params["success_url"],
            "intent_metadata": (params.get("payment_intent_data") or {}).get("metadata") or {},
        }  # fmt: skip
        return self.session(self._mine("sessions", account, wanted, "checkout.session"))

    def _line(self, params: JSON) -> tuple[str, int, str]:
        if params.get("mode") != "payment":
            raise refusal("You must pass a mode.", "parameter_missing", "mode")
        lines = params.get("line_items")
        if not isinstance(lines, list) or len(lines) != 1:
            raise refusal("You must pass line_items.", "parameter_missing", "line_items")
        price = lines[0].get("price_data") or {}
        currency = str(price.get("currency") or "")
        if currency not in CURRENCIES:
            raise refusal(f"Invalid currency: {currency}.", param="line_items[0][price_data][currency]")
        amount = str(price.get("unit_amount") or "")
        if not re.fullmatch(r"\d{1,12}", amount) or lines[0].get("quantity") != "1":
            raise refusal(f"Invalid integer: {amount}", "parameter_invalid_integer", "line_items[0][price_data]")
        if int(amount) < SMALLEST.get(currency, 1):
            raise refusal("The total is below the least that can be charged.", "amount_too_small")
        if int(amount) > LARGEST:
            raise refusal("The amount is too large.", "amount_too_large")
        if currency in ("bhd", "jod", "kwd", "omr", "tnd") and int(amount) % 10:
            raise refusal("The last digit must be 0.", "invalid_charge_amount")
        return currency, int(amount), str((price.get("product_data") or {}).get("name") or "")

    def _expiry(self, params: JSON) -> int:
        now = self.world.seconds()
        expires = int(params.get("expires_at") or now + DAY)
        if not now + 1790 <= expires <= now + DAY + 10:
            raise refusal("The expires_at must be between 30 minutes and 24 hours from now.", param="expires_at")
        return expires

    def get_session(self, account: str, params: JSON, wanted: str) -> JSON:
        found = self._mine("sessions", account, wanted, "checkout.session")
        self._let_expire(found)
        return self.session(found, params.get("expand") or [])

    def list_sessions(self, account: str, params: JSON) -> JSON:
        since = int((params.get("created") or {}).get("gte") or 0)
        own = [one for one in self.world.of("stripe.sessions").values() if one["account"] == account]
        for one in own:
            self._let_expire(one)
        found = [one for one in own if one["created"] >= since and params.get("status", one["status"]) == one["status"]]
        expand = [one.removeprefix("data.") for one in params.get("expand") or []]
        return shown_page("/v1/checkout/sessions", found[::-1], params, lambda one: self.session(one, expand))

    def expire_session(self, account: str, params: JSON, wanted: str) -> JSON:
        found = self._mine("sessions", account, wanted, "checkout.session")
        self._let_expire(found)
        if found["status"] != "open":
            raise refusal('Only Checkout Sessions with a status in ["open"] can be expired.')
        self._expire(found)
        return self.session(found)

    def _let_expire(self, session: JSON) -> None:
        if session["status"] == "open" and session["expires_at"] <= self.world.seconds():
            self._expire(session)

    def _expire(self, session: JSON) -> None:
        session["status"] = "expired"
        self._announce(session["account"], "checkout.session.expired", self.session(session))

    def session(self, session: JSON, expand: list[str] | None = None) -> JSON:
        """A session as Stripe shows it; `expand` as the request asked."""
        intent: Any = session["intent"] or None
        if intent and any(one.startswith("payment_intent") for one in expand or ()):
            inner = [one.removeprefix("payment_intent.") for one in expand or () if "." in one]
            intent = self.intent(self.world.of("stripe.intents")[intent], inner)
        shown_url = f"{self.world.base_url}/pay/stripe/{session['id']}" if session["status"] == "open" else None
        return {
            "id": session["id"], "object": "checkout.session", "adaptive_pricing": {"enabled": False},
            "amount_subtotal": session["amount"], "amount_total": session["amount"],
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "cancel_url": session["cancel_url"], "client_reference_id": session["reference"],
            "created": session["created"], "currency": session["currency"], "custom_fields": [],
            "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            "customer_email": session["email"], "expires_at": session["expires_at"], "livemode": False,
            "locale": "auto", "metadata": session["metadata"], "mode": session.get("mode", "payment"),
            "payment_intent": intent, "customer": session.get("customer"),
            "subscription": session.get("subscription") or None,
            "payment_method_types": ["card"], "payment_status": session["payment_status"], "shipping_options": [],
            "status": session["status"], "submit_type": None if "mode" in session else "pay",
            "success_url": session["success_url"], "ui_mode": "hosted_page", "url": shown_url,
        }  # fmt: skip

    # --- Intents and charges ---------------------------------------------------------------------------------

    def get_intent(self, account: str, params: JSON, wanted: str) -> JSON:
        return self.intent(self._mine("intents", account, wanted, "payment_intent"), params.get("expand") or [])

    def get_charge(self, account: str, params: JSON, wanted: str) -> JSON:
        return shown_charge(self._mine("charges", account, wanted, "charge"), params.get("expand") or [])

    def intent(self, intent: JSON, expand: list[str] | None = None) -> JSON:
        charge: Any = intent["charge"] or None
        if charge and any(one.startswith("latest_charge") for one in expand or ()):
            inner = [one.removeprefix("latest_charge.") for one in expand or () if "." in one]
            charge = shown_charge(self.world.of("stripe.charges")[charge], inner, self.world.of("stripe.refunds"))
        received = intent["amount"] if intent["status"] == "succeeded" else 0
        return {
            "id": intent["id"], "object": "payment_intent", "amount": intent["amount"], "amount_capturable": 0,
            "amount_received": received, "capture_method": "automatic_async", "confirmation_method": "automatic",
            "created": intent["created"], "currency": intent["currency"], "last_payment_error": intent["error"],
            "latest_charge": charge, "livemode": False, "metadata": intent["metadata"],
            "payment_method_types": ["card"], "status": intent["status"],
        }  # fmt: skip

    # --- What a payer does on the page -----------------------------------------------------------------------

    def pay(self, session: JSON, *, later: bool = False) -> None:
        """The payer pays: now, or by a means that settles later."""
        self._let_expire(session)
        if session["status"] != "open":
            raise refusal("This Checkout Session is not open.")
        if session.get("mode") == "subscription":
            self.billing.subscribe(session)
            return
        now = self.world.seconds()
        intent, charge = self.world.new_id("pi_"), self.world.new_id("ch_")
        self.world.of("stripe.intents")[intent] = {
            "account": session["account"], "id": intent, "created": now, "amount": session["amount"],
            "currency": session["currency"], "status": "processing" if later else "succeeded", "charge": charge,
            "metadata": session["intent_metadata"], "error": None, "session": session["id"],
        }  # fmt: skip
        self.world.of("stripe.charges")[charge] = {
            "account": session["account"], "id": charge, "created": now, "amount": session["amount"],
            "currency": session["currency"], "intent": intent, "refunded": 0, "disputed": False, "failure": "",
            "status": "pending" if later else "succeeded",
            "transaction": "" if later else self.world.new_id("txn_"),
        }  # fmt: skip
        session |= {"status": "complete", "payment_status": "unpaid" if later else "paid", "intent": intent}
        self._announce(session["account"], "checkout.session.completed", self.session(session))

    def decline(self, session: JSON) -> None:
        """The card is declined: the session stays open for another."""
        self._let_expire(session)

    def settle(self, intent_id: str, *, succeeds: bool) -> None:
        """What settled later is in, or failed."""
        intent = self.world.of("stripe.intents")[intent_id]
        if intent["status"] != "processing":
            return
        charge = self.world.of("stripe.charges")[intent["charge"]]
        session = self.world.of("stripe.sessions")[intent["session"]]
        if succeeds:
            intent["status"], charge["status"] = "succeeded", "succeeded"
            charge["transaction"], session["payment_status"] = self.world.new_id("txn_"), "paid"
            name = "checkout.session.async_payment_succeeded"
        else:
            intent["status"], charge["status"], charge["failure"] = "requires_payment_method", "failed", "debit_failed"
            intent["error"] = {"type": "card_error", "code": "payment_method_provider_decline"}
            name = "checkout.session.async_payment_failed"
        self._announce(intent["account"], name, self.session(session))

    # --- Refunds and disputes --------------------------------------------------------------------------------

    def create_refund(self, account: str, params: JSON) -> JSON:
        unknown = set(params) - {"payment_intent", "charge", "amount", "reason", "metadata"}
        if unknown:
            raise refusal(f"Received unknown parameter: {sorted(unknown)[0]}", "parameter_unknown")
        if params.get("reason") not in (None, "duplicate", "fraudulent", "requested_by_customer"):
            raise refusal("Invalid reason", param="reason")
        intent = self._mine("intents", account, str(params.get("payment_intent")), "payment_intent")
        charge = self.world.of("stripe.charges")[intent["charge"]]
        return shown_refund(self.give_back(charge, int(params.get("amount") or 0), params.get("metadata") or {}))

    def give_back(self, charge: JSON, amount: int, metadata: JSON, status: str = "succeeded") -> JSON:
        """A refund of a charge: by the API, or in Stripe's dashboard. 0 for all that is left."""
        left = charge["amount"] - charge["refunded"]
        if charge["status"] != "succeeded":
            raise refusal("This charge has not succeeded.", "charge_not_refundable")
        if charge["disputed"]:
            raise refusal("The charge is disputed.", "charge_disputed")
        if left <= 0:
            raise refusal("The charge has already been refunded.", "charge_already_refunded")
        amount = amount or left
        if amount > left:
            raise refusal("Refund amount is greater than unrefunded amount on charge.", "amount_too_large", "amount")
        refund = {
            "account": charge["account"], "id": self.world.new_id("re_"), "amount": amount, "charge": charge["id"],
            "currency": charge["currency"], "intent": charge["intent"], "created": self.world.seconds(),
            "metadata": metadata, "status": status,
        }  # fmt: skip
        self.world.of("stripe.refunds")[refund["id"]] = refund
        charge["refunded"] += amount
        self._announce(charge["account"], "refund.created", shown_refund(refund))
        self._announce(charge["account"], "charge.refunded", shown_charge(charge))
        return refund

    def fail_refund(self, refund_id: str) -> None:
        """A refund comes back, as from a closed card."""
        refund = self.world.of("stripe.refunds")[refund_id]
        if refund["status"] == "failed":
            return
        refund["status"] = "failed"
        self.world.of("stripe.charges")[refund["charge"]]["refunded"] -= refund["amount"]
        self._announce(refund["account"], "refund.failed", shown_refund(refund))

    def list_refunds(self, account: str, params: JSON) -> JSON:
        wanted = params.get("payment_intent")
        own = [one for one in self.world.of("stripe.refunds").values() if one["account"] == account]
        found = [one for one in own if wanted in (None, one["intent"])]
        return shown_page("/v1/refunds", found[::-1], params, shown_refund)

    def get_refund(self, account: str, params: JSON, wanted: str) -> JSON:
        return shown_refund(self._mine("refunds", account, wanted, "refund"))

    def open_dispute(self, intent_id: str) -> str:
        """The payer's bank disputes a payment; its id."""
        intent = self.world.of("stripe.intents")[intent_id]
        charge = self.world.of("stripe.charges")[intent["charge"]]
        charge["disputed"] = True
        dispute = {
            "account": intent["account"], "id": self.world.new_id("dp_"), "intent": intent_id, "charge": charge["id"],
            "amount": charge["amount"] - charge["refunded"], "currency": charge["currency"],
            "created": self.world.seconds(), "status": "needs_response",
        }  # fmt: skip
        self.world.of("stripe.disputes")[dispute["id"]] = dispute
        self._announce(intent["account"], "charge.dispute.created", shown_dispute(dispute))
        return str(dispute["id"])

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        dispute = self.world.of("stripe.disputes")[dispute_id]
        dispute["status"] = "won" if won else "lost"
        self._announce(dispute["account"], "charge.dispute.closed", shown_dispute(dispute))

    def list_disputes(self, account: str, params: JSON) -> JSON:
        own = [one for one in self.world.of("stripe.disputes").values() if one["account"] == account]
        found = [one for one in own if params.get("payment_intent") in (None, one["intent"])]
        return shown_page("/v1/disputes", found[::-1], params, shown_dispute)

    # --- Account, webhooks, events ---------------------------------------------------------------------------

    def get_balance(self, account: str, params: JSON) -> JSON:
        nothing = [{"amount": 0, "currency": "eur", "source_types": {"card": 0}}]
        return {"object": "balance", "available": nothing, "livemode": False, "pending": nothing}

    def create_hook(self, account: str, params: JSON) -> JSON:
        if not re.match(r"https?://", str(params.get("url"))):
            raise refusal("Not a valid URL", "url_invalid", "url")
        hook = {
            "account": account, "id": self.world.new_id("we_"), "url": params["url"],
            "events": list(params.get("enabled_events") or []), "secret": self.world.new_id("whsec_", 32),
            "created": self.world.seconds(), "version": params.get("api_version"),
        }  # fmt: skip
        self.world.of("stripe.hooks")[hook["id"]] = hook
        return shown_hook(hook) | {"secret": hook["secret"]}

    def list_hooks(self, account: str, params: JSON) -> JSON:
        found = [one for one in self.world.of("stripe.hooks").values() if one["account"] == account]
        return shown_page("/v1/webhook_endpoints", found, params, shown_hook)

    def delete_hook(self, account: str, params: JSON, wanted: str) -> JSON:
        self._mine("hooks", account, wanted, "webhook_endpoint")
        del self.world.of("stripe.hooks")[wanted]
        return {"id": wanted, "object": "webhook_endpoint", "deleted": True}

    def list_events(self, account: str, params: JSON) -> JSON:
        found = [one["event"] for one in self.world.of("stripe.events").values() if one["account"] == account]
        return shown_page("/v1/events", found[::-1], params, lambda one: one)

    def _announce(self, account: str, name: str, about: JSON) -> None:
        event: JSON = {
            "id": self.world.new_id("evt_"), "object": "event", "api_version": "2026-10-28.endive",
            "created": self.world.seconds(), "data": {"object": about}, "livemode": False, "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None}, "type": name,
        }  # fmt: skip
        self.world.of("stripe.events")[event["id"]] = {"account": account, "event": event}
        self.world.announce("stripe", account, event, name)

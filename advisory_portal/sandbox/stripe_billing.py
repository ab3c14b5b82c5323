"""Stripe Billing's dialect: customers, subscriptions that renew, the page to subscribe on and the customer portal."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from advisory_portal.sandbox.stripe_shapes import DAY, refusal, shown_page
from advisory_portal.sandbox.world import JSON, World

# A price says all of itself: price_<anything>_2900eur_month.
PRICE = re.compile(r"price_\w*?_?(\d{2,8})([a-z]{3})_(month|year)")
SESSION = {
    "mode", "customer", "success_url", "cancel_url", "client_reference_id", "locale", "line_items", "metadata",
    "subscription_data", "expires_at", "expand",
}  # fmt: skip
ENDED = ("canceled", "incomplete_expired")


class Host(Protocol):
    """What Stripe's other half lends."""

    world: World

    def _mine(self, kind: str, account: str, wanted: str, name: str) -> JSON: ...
    def _announce(self, account: str, name: str, about: JSON) -> None: ...
    def _expiry(self, params: JSON) -> int: ...
    def session(self, session: JSON, expand: list[str] | None = None) -> JSON: ...


class Billing:
    """What an account of Stripe charges again and again."""

    def __init__(self, stripe: Host) -> None:
        self.stripe, self.world = stripe, stripe.world

    def routes(self) -> list[tuple[str, str, Callable[..., JSON]]]:
        one = r"([A-Za-z0-9_]+)"
        return [
            (r"/v1/customers", "POST", self.create_customer),
            (rf"/v1/customers/{one}", "GET", self.get_customer),
            (r"/v1/subscriptions", "GET", self.list_subscriptions),
            (rf"/v1/subscriptions/{one}", "GET", self.get_subscription),
            (r"/v1/billing_portal/sessions", "POST", self.create_portal),
        ]

    # --- Customers and pages ---------------------------------------------------------------------------------

    def create_customer(self, account: str, params: JSON) -> JSON:
        require_known(params, {"name", "email", "metadata"})
        customer: JSON = {
            "account": account, "id": self.world.new_id("cus_", 14), "created": self.world.seconds(),
            "name": params.get("name"), "email": params.get("email"), "metadata": params.get("metadata") or {},
            "card": "good",
        }  # fmt: skip
        self.world.of("stripe.customers")[customer["id"]] = customer
        return shown_customer(customer)

    def get_customer(self, account: str, params: JSON, wanted: str) -> JSON:
        return shown_customer(self.stripe._mine("customers", account, wanted, "customer"))

    def create_session(self, account: str, params: JSON) -> JSON:
        """A page to subscribe on, kept among the sessions of payments."""
        require_known(params, SESSION)
        customer = self.stripe._mine("customers", account, str(params.get("customer")), "customer")
        lines = params.get("line_items")
        if not isinstance(lines, list) or len(lines) != 1 or set(lines[0]) != {"price", "quantity"}:
            raise refusal("You must pass line_items with a price.", "parameter_missing", "line_items")
        amount, currency, _every = priced(str(lines[0]["price"]))
        for name in ("success_url", "cancel_url"):
            if not re.match(r"https?://", params.get(name, "")):
                raise refusal("Not a valid URL", "url_invalid", name)
        wanted = self.world.new_id("cs_test_", 58)
        session: JSON = {
            "account": account, "id": wanted, "created": self.world.seconds(), "mode": "subscription",
            "expires_at": self.stripe._expiry(params), "currency": currency, "amount": amount,
            "title": f"Subscription of {customer['name']}", "status": "open", "payment_status": "unpaid", "intent": "",
            "reference": params.get("client_reference_id"), "email": customer["email"], "subscription": "",
            "customer": customer["id"], "price": lines[0]["price"], "metadata": params.get("metadata") or {},
            "cancel_url": params["cancel_url"], "success_url": params["success_url"],
            "subscription_metadata": (params.get("subscription_data") or {}).get("metadata") or {},
        }  # fmt: skip
        self.world.of("stripe.sessions")[wanted] = session
        return self.stripe.session(session)

    def create_portal(self, account: str, params: JSON) -> JSON:
        require_known(params, {"customer", "return_url"})
        customer = self.stripe._mine("customers", account, str(params.get("customer")), "customer")
        portal: JSON = {
            "account": account, "id": self.world.new_id("bps_"), "customer": customer["id"],
            "return_url": params.get("return_url") or "", "created": self.world.seconds(),
        }  # fmt: skip
        self.world.of("stripe.portals")[portal["id"]] = portal
        return {
            "id": portal["id"], "object": "billing_portal.session", "configuration": "bpc_sandbox",
            "created": portal["created"], "customer": customer["id"], "customer_account": None, "flow": None,
            "livemode": False, "locale": None, "on_behalf_of": None, "return_url": portal["return_url"],
            "url": f"{self.world.base_url}/billing/stripe/{portal['id']}",
        }  # fmt: skip

    # --- Subscriptions ---------------------------------------------------------------------------------------

    def list_subscriptions(self, account: str, params: JSON) -> JSON:
        self.advance()
        own = [one for one in self.world.of("stripe.subscriptions").values() if one["account"] == account]
        found = [one for one in own if params.get("customer", one["customer"]) == one["customer"]]
        if params.get("status") != "all":
            found = [one for one in found if one["status"] not in ENDED]
        return shown_page("/v1/subscriptions", found[::-1], params, shown_subscription)

    def get_subscription(self, account: str, params: JSON, wanted: str) -> JSON:
        self.advance()
        return shown_subscription(self.stripe._mine("subscriptions", account, wanted, "subscription"))

    def subscribe(self, session: JSON) -> None:
        """The customer pays on the page: the subscription begins with its first period."""
        now = self.world.seconds()
        amount, currency, every = priced(session["price"])
        made: JSON = {
            "account": session["account"], "id": self.world.new_id("sub_"), "customer": session["customer"],
            "price": session["price"], "amount": amount, "currency": currency, "every": every, "created": now,
            "begins": now, "ends": later(now, every), "status": "active", "ends_with_period": False,
            "canceled_at": None, "ended_at": None, "item": self.world.new_id("si_"), "invoice": "",
            "metadata": session["subscription_metadata"],
        }  # fmt: skip
        self.world.of("stripe.subscriptions")[made["id"]] = made
        session |= {"status": "complete", "payment_status": "paid", "subscription": made["id"]}
        self._tell(made, "created")
        self._invoice(made, is_paid=True)
        self.stripe._announce(session["account"], "checkout.session.completed", self.stripe.session(session))

    def of_customer(self, customer: str) -> JSON | None:
        """The customer's newest subscription that has not ended."""
        found = [one for one in self.world.of("stripe.subscriptions").values() if one["customer"] == customer]
        return next((one for one in found[::-1] if one["status"] not in ENDED), None)

    def do(self, customer: JSON, what: str) -> None:
        """What one does in the customer portal, or what time does."""
        if what in ("good_card", "bad_card"):
            customer["card"] = what.removesuffix("_card")
        found = self.of_customer(customer["id"])
        if found is None:
            return
        if what == "cancel":
            found |= {"ends_with_period": True, "canceled_at": self.world.seconds()}
            self._tell(found, "updated")
        elif what == "renew":
            found |= {"ends_with_period": False, "canceled_at": None}
            self._tell(found, "updated")
        elif what == "cancel_now":
            self._end(found)
        elif what == "good_card" and found["status"] == "past_due":
            self._invoice(found, is_paid=True)
            found["status"] = "active"
            self._tell(found, "updated")
        elif what == "time":  # the period that runs ended yesterday
            found["ends"] = self.world.seconds() - DAY
            self.advance()

    def advance(self) -> None:
        """Renew, fail or end whatever has come to the end of its period."""
        for one in self.world.of("stripe.subscriptions").values():
            while one["status"] not in ENDED and one["ends"] <= self.world.seconds():
                self._renew(one)

    def _renew(self, found: JSON) -> None:
        if found["ends_with_period"] or found["status"] == "past_due":  # a second period is not waited for
            self._end(found, at=found["ends"])
            return
        found |= {"begins": found["ends"], "ends": later(found["ends"], found["every"])}
        is_paid = self.world.of("stripe.customers")[found["customer"]]["card"] == "good"
        found["status"] = "active" if is_paid else "past_due"
        self._invoice(found, is_paid=is_paid)
        self._tell(found, "updated")

    def _end(self, found: JSON, at: int | None = None) -> None:
        found |= {"status": "canceled", "ended_at": at or self.world.seconds()}
        found["canceled_at"] = found["canceled_at"] or found["ended_at"]
        self._tell(found, "deleted")

    def _tell(self, found: JSON, what: str) -> None:
        self.stripe._announce(found["account"], f"customer.subscription.{what}", shown_subscription(found))

    def _invoice(self, found: JSON, *, is_paid: bool) -> None:
        """The bill of the period: a new one, or the open one paid at last."""
        found["invoice"] = found["invoice"] if is_paid and found["status"] == "past_due" else self.world.new_id("in_")
        shown = shown_invoice(found, is_paid=is_paid, at=self.world.seconds())
        self.stripe._announce(found["account"], f"invoice.{'paid' if is_paid else 'payment_failed'}", shown)


def require_known(params: JSON, words: set[str]) -> None:
    unknown = sorted(set(params) - words)
    if unknown:
        raise refusal(f"Received unknown parameter: {unknown[0]}", "parameter_unknown", unknown[0])


def priced(price: str) -> tuple[int, str, str]:
    """Amount, currency and rhythm of a price."""
    found = PRICE.fullmatch(price)
    if found is None:
        raise refusal(f"No such price: '{price}'", "resource_missing", "line_items[0][price]")
    return int(found[1]), found[2], found[3]


def later(at: int, every: str) -> int:
    """The same day and hour a month or a year later, or the last day of a shorter month."""
    moment = datetime.fromtimestamp(at, UTC)
    months = moment.year * 12 + moment.month - 1 + (12 if every == "year" else 1)
    year, month = months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return int(moment.replace(year=year, month=month, day=day).timestamp())


def shown_customer(customer: JSON) -> JSON:
    return {
        "id": customer["id"], "object": "customer", "created": customer["created"], "email": customer["email"],
        "livemode": False, "metadata": customer["metadata"], "name": customer["name"], "shipping": None,
        "balance": 0, "currency": None, "delinquent": False, "description": None, "phone": None,
    }  # fmt: skip


def shown_subscription(found: JSON) -> JSON:
    price = {
        "id": found["price"], "object": "price", "active": True, "billing_scheme": "per_unit",
        "created": found["created"], "currency": found["currency"], "livemode": False, "lookup_key": None,
        "metadata": {}, "nickname": None, "product": "prod_sandbox", "type": "recurring",
        "recurring": {"interval": found["every"], "interval_count": 1, "meter": None, "usage_type": "licensed"},
        "tax_behavior": None, "tiers_mode": None, "transform_quantity": None, "unit_amount": found["amount"],
    }  # fmt: skip
    item = {
        "id": found["item"], "object": "subscription_item", "created": found["created"], "discounts": [],
        "current_period_start": found["begins"], "current_period_end": found["ends"], "metadata": {}, "price": price,
        "quantity": 1, "subscription": found["id"], "tax_rates": [], "billing_thresholds": None,
    }  # fmt: skip
    items: Any = {
        "object": "list", "data": [item], "has_more": False, "url": f"/v1/subscription_items?subscription={found['id']}"
    }  # fmt: skip
    return {
        "id": found["id"], "object": "subscription", "application": None, "cancel_at": None,
        "cancel_at_period_end": found["ends_with_period"], "canceled_at": found["canceled_at"],
        "collection_method": "charge_automatically", "created": found["created"], "currency": found["currency"],
        "customer": found["customer"], "days_until_due": None, "description": None, "discounts": [],
        "ended_at": found["ended_at"], "items": items, "latest_invoice": found["invoice"] or None, "livemode": False,
        "metadata": found["metadata"], "start_date": found["created"], "status": found["status"], "trial_end": None,
        "trial_start": None, "automatic_tax": {"enabled": False, "liability": None, "disabled_reason": None},
        "billing_cycle_anchor": found["created"], "billing_mode": {"type": "flexible", "updated_at": None},
        "billing_schedules": [], "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    }  # fmt: skip


def shown_invoice(found: JSON, *, is_paid: bool, at: int) -> JSON:
    parent = {"subscription": found["id"], "metadata": found["metadata"]}
    return {
        "id": found["invoice"], "object": "invoice", "amount_due": found["amount"], "created": at,
        "amount_paid": found["amount"] if is_paid else 0, "currency": found["currency"], "customer": found["customer"],
        "livemode": False, "metadata": {}, "status": "paid" if is_paid else "open", "total": found["amount"],
        "parent": {"type": "subscription_details", "subscription_details": parent, "quote_details": None},
    }  # fmt: skip

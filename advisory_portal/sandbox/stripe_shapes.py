"""How Stripe shows its things, and how it reads a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from advisory_portal.sandbox.world import JSON, ApiError

DAY = 86_400
CURRENCIES = frozenset(
    "usd eur gbp chf sek nok dkk pln czk huf ron bgn jpy krw aud cad nzd mxn brl inr sgd hkd thb myr bhd jod kwd omr "
    "tnd aed ars cop clp mga xof".split()
)
SMALLEST = {"eur": 50, "usd": 50, "gbp": 30, "chf": 50, "jpy": 50, "huf": 17500, "sek": 300, "nok": 300, "pln": 200}
LARGEST = 99_999_999


def form(pairs: list[tuple[str, str]]) -> JSON:
    """Stripe's bracketed fields as nested dicts and lists."""
    root: JSON = {}
    for name, value in pairs:
        parts = [name.split("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
        at = root
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1] or str(len(at))] = value  # name[] counts by itself
    result = listed(root)
    assert isinstance(result, dict)
    return result


def listed(value: Any) -> Any:
    """Dicts whose keys are 0, 1, 2, … as lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: listed(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def shown_transaction(charge: JSON) -> JSON:
    fee = round(charge["amount"] * 0.015) + 25
    return {
        "id": charge["transaction"], "object": "balance_transaction", "amount": charge["amount"],
        "available_on": charge["created"] + 2 * DAY, "balance_type": "payments", "created": charge["created"],
        "currency": charge["currency"], "description": None, "exchange_rate": None, "fee": fee,
        "fee_details": [], "net": charge["amount"] - fee, "reporting_category": "charge",
        "source": charge["id"], "status": "pending", "type": "charge",
    }  # fmt: skip


def shown_charge(charge: JSON, expand: list[str] | None = None, refunds: dict[str, JSON] | None = None) -> JSON:
    """A charge as Stripe shows it; of all `refunds` its own, where they were asked for."""
    booked: Any = charge["transaction"] or None
    if booked and "balance_transaction" in (expand or ()):
        booked = shown_transaction(charge)
    card = {
        "amount_authorized": charge["amount"], "brand": "visa", "checks": None, "country": "ES", "exp_month": 12,
        "exp_year": 2030, "funding": "credit", "last4": "4242", "network": "visa", "three_d_secure": None,
        "wallet": None, "installments": None, "mandate": None, "authorization_code": None,
        "regulated_status": None, "network_token": None, "network_transaction_id": None,
        "transaction_link_id": None, "fingerprint": None,
    }  # fmt: skip
    own = [one for one in (refunds or {}).values() if one["charge"] == charge["id"]]
    listed = {"refunds": shown_page(f"/v1/charges/{charge['id']}/refunds", own[::-1], {}, shown_refund)}
    return (listed if "refunds" in (expand or ()) else {}) | {
        "id": charge["id"], "object": "charge", "amount": charge["amount"], "amount_captured": charge["amount"],
        "amount_refunded": charge["refunded"], "balance_transaction": booked,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "captured": True, "created": charge["created"], "currency": charge["currency"],
        "disputed": charge["disputed"], "failure_code": charge["failure"] or None, "livemode": False,
        "metadata": {}, "paid": charge["status"] == "succeeded", "payment_intent": charge["intent"],
        "payment_method_details": {"card": card, "type": "card"},
        "refunded": charge["refunded"] >= charge["amount"], "status": charge["status"],
    }  # fmt: skip


def shown_refund(refund: JSON) -> JSON:
    return {
        "id": refund["id"], "object": "refund", "amount": refund["amount"], "balance_transaction": None,
        "charge": refund["charge"], "created": refund["created"], "currency": refund["currency"],
        "metadata": refund["metadata"], "payment_intent": refund["intent"], "reason": "requested_by_customer",
        "status": refund["status"],
    }  # fmt: skip


def shown_dispute(dispute: JSON) -> JSON:
    details = {"due_by": dispute["created"] + 9 * DAY, "has_evidence": False, "past_due": False}
    return {
        "id": dispute["id"], "object": "dispute", "amount": dispute["amount"], "balance_transactions": [],
        "charge": dispute["charge"], "created": dispute["created"], "currency": dispute["currency"],
        "enhanced_eligibility_types": [], "evidence": {"enhanced_evidence": {}},
        "evidence_details": {**details, "submission_count": 0, "enhanced_eligibility": {}},
        "is_charge_refundable": False, "livemode": False, "metadata": {}, "payment_intent": dispute["intent"],
        "reason": "fraudulent", "status": dispute["status"],
    }  # fmt: skip


def shown_hook(hook: JSON) -> JSON:
    return {
        "id": hook["id"], "object": "webhook_endpoint", "api_version": hook["version"], "application": None,
        "created": hook["created"], "description": None, "enabled_events": hook["events"], "livemode": False,
        "metadata": {}, "status": "enabled", "url": hook["url"],
    }  # fmt: skip


def shown_page(url: str, found: list[JSON], params: JSON, show: Callable[[JSON], JSON]) -> JSON:
    """One page of a list, as `limit` and `starting_after` ask."""
    limit = int(params.get("limit") or 10)
    after = params.get("starting_after")
    ids = [one["id"] for one in found]
    start = ids.index(after) + 1 if after in ids else 0
    page = found[start : start + limit]
    return {
        "object": "list", "data": [show(one) for one in page], "has_more": start + limit < len(found), "url": url,
    }  # fmt: skip


def refusal(message: str, code: str = "", param: str = "", status: int = 400, kind: str = "") -> ApiError:
    error = {"type": kind or "invalid_request_error", "message": message}
    if code:
        error["code"] = code
    if param:
        error["param"] = param
    return ApiError(status, {"error": error})

"""How PayPal shows its things, and what it says when it refuses: the words that its description gives."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from advisory_portal.sandbox.world import JSON, ApiError

WHOLE = frozenset({"HUF", "JPY", "TWD"})  # PayPal has no decimals of these
# What PayPal says with each of its words.
MESSAGES = {
    "INVALID_REQUEST": "Request is not well-formed, syntactically incorrect, or violates schema.",
    "RESOURCE_NOT_FOUND": "The specified resource does not exist.",
    "UNPROCESSABLE_ENTITY": "The requested action could not be performed, semantically incorrect, or failed business "
    "validation.",
    "UNSUPPORTED_MEDIA_TYPE": "The server does not support the request payload's media type.",
}
ISSUES = {
    "CANNOT_BE_ZERO_OR_NEGATIVE": "Must be greater than zero. If the currency supports decimals, only two decimal "
    "place precision is supported.",
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded",
    "DECIMAL_PRECISION": "If the currency supports decimals, only two decimal place precision is supported.",
    "INSTRUMENT_DECLINED": "The instrument presented  was either declined by the processor or bank, or it can't be "
    "used for this payment.",
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "The value of a field is invalid.",
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and try again.",
    "INVALID_STRING_MAX_LENGTH": "The value of a field is too long.",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
    "MISSING_REQUIRED_PARAMETER": "A required field / parameter is missing.",
    "ORDER_ALREADY_CAPTURED": "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
    "ORDER_NOT_APPROVED": "Payer has not yet approved the Order for payment. Please redirect the payer to the "
    "'rel':'approve' url returned as part of the HATEOAS links within the Create Order call or provide a valid "
    "`payment_source` in the request.",
    "PENDING_CAPTURE": "Cannot initiate a refund as the capture is pending. Capture is typically pending when the "
    "payer has funded the transaction using e-check/bank funded.",
    "REFUND_AMOUNT_EXCEEDED": "The refund amount must be less than or equal to the capture amount that has not yet "
    "been refunded.",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture",
    "TRANSACTION_DISPUTED": "Partial refunds cannot be offered at this time because there is an open case on this "
    "transaction. Visit the PayPal Resolution Center to review this case.",
}


def refusal(status: int, name: str, issue: str = "") -> ApiError:
    body: JSON = {"name": name, "message": MESSAGES.get(name, name.replace("_", " ").capitalize() + ".")}
    body["debug_id"] = hashlib.sha256(f"{name}{issue}".encode()).hexdigest()[:13]
    if issue:
        said = ISSUES.get(issue, issue.replace("_", " ").capitalize() + ".")
        body["details"] = [{"issue": issue, "description": said}]
    return ApiError(status, body)


def shown(currency: str, value: Any) -> str:
    """A value with the digits that PayPal writes of a currency."""
    return f"{Decimal(str(value)):.{0 if currency in WHOLE else 2}f}"


def shown_capture(capture: JSON, base: str) -> JSON:
    currency, value = capture["currency"], Decimal(capture["value"])
    digits = Decimal(1) if currency in WHOLE else Decimal("0.01")
    fee = (value * Decimal("0.029")).quantize(digits) + (0 if currency in WHOLE else Decimal("0.35"))
    amount = {"currency_code": currency, "value": shown(currency, value)}
    here = f"{base}/paypal/v2/payments/captures/{capture['id']}"
    order = f"{base}/paypal/v2/checkout/orders/{capture['order']}"
    said: JSON = {
        "id": capture["id"], "status": capture["status"], "amount": amount, "final_capture": True,
        "create_time": capture["created"], "update_time": capture["updated"],
        "links": [
            {"href": here, "rel": "self", "method": "GET"},
            {"href": f"{here}/refund", "rel": "refund", "method": "POST"},
            {"href": order, "rel": "up", "method": "GET"},
        ],
    }  # fmt: skip
    if capture["custom"]:
        said["custom_id"] = capture["custom"]
    if capture["invoice"]:
        said["invoice_id"] = capture["invoice"]
    if capture["status"] == "PENDING":
        said["status_details"] = {"reason": "PENDING_REVIEW"}
    if capture["status"] in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"):
        said["seller_receivable_breakdown"] = {
            "gross_amount": amount,
            "paypal_fee": {"currency_code": currency, "value": shown(currency, fee)},
            "net_amount": {"currency_code": currency, "value": shown(currency, value - fee)},
        }
    return said


def shown_refund(refund: JSON, base: str) -> JSON:
    here = f"{base}/paypal/v2/payments/refunds/{refund['id']}"
    capture = f"{base}/paypal/v2/payments/captures/{refund['capture']}"
    said = {
        "id": refund["id"], "status": refund["status"], "create_time": refund["created"],
        "amount": {"currency_code": refund["currency"], "value": shown(refund["currency"], refund["value"])},
        "links": [{"href": here, "rel": "self", "method": "GET"}, {"href": capture, "rel": "up", "method": "GET"}],
    }  # fmt: skip
    return said | ({"custom_id": refund["custom"]} if refund["custom"] else {})


def shown_dispute(dispute: JSON) -> JSON:
    said: JSON = {
        "dispute_id": dispute["id"], "create_time": dispute["created"], "status": dispute["status"],
        "reason": "UNAUTHORISED", "disputed_transactions": [{"seller_transaction_id": dispute["capture"]}],
        "dispute_amount": {
            "currency_code": dispute["currency"], "value": shown(dispute["currency"], dispute["value"]),
        },
    }  # fmt: skip
    return said | ({"dispute_outcome": {"outcome_code": dispute["outcome"]}} if dispute["outcome"] else {})


def shown_hook(hook: JSON, base: str) -> JSON:
    here = f"{base}/paypal/v1/notifications/webhooks/{hook['id']}"
    return {
        "id": hook["id"], "url": hook["url"], "event_types": [{"name": one} for one in hook["events"]],
        "links": [{"href": here, "rel": "self", "method": "GET"}],
    }  # fmt: skip

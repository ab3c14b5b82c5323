"""How Square shows its things."""

from __future__ import annotations

from advisory_portal.sandbox.world import JSON


def shown_payment(payment: JSON) -> JSON:
    money = {"amount": payment["amount"], "currency": payment["currency"]}
    card = {"card_brand": "VISA", "last_4": "1111", "exp_month": 12, "exp_year": 2030, "card_type": "CREDIT"}
    details: JSON = {"status": {"COMPLETED": "CAPTURED", "FAILED": "FAILED"}.get(payment["status"], "AUTHORIZED")}
    details |= {"card": card, "entry_method": "KEYED", "cvv_status": "CVV_ACCEPTED"}
    if payment["status"] == "FAILED":
        details["errors"] = [{"category": "PAYMENT_METHOD_ERROR", "code": "GENERIC_DECLINE", "detail": "Declined."}]
    shown: JSON = {
        "id": payment["id"], "created_at": payment["created"], "updated_at": payment["updated"],
        "amount_money": money, "total_money": money, "approved_money": money, "status": payment["status"],
        "source_type": "CARD", "card_details": details, "location_id": payment["location"],
        "order_id": payment["order"], "receipt_number": payment["id"][:4],
    }  # fmt: skip
    if payment["reference"]:
        shown["reference_id"] = payment["reference"]
    if payment["status"] == "COMPLETED":
        fee = {"amount": round(payment["amount"] * 0.014) + 25, "currency": payment["currency"]}
        shown["processing_fee"] = [{"effective_at": payment["created"], "type": "INITIAL", "amount_money": fee}]
    if payment["refunds"]:
        shown["refund_ids"] = list(payment["refunds"])
        shown["refunded_money"] = {"amount": payment["refunded"], "currency": payment["currency"]}
    return shown


def shown_refund(refund: JSON) -> JSON:
    shown = {
        "id": refund["id"], "status": refund["status"], "location_id": refund["location"],
        "amount_money": {"amount": refund["amount"], "currency": refund["currency"]},
        "payment_id": refund["payment"], "order_id": refund["order"], "created_at": refund["created"],
        "updated_at": refund["updated"],
    }  # fmt: skip
    return shown | ({"reason": refund["reason"]} if refund["reason"] else {})


def shown_dispute(dispute: JSON) -> JSON:
    return {
        "id": dispute["id"], "amount_money": {"amount": dispute["amount"], "currency": dispute["currency"]},
        "reason": "NO_KNOWLEDGE", "state": dispute["state"], "due_at": dispute["due"],
        "disputed_payment": {"payment_id": dispute["payment"]}, "card_brand": "VISA",
        "created_at": dispute["created"], "updated_at": dispute["updated"], "version": dispute["version"],
        "location_id": dispute["location"],
    }  # fmt: skip

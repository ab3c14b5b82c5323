"""What the page of one online payment shows."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.formatting import format_moment, format_money
from advisory_portal.gateways.addresses import COMPANIES
from client_portal import actions, rules
from client_portal.models import GatewayPayment, PaymentLog
from client_portal.rows import staff_payments as rows
from client_portal.sheets.receipt import means_of
from documents.models import Document

MOST_STEPS = 200
MOST_SUGGESTED = 50  # open documents of the contact, beside the field for a number


def payment_page(actor: Actor, payment: GatewayPayment) -> dict[str, Any]:
    """The parts of the page. Eight queries, however much happened."""
    slug, zone = actor.place.slug, actor.place.time_zone
    allocations = payment.allocations.select_related("document", "settlement")
    may_manage = actor.may(Section.SALES, Level.MANAGE)
    free = payment.credit - payment.refunding
    may_match = may_manage and free > 0 and payment.look != GatewayPayment.Look.FOREIGN
    return {
        "payment": payment,
        "company": COMPANIES[payment.account.kind],
        "means": means_of(payment),
        "pill_of": rows.payment_pill(payment),
        "advice": rows.advice(payment),
        "sums": sums_of(payment),
        "when": format_moment(payment.paid_at or payment.created_at, zone),
        "allocations": rows.allocation_rows(allocations, payment, slug=slug),
        "refunds": rows.refund_rows(payment.refunds.all(), payment, zone=zone),
        "disputes": rows.dispute_rows(payment.disputes.all(), payment, zone=zone),
        "steps": rows.log_rows(steps_of(actor, payment), zone=zone, currency=payment.currency),
        "may_refund": may_manage and actions.refundable(payment) > 0,
        "may_match": may_match,
        "may_close": may_manage and bool(payment.look),
        "suggested": suggested(actor, payment) if may_match else [],
    }


def sums_of(payment: GatewayPayment) -> list[tuple[str, str]]:
    """The sums of a payment with their labels; those of nothing are left out."""
    sums = (
        (_("Fee"), payment.fee),
        (_("Without the fee"), payment.amount - payment.fee if payment.fee else None),
        (_("On documents"), payment.allocated),
        (_("Refunded"), payment.refunded),
        (_("Being refunded"), payment.refunding),
        (_("Left over"), payment.credit),
    )
    return [(label, format_money(amount, payment.currency)) for label, amount in sums if amount]


def steps_of(actor: Actor, payment: GatewayPayment) -> list[PaymentLog]:
    """What happened to the payment and its attempt, newest first."""
    about = Q(payment=payment)
    if payment.attempt_id is not None:
        about |= Q(attempt_id=payment.attempt_id)
    lines = PaymentLog.objects.visible_to(actor).filter(about)
    return list(lines.order_by("-id")[:MOST_STEPS])


def suggested(actor: Actor, payment: GatewayPayment) -> list[tuple[str, str]]:
    """Open documents that the payment could be for: their number, and what is open on them."""
    if payment.contact_id is None:
        return []
    open_states = (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
    found = Document.objects.visible_to(actor).filter(
        kind__in=rules.PAID_ONLINE, state__in=open_states, contact_id=payment.contact_id, currency=payment.currency
    )
    listed = found.order_by("issued_on", "id").for_listing()[:MOST_SUGGESTED]
    return [(one.number, format_money(one.outstanding, one.currency)) for one in listed]

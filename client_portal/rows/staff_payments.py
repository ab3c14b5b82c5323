"""Online payments as staff see them: rows of lists, and the parts of one payment's page. No row makes a query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_date, format_moment, format_money
from advisory_portal.gateways.addresses import COMPANIES
from client_portal.models import (
    Dispute,
    GatewayPayment,
    PaymentAllocation,
    PaymentAttempt,
    PaymentLog,
    Refund,
    WebhookEvent,
)
from client_portal.words import PAYMENT_STEPS

_HOLE = UUID(int=0)
Status = GatewayPayment.Status


class PaymentRow(NamedTuple):
    """A payment in the list; `look` is why somebody has to look at it, `left` its credit, "" for none."""

    href: str
    when: str
    contact: str
    company: str
    amount: str
    pill: tuple[str, str]
    look: str
    left: str


class AttemptRow(NamedTuple):
    """An attempt in the list."""

    id: UUID
    when: str
    contact: str
    company: str
    title: str
    amount: str
    pill: tuple[str, str]
    note: str
    can_ask: bool


class HookRow(NamedTuple):
    """A webhook in the list."""

    id: UUID
    when: str
    company: str
    type: str
    pill: tuple[str, str]
    error: str
    can_replay: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    """Something of a payment's page: an allocation, a refund, a dispute. `href` may be ""."""

    title: str
    href: str
    about: str
    amount: str
    pill: tuple[str, str] | None = None


def payment_rows(payments: Iterable[GatewayPayment], *, slug: str, zone: str) -> list[PaymentRow]:
    """Payments as rows; with `contact` and `account` selected it makes no query."""
    pattern = reverse("client_portal:staff_payment", args=[slug, _HOLE])
    return [
        PaymentRow(
            href=pattern.replace(str(_HOLE), str(one.pk)),
            when=format_moment(one.paid_at or one.created_at, zone),
            contact=one.contact.name if one.contact else _("Nobody known"),
            company=COMPANIES[one.account.kind],
            amount=format_money(one.amount, one.currency),
            pill=payment_pill(one),
            look=one.get_look_display() if one.look else "",
            left=format_money(one.credit, one.currency) if one.credit else "",
        )
        for one in payments
    ]


def payment_pill(payment: GatewayPayment) -> tuple[str, str]:
    """How a payment stands: a kind of pill and its words."""
    if payment.status == Status.SUCCEEDED and payment.refunded >= payment.amount:
        return "ended", _("Refunded")
    if payment.status == Status.SUCCEEDED and payment.refunded:
        return "partially-paid", _("Refunded in part")
    kinds = {Status.PENDING: "pending", Status.SUCCEEDED: "paid", Status.FAILED: "failed"}
    return kinds[Status(payment.status)], str(payment.get_status_display())


def advice(payment: GatewayPayment) -> str:
    """What somebody may do about a payment that is to be looked at, "" where nobody has to."""
    look = GatewayPayment.Look
    texts: Mapping[str, str] = {
        look.SURPLUS: _("Match the rest with another document, refund it, or leave it as the contact’s credit."),
        look.LATE: _("Its document takes no more money. Match it with another one, or refund it."),
        look.MISMATCH: _("Compare it with what was asked, then match or refund it."),
        look.FOREIGN: _("It is not booked. Look at the account at the company."),
        look.ORPHAN: _("It was paid at the company without this portal. Match it with its document, or refund it."),
        look.DISPUTED: _("Answer the dispute at the company. If it is lost, the money is taken off by itself."),
        look.REVERSED: _("The company took the money back: what it had paid is open again."),
    }
    return texts.get(payment.look, "")


def attempt_rows(attempts: Iterable[PaymentAttempt], *, zone: str) -> list[AttemptRow]:
    """Attempts as rows; with `contact` and `account` selected it makes no query."""
    kinds = {"succeeded": "paid", "failed": "failed", "expired": "expired", "cancelled": "cancelled", "new": "draft"}
    return [
        AttemptRow(
            id=one.pk,
            when=format_moment(one.created_at, zone),
            contact=one.contact.name,
            company=COMPANIES[one.account.kind],
            title=one.title,
            amount=format_money(one.amount, one.currency),
            pill=(kinds.get(one.state, "pending"), str(one.get_state_display())),
            note=one.error_code,
            can_ask=one.due_at is not None,
        )
        for one in attempts
    ]


def hook_rows(events: Iterable[WebhookEvent], *, zone: str) -> list[HookRow]:
    """Webhooks as rows; with `account` selected it makes no query."""
    return [
        HookRow(
            id=one.pk,
            when=format_moment(one.received_at, zone),
            company=COMPANIES[one.account.kind],
            type=one.type,
            pill=hook_pill(one),
            error=one.last_error,
            can_replay=one.outcome != WebhookEvent.Outcome.REFUSED,
        )
        for one in events
    ]


def hook_pill(event: WebhookEvent) -> tuple[str, str]:
    """How a webhook stands; one that failed and is tried again says so."""
    if event.due_at is not None and event.attempts:
        return "failed", _("Failed")
    kinds = {"received": "pending", "done": "done", "ignored": "draft", "refused": "refused"}
    return kinds[event.outcome], str(event.get_outcome_display())


def allocation_rows(allocations: Iterable[PaymentAllocation], payment: GatewayPayment, *, slug: str) -> list[PartRow]:
    """What of a payment was booked on which document, step by step."""
    return [
        PartRow(
            title=f"{one.document.get_kind_display()} {one.document.number}",
            href=reverse("documents:document", args=[slug, one.document_id]),
            about=format_date(one.settlement.received_on),
            amount=format_money(one.amount, payment.currency),
        )
        for one in allocations
    ]


def refund_rows(refunds: Iterable[Refund], payment: GatewayPayment, *, zone: str) -> list[PartRow]:
    """The refunds of a payment, with who asked for them and why."""
    kinds = {"new": "pending", "pending": "pending", "succeeded": "done", "failed": "failed"}
    return [
        PartRow(
            title=one.note or _("Refund"),
            href="",
            about=" · ".join(
                filter(None, (one.asked_by_name or one.get_source_display(), format_moment(one.created_at, zone)))
            ),
            amount=format_money(one.amount, payment.currency),
            pill=(kinds[one.state], str(one.get_state_display())),
        )
        for one in refunds
    ]


def dispute_rows(disputes: Iterable[Dispute], payment: GatewayPayment, *, zone: str) -> list[PartRow]:
    """The disputes of a payment, with until when the business may answer."""
    kinds = {"open": "expiring", "won": "done", "lost": "failed"}
    return [
        PartRow(
            title=_("Dispute"),
            href="",
            about=_("Answer until %(moment)s") % {"moment": format_moment(one.due_at, zone)}
            if one.due_at and one.state == Dispute.State.OPEN
            else one.provider_id,
            amount=format_money(one.amount, payment.currency),
            pill=(kinds[one.state], str(one.get_state_display())),
        )
        for one in disputes
    ]


def log_rows(lines: Iterable[PaymentLog], *, zone: str, currency: str) -> list[tuple[str, str, str, str, str | None]]:
    """The steps of a payment, newest first, as the timeline shows them: what, and by whom or what it came to light."""
    return [
        (
            str(PAYMENT_STEPS.get(one.what, one.what)),
            one.actor_name if one.trigger == PaymentLog.Trigger.STAFF else str(one.get_trigger_display()),
            format_moment(one.created_at, zone),
            one.created_at.isoformat(),
            detail_of(one.detail, currency) or None,
        )
        for one in lines
    ]


def detail_of(detail: Mapping[str, Any], currency: str) -> str:
    """What a step keeps beside its name, as far as a reader can use it."""
    shown: Sequence[str] = ("document", "note", "code", "failure", "request_id")
    amount = [format_money(Decimal(detail["amount"]), currency)] if detail.get("amount") else []
    return " · ".join([*amount, *(str(detail[name]) for name in shown if detail.get(name))])

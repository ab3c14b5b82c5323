"""Sending refunds to the gateway: claimed, sent outside transactions, with the same key until the answer is known."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisory_portal.core.models.base import MOST_ATTEMPTS
from advisory_portal.core.money import to_minor
from advisory_portal.core.outside import calls_outside
from advisory_portal.gateways import (
    AlreadyDone,
    ConfigError,
    Gateway,
    GatewayError,
    Money,
    RefundRefused,
    Rejected,
    SeenRefund,
)
from client_portal import rules
from client_portal.actions.payments.gateways import gateway_for
from client_portal.actions.payments.locking import lock_payment
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.refunds import apply_refunds, fail_refund
from client_portal.models import PaymentLog, Refund

State = Refund.State
REFUSALS = (RefundRefused, Rejected, AlreadyDone, ConfigError)  # nothing happened there, and nothing will


@calls_outside
def send_refund(*, refund_id: UUID, now: datetime) -> None:
    """Send a due refund, or ask about one that is on its way; nothing for one that is not due or somebody else sends.

    Repeated sends bear the same key. Before a refund is sent again, whatever became of the first send is looked for at
    the gateway, because a key is forgotten there after a day. A refusal is booked as failed only where it is an answer
    to the send itself.
    """
    claimed = _claim(refund_id, now)
    if claimed is None:
        return
    try:
        gateway = gateway_for(claimed.account)
        found = _sent_before(gateway, claimed)
    except GatewayError as error:
        _keep_failure(claimed, error, now, is_certain=False)
        return
    try:
        found = found or (_asked(gateway, claimed),)
    except GatewayError as error:
        _keep_failure(claimed, error, now, is_certain=not claimed.provider_id)
        return
    _apply(claimed, found, now)


@transaction.atomic
def _claim(refund_id: UUID, now: datetime) -> Refund | None:
    """The refund, this worker's alone until its lease is over. `attempts` above zero: it may have been sent."""
    rows = Refund.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    rows = rows.select_related("account", "payment__attempt").filter(state__in=(State.NEW, State.PENDING))
    refund = rows.filter(pk=refund_id, due_at__lte=now).first()
    if refund is not None:
        attempts = min(refund.attempts + 1, MOST_ATTEMPTS - 1)  # never given up
        Refund.objects.filter(pk=refund.pk).update(due_at=now + rules.LEASE, attempts=attempts)
    return refund


def _asked(gateway: Gateway, refund: Refund) -> SeenRefund:
    if refund.provider_id:
        return gateway.fetch_refund(refund.provider_id)
    payment = refund.payment
    amount = Money(to_minor(refund.amount, payment.currency), payment.currency)
    return gateway.refund(payment.provider_id, amount, refund.key, refund.note)


def _sent_before(gateway: Gateway, refund: Refund) -> tuple[SeenRefund, ...]:
    """All refunds of the payment at the gateway if ours is among them, after a send whose answer was lost."""
    attempt = refund.payment.attempt
    if not refund.attempts or refund.provider_id or attempt is None or not attempt.ref:
        return ()
    seen = gateway.fetch(attempt.ref, attempt.ref2).refunds
    known = set(Refund.objects.filter(payment=refund.payment_id).values_list("provider_id", flat=True))
    amount = to_minor(refund.amount, refund.payment.currency)
    is_ours = any(
        one.key == refund.key or (not one.key and one.id not in known and one.amount.minor == amount) for one in seen
    )
    return seen if is_ours else ()


@transaction.atomic
def _apply(claimed: Refund, found: tuple[SeenRefund, ...], now: datetime) -> None:
    payment = lock_payment(claimed.payment_id)
    apply_refunds(payment=payment, seen=found, trigger=PaymentLog.Trigger.SWEEP, now=now)
    current = Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=claimed.pk)
    if current.state == State.PENDING:
        current.due_at, current.last_error = now + rules.refund_pause(tries=claimed.attempts), ""
        current.save(update_fields=["due_at", "last_error"])


@transaction.atomic
def _keep_failure(claimed: Refund, error: GatewayError, now: datetime, *, is_certain: bool) -> None:
    """Fail the refund where the gateway refused it for certain; else it is sent, or asked about, again later."""
    payment = lock_payment(claimed.payment_id)
    refund = Refund.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=claimed.pk)
    if refund.state not in (State.NEW, State.PENDING):
        return  # a webhook was quicker than the answer
    refund.payment = payment
    refund.error_code, refund.last_error = error.code[:100], str(error)[:500]
    if isinstance(error, REFUSALS) and is_certain:
        fail_refund(refund=refund, payment=payment, trigger=PaymentLog.Trigger.SWEEP, now=now)
        return
    refund.due_at = now + rules.refund_pause(tries=claimed.attempts, wait=getattr(error, "after", 0))
    refund.save(update_fields=["due_at", "error_code", "last_error"])
    log_payment(
        account=refund.account,
        what="refund_put_off",
        trigger=PaymentLog.Trigger.SWEEP,
        attempt=payment.attempt,
        payment=payment,
        detail={"refund": str(refund.pk), "code": error.code, "request_id": error.request_id},
    )

"""Payers' complaints to their bank, as the gateway tells of them: staff are told, and what is lost is taken off."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from advisory_portal.core.access import system_actor
from advisory_portal.core.money import from_minor
from advisory_portal.core.states import move
from advisory_portal.gateways import SeenDispute
from client_portal.actions.payments.allocating import put_back, take_off
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.telling import tell_dispute
from client_portal.models import Dispute, GatewayPayment

State = Dispute.State
Look = GatewayPayment.Look


def apply_disputes(*, payment: GatewayPayment, seen: Iterable[SeenDispute], trigger: str, now: datetime) -> None:
    """Book what the gateway says of a payment's disputes; what it says twice, or of other payments, changes nothing.

    The payment, and before it the documents that its money stands on, are locked by the caller, and as they stand. An
    open dispute is to be looked at; a lost one is taken off as a refund is, at most what has not gone back yet; one
    that is won after all is put back.
    """
    for one in seen:
        if one.payment_id == payment.provider_id:
            _apply(payment, one, trigger, now)


def _apply(payment: GatewayPayment, seen: SeenDispute, trigger: str, now: datetime) -> None:
    dispute = payment.disputes.select_for_update(of=("self",), no_key=True).filter(provider_id=seen.id).first()
    is_new = dispute is None
    if dispute is None:
        dispute = Dispute.objects.create(
            organisation_id=payment.organisation_id,
            account=payment.account,
            payment=payment,
            provider_id=seen.id,
            amount=_amount(payment, seen),
            due_at=seen.due_at,
        )
        _look(payment, Look.DISPUTED)
        _log(dispute, "dispute_opened", trigger)
    dispute.payment = payment
    if dispute.due_at != seen.due_at:
        dispute.due_at = seen.due_at
        dispute.save(update_fields=["due_at"])
    if seen.status in dispute.MOVES[State(dispute.state)]:
        _decide(dispute, payment, State(seen.status), trigger, now)
    elif is_new:
        tell_dispute(dispute=dispute)


def _decide(dispute: Dispute, payment: GatewayPayment, to: State, trigger: str, now: datetime) -> None:
    """Book who was right. Documents are booked under a key of their own each time, because a bank may change it."""
    actor = system_actor(payment.organisation.workspace)
    source_key = f"dispute:{dispute.pk}:{payment.allocations.count()}"
    if to == State.LOST:
        before = payment.refunded
        dispute.taken = take_off(payment=payment, amount=dispute.amount, source_key=source_key, actor=actor, now=now)
        dispute.lost = payment.refunded - before
    elif dispute.lost:
        put_back(payment=payment, amount=dispute.lost, taken=dispute.taken, source_key=source_key, actor=actor)
        dispute.taken, dispute.lost = {}, Decimal(0)
    dispute.save(update_fields=["taken", "lost"])
    move(dispute, to, actor=actor)
    if to == State.LOST:
        _look(payment, Look.DISPUTED)
    elif payment.look == Look.DISPUTED and not payment.disputes.exclude(state=State.WON).exists():
        _look(payment, Look.SURPLUS if payment.credit else "")
    _log(dispute, f"dispute_{to}", trigger)
    tell_dispute(dispute=dispute)


def _amount(payment: GatewayPayment, seen: SeenDispute) -> Decimal:
    """What is disputed, in the payment's currency: all of it where the bank speaks of another."""
    is_same = seen.amount.currency == payment.currency
    return from_minor(seen.amount.minor, seen.amount.currency) if is_same else payment.amount


def _look(payment: GatewayPayment, why: str) -> None:
    payment.look = why
    payment.save(update_fields=["look"])


def _log(dispute: Dispute, what: str, trigger: str) -> None:
    log_payment(
        account=dispute.account,
        what=what,
        trigger=trigger,
        attempt=dispute.payment.attempt,
        payment=dispute.payment,
        detail={"dispute": dispute.provider_id, "amount": str(dispute.amount)},
    )

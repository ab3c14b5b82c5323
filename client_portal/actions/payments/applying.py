"""What a gateway says of an attempt, written down: the only writer of payments, and of how attempts end.

The gateway was asked without a lock; here the rows are locked and read again, so that whoever comes second finds
done what the first did. What is true at the gateway is never refused: money that does not fit is kept, not booked on a
document, and shown to staff (`look`). Source: payments design, 5.3 and 5.4.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from advisory_portal.core.access import Actor
from advisory_portal.core.states import move
from advisory_portal.gateways import GatewayError, RateLimited, Snapshot
from client_portal import rules
from client_portal.actions.payments.disputes import apply_disputes
from client_portal.actions.payments.locking import lock_attempt, lock_documents, lock_payments, standing
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.receiving import Work, is_foreign, lose_missing, take_payment
from client_portal.actions.payments.refunds import apply_refunds
from client_portal.actions.payments.telling import tell_failed
from client_portal.models import AttemptShare, GatewayPayment, PaymentAttempt, PaymentLog

State, Status = PaymentAttempt.State, GatewayPayment.Status
UNKNOWN = "unknown_state"
KEPT = ("syncs", "synced_at", "lease_until", "last_error", "error_code", "due_at", "is_late", "ref")
# What a checkout's state means for its attempt, where its money does not say more.
STATES = {
    "open": State.OPEN,
    "pending": State.PENDING,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
    "expired": State.EXPIRED,
}


@transaction.atomic
def apply_snapshot(
    *,
    attempt: PaymentAttempt,
    snapshot: Snapshot,
    trigger: str,
    actor: Actor,
    now: datetime,
    is_ours: bool = False,
    shares: Iterable[AttemptShare] | None = None,
) -> PaymentAttempt:
    """Write down how a checkout stands: its money, refunds, disputes, and the attempt's state. Repeating is safe.

    `attempt` is as it was before the gateway was asked; as it stands afterwards is the answer. When somebody else wrote
    since, this answer may be the older one, and takes nothing back that came in. `is_ours`: the caller holds the lease
    of a capture. `shares` are the attempt's, where the caller has read them.
    """
    parts = attempt.shares.all() if shares is None else shares
    paid_for = [(one.document_id, one.amount) for one in parts]  # they never change
    work, attempt = _lock(attempt, paid_for, snapshot, trigger, actor, now)
    if is_ours:
        attempt.lease_until = None
    for seen in snapshot.payments:
        take_payment(work, seen)
    if snapshot.state in ("open", "failed", "cancelled", "expired"):
        lose_missing(work, snapshot)
    state = _state_of(work, attempt, snapshot)
    is_news = state in attempt.MOVES[State(attempt.state)]
    if is_news:
        _change(work, attempt, state, snapshot)
    back_flows(work, snapshot)
    _put_next_look(work, attempt, state if is_news else attempt.state, snapshot)
    if is_news:
        move(attempt, state, actor=actor, also=KEPT)
    else:
        attempt.save(update_fields=KEPT)
    work.write_log()
    return attempt


def back_flows(work: Work, snapshot: Snapshot) -> None:
    """The refunds and disputes of the payments that are known, under the same locks."""
    for payment in work.payments.values():
        refunds = [one for one in snapshot.refunds if one.payment_id == payment.provider_id]
        if refunds:
            apply_refunds(payment=payment, seen=refunds, trigger=work.trigger, now=work.now)
        disputes = [one for one in snapshot.disputes if one.payment_id == payment.provider_id]
        if disputes:
            apply_disputes(payment=payment, seen=disputes, trigger=work.trigger, now=work.now)


def _lock(
    known: PaymentAttempt,
    shares: list[tuple[UUID, Decimal]],
    snapshot: Snapshot,
    trigger: str,
    actor: Actor,
    now: datetime,
) -> tuple[Work, PaymentAttempt]:
    """Documents, then the attempt, then its payments."""
    documents = lock_documents({*_stand_on(known), *(document_id for document_id, _amount in shares)})
    attempt = lock_attempt(known.pk)
    payments = lock_payments(attempt.account, (one.id for one in snapshot.payments), attempt=attempt)
    work = Work(
        account=attempt.account,
        attempt=attempt,
        payments=payments,
        shares=shares,
        documents=documents,
        is_foreign=is_foreign(attempt.account, attempt, snapshot),
        is_fresh=attempt.synced_at == known.synced_at,
        trigger=trigger,
        actor=actor,
        now=now,
    )
    return work, attempt


def _stand_on(attempt: PaymentAttempt) -> set[UUID]:
    """The documents that the attempt's money stands on: on none before it succeeded."""
    if attempt.state != State.SUCCEEDED:
        return set()
    payments = attempt.payments.values_list("pk", flat=True)
    return {document_id for pk in payments for document_id, _amount in standing(pk)}


def _state_of(work: Work, attempt: PaymentAttempt, snapshot: Snapshot) -> str:
    """The state that the attempt comes to: money that came goes before everything else that is said."""
    statuses = {work.payments[one.id].status for one in snapshot.payments if one.id in work.payments}
    if Status.SUCCEEDED in statuses:
        return State.FAILED if work.is_foreign else State.SUCCEEDED
    if attempt.state == State.CAPTURING and not _is_over(attempt, work.now) and snapshot.state != "pending":
        return attempt.state  # whoever holds it will tell
    return STATES.get(snapshot.state, State(attempt.state))


def _is_over(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether nobody holds the attempt to capture it."""
    return attempt.lease_until is None or attempt.lease_until <= now


def _change(work: Work, attempt: PaymentAttempt, state: str, snapshot: Snapshot) -> None:
    """What an attempt's new state brings with it. The state itself is for the caller to change."""
    before = attempt.state
    failure = next((one.failure for one in snapshot.payments if one.failure), "")
    if state not in PaymentAttempt.OPEN_STATES:
        attempt.shares.update(is_open=False)
    if state == State.SUCCEEDED:
        attempt.is_late = before not in PaymentAttempt.OPEN_STATES
    if not attempt.ref:  # its page was made, but the answer with it was lost
        attempt.ref = snapshot.ref
    attempt.error_code = "foreign" if work.is_foreign and snapshot.payments else failure[:100]
    said = {"before": before, "gateway": snapshot.state}
    work.log(state, detail=said | {"failure": failure} if failure else said)
    is_lost = before == State.PENDING and state != State.SUCCEEDED
    if is_lost or (before == State.CAPTURING and state == State.FAILED):
        tell_failed(attempt=attempt, now=work.now)


def _put_next_look(work: Work, attempt: PaymentAttempt, state: str, snapshot: Snapshot) -> None:
    """When to ask again about an attempt that comes to this state; what was wrong before is over."""
    now, is_news, is_open = work.now, state != attempt.state, state in PaymentAttempt.OPEN_STATES
    attempt.syncs = 0 if is_news else attempt.syncs + (work.trigger == PaymentLog.Trigger.SWEEP)
    attempt.synced_at = max(now, attempt.synced_at + rules.TICK) if attempt.synced_at else now
    attempt.lease_until = None if state != State.CAPTURING else attempt.lease_until
    attempt.last_error = ""
    if snapshot.state == "unknown" and is_open:
        if attempt.error_code != UNKNOWN:
            work.log("not_understood")
        attempt.error_code, attempt.last_error = UNKNOWN, "The answer names a state that is not known here."
    elif not is_news and is_open:
        attempt.error_code = ""
    attempt.due_at = rules.next_look(
        state=state, syncs=attempt.syncs, began=attempt.created_at, now=now, waits=_waits(work, snapshot)
    )
    if work.is_doubtful:
        attempt.due_at = now


def _waits(work: Work, snapshot: Snapshot) -> bool:
    """Whether more is to come of what has ended: money on its way, a fee that is not known yet."""
    if snapshot.state == "pending":
        return True
    came = [one for one in work.payments.values() if one.status == Status.SUCCEEDED]
    return any(one.fee is None for one in came)


@transaction.atomic
def note_error(*, attempt_id: UUID, error: GatewayError, trigger: str, actor: Actor, now: datetime) -> PaymentAttempt:
    """A gateway did not answer, or said nothing that helps: keep what it was and ask again later.

    Nothing else changes: what is not known is never called failed. A new kind of error is logged once.
    """
    attempt = lock_attempt(attempt_id)
    code = (error.code or type(error).__name__)[:100]
    if attempt.error_code != code:
        detail = {"error": type(error).__name__, "code": error.code, "request_id": error.request_id}
        log_payment(
            account=attempt.account, what="not_answered", trigger=trigger, attempt=attempt, actor=actor, detail=detail
        )
    attempt.error_code, attempt.last_error = code, str(error)[:500]
    attempt.due_at = rules.next_look(
        state=attempt.state, syncs=attempt.syncs, began=attempt.created_at, now=now, waits=True
    )
    attempt.syncs += trigger == PaymentLog.Trigger.SWEEP
    if isinstance(error, RateLimited) and attempt.due_at is not None:
        attempt.due_at = max(attempt.due_at, now + rules.pause_of(error.after))
    attempt.save(update_fields=["error_code", "last_error", "due_at", "syncs"])
    return attempt

"""What a payer does about an attempt that is under way: look again, or give it up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.outside import calls_outside
from client_portal.actions.payments.locking import lock_attempt
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.syncing import sync_attempt, sync_known
from client_portal.models import AttemptShare, PaymentAttempt, PaymentLog

JUST_NOW = timedelta(seconds=2)  # an answer this young is shown again instead of asking twice


@calls_outside
def look_at_attempt(*, actor: Actor, shares: Sequence[AttemptShare], trigger: str, now: datetime) -> PaymentAttempt:
    """The attempt as its gateway says it stands; as it was written down, where that was just now or it is decided.

    `shares` are all of the attempt's, just read `with_attempt`; `trigger` as in `sync_attempt`. A gateway that does not
    answer leaves it as it is.
    """
    attempt = shares[0].attempt
    is_decided = attempt.state not in PaymentAttempt.OPEN_STATES
    is_young = attempt.synced_at is not None and now - attempt.synced_at < JUST_NOW
    if is_decided or is_young:
        return attempt
    return sync_known(shares=shares, trigger=trigger, actor=actor, now=now)


@calls_outside
def cancel_attempt(*, actor: Actor, attempt: PaymentAttempt, now: datetime) -> PaymentAttempt:
    """Give an open attempt up, so that its documents may be paid another way; paid in this moment, that is what counts.

    Where the gateway does not answer now, it is closed there later. Repeating it does nothing. Raises Forbidden.
    """
    if actor.kind != ActorKind.CONTACT or actor.read_only:
        raise Forbidden
    if not _want_end(attempt, actor, now):
        attempt.refresh_from_db()
        return attempt
    return sync_attempt(attempt_id=attempt.pk, trigger=PaymentLog.Trigger.PAGE, actor=actor, now=now)


@transaction.atomic
def _want_end(attempt: PaymentAttempt, actor: Actor, now: datetime) -> bool:
    current = lock_attempt(attempt.pk)
    if current.state not in (PaymentAttempt.State.NEW, PaymentAttempt.State.OPEN):
        return False
    current.close_wanted, current.due_at = True, now
    current.save(update_fields=["close_wanted", "due_at"])
    log_payment(account=current.account, what="given_up", trigger=PaymentLog.Trigger.PAGE, attempt=current, actor=actor)
    return True

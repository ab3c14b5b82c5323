"""What the clock does about attempts: which are due, which shall end, and the daily comparison with each gateway."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from advisory_portal.core.access import Actor
from advisory_portal.core.outside import calls_outside
from advisory_portal.gateways import Snapshot
from client_portal import rules
from client_portal.actions.payments.adopting import adopt_payment, attempt_of
from client_portal.actions.payments.applying import apply_snapshot
from client_portal.actions.payments.beginning import asked
from client_portal.actions.payments.gateways import gateway_for
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.telling import tell_unheard
from client_portal.models import (
    AttemptShare,
    Dispute,
    GatewayAccount,
    GatewayPayment,
    PaymentAttempt,
    PaymentLog,
    Refund,
)

State = PaymentAttempt.State
LISTING = PaymentLog.Trigger.LISTING


@transaction.atomic
def end_outdated(*, now: datetime, most: int = 200) -> int:
    """Let attempts end whose documents do not take their amounts any more; how many. The next look closes them."""
    shares = AttemptShare.objects.outdated().filter(attempt__state__in=(State.NEW, State.OPEN))
    ids = list(shares.values_list("attempt_id", flat=True)[:most])
    rows = PaymentAttempt.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    found = list(rows.filter(pk__in=ids, state__in=(State.NEW, State.OPEN)).select_related("account").order_by("pk"))
    for attempt in found:
        attempt.close_wanted, attempt.due_at = True, now
        attempt.save(update_fields=["close_wanted", "due_at"])
        log_payment(account=attempt.account, what="outdated", trigger=PaymentLog.Trigger.SWEEP, attempt=attempt)
    return len(found)


@transaction.atomic
def claim_attempt(*, now: datetime, besides: Collection[UUID] = ()) -> PaymentAttempt | None:
    """The attempt that is due longest, put off so that no other worker takes it; None when nothing is due.

    `besides` are accounts that are left alone. A worker that dies leaves it to be due again.
    """
    rows = PaymentAttempt.objects.due(now).exclude(account__in=besides).order_by("due_at")
    attempt = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if attempt is not None:
        attempt.due_at = now + rules.LEASE
        attempt.save(update_fields=["due_at"])
    return attempt


@calls_outside
def compare_account(*, actor: Actor, account: GatewayAccount, now: datetime) -> int:
    """Compare the books with what the gateway lists since the last time, and write down what differs; how many did.

    Two hours are looked at twice, because a gateway may list late. Where it fails half way, what was written down
    stays, and the next comparison begins where this one did. Who manages settings is told, once, where money came for
    a day and the company called not. Raises GatewayError.
    """
    since = (account.listed_until or account.created_at) - rules.COMPARE_OVERLAP
    gateway = gateway_for(account)
    listed = asked(lambda: iter(gateway.recent(since)))
    differed = 0
    while (snapshot := asked(lambda: next(listed, None))) is not None:
        if not _is_booked(account, snapshot):
            differed += _write_down(account, snapshot, actor, now)
    _keep_compared(account, actor, now, differed)
    return differed


def _is_booked(account: GatewayAccount, snapshot: Snapshot) -> bool:
    """Whether the books say the same as the gateway of this checkout's money. Three queries at most."""
    ids = [one.id for one in snapshot.payments]
    payments = dict(
        GatewayPayment.objects.filter(account=account, provider_id__in=ids).values_list("provider_id", "status")
    )
    if any(payments.get(one.id, "failed") != one.status for one in snapshot.payments):
        return False
    refunds = {one.id: one.status for one in snapshot.refunds}
    disputes = {one.id: one.status for one in snapshot.disputes}
    return _states(Refund.objects.filter(account=account, provider_id__in=refunds)) == refunds and (
        _states(Dispute.objects.filter(account=account, provider_id__in=disputes)) == disputes
    )


def _states(rows: QuerySet[Refund] | QuerySet[Dispute]) -> dict[str, str]:
    return dict(rows.values_list("provider_id", "state"))


def _write_down(account: GatewayAccount, snapshot: Snapshot, actor: Actor, now: datetime) -> int:
    attempt = attempt_of(account=account, snapshot=snapshot)
    if attempt is not None:
        apply_snapshot(attempt=attempt, snapshot=snapshot, trigger=LISTING, actor=actor, now=now)
        return 1
    kept = [
        adopt_payment(account=account, seen=one, snapshot=snapshot, trigger=LISTING, actor=actor, now=now)
        for one in snapshot.payments
        if one.status == "succeeded"
    ]
    return int(any(kept))


@transaction.atomic
def _keep_compared(account: GatewayAccount, actor: Actor, now: datetime, differed: int) -> None:
    current = GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    current.listed_until = now
    if not current.is_unheard and _does_not_call(current, now):
        current.unheard_since = now
        tell_unheard(account=current)
    current.save(update_fields=["listed_until", "unheard_since"])
    if differed:
        log_payment(account=account, what="compared", trigger=LISTING, actor=actor, detail={"differed": differed})


def _does_not_call(account: GatewayAccount, now: datetime) -> bool:
    """Whether money came within a day, and in that day no webhook, though there is one. One query."""
    since = now - rules.UNHEARD_AFTER
    if not account.hook_secrets or (account.hooked_at is not None and account.hooked_at >= since):
        return False
    came = account.payments.filter(organisation_id=account.organisation_id, status=GatewayPayment.Status.SUCCEEDED)
    return came.filter(paid_at__gte=since, paid_at__lte=now - rules.CALLS_WITHIN).exists()

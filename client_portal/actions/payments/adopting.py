"""Money at a gateway that is found by something else than its attempt: by a webhook, or when the books are compared."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisory_portal.core.access import Actor
from advisory_portal.gateways import SeenPayment, Snapshot
from client_portal.actions.payments.applying import apply_snapshot, back_flows
from client_portal.actions.payments.locking import lock_documents, lock_payments, standing, wait_at_account
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.receiving import Work, is_foreign, take_payment
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt


def attempt_of(*, account: GatewayAccount, snapshot: Snapshot) -> PaymentAttempt | None:
    """The attempt of the account that a checkout is of: by its reference, else by our id as the gateway kept it."""
    attempts = PaymentAttempt.objects.filter(account=account)
    found = attempts.filter(ref=snapshot.ref).first()
    if found is None and (known := _id_in(snapshot)) is not None:
        found = attempts.filter(pk=known).first()
    return found


@transaction.atomic
def adopt_payment(
    *, account: GatewayAccount, seen: SeenPayment, snapshot: Snapshot, trigger: str, actor: Actor, now: datetime
) -> GatewayPayment | None:
    """Write down money whose attempt is not known by its reference; its row, None for money that is not ours to keep.

    It is of the attempt whose id the gateway kept; where that attempt is gone it is kept for staff to look at. What
    carries no id of this portal, or one of another account's attempt, belongs to whatever else uses the company's
    account: it is logged and left alone. Repeating is safe.
    """
    attempt = attempt_of(account=account, snapshot=snapshot)
    if attempt is not None:
        apply_snapshot(attempt=attempt, snapshot=snapshot, trigger=trigger, actor=actor, now=now)
        return GatewayPayment.objects.filter(account=account, provider_id=seen.id).first()
    payments = GatewayPayment.objects.filter(account=account, provider_id=seen.id)
    known = payments.values_list("pk", flat=True).first()
    if known is None and not _is_ours(snapshot):
        detail = {"payment": seen.id, "checkout": snapshot.ref}
        log_payment(account=account, what="not_ours", trigger=trigger, actor=actor, detail=detail)
        return None
    if known is not None:
        lock_documents(document_id for document_id, _amount in standing(known))
    else:
        wait_at_account(account)  # there is no attempt where those who find the same money would wait
    work = Work(
        account=account,
        attempt=None,
        payments=lock_payments(account, [seen.id]),
        shares=[],
        documents={},
        is_foreign=is_foreign(account, None, snapshot),
        is_fresh=True,
        trigger=trigger,
        actor=actor,
        now=now,
    )
    row = take_payment(work, seen)
    back_flows(work, snapshot)
    work.write_log()
    return row


def _is_ours(snapshot: Snapshot) -> bool:
    """Whether the checkout was made by this portal for an attempt that is not there any more."""
    known = _id_in(snapshot)
    return known is not None and not PaymentAttempt.objects.filter(pk=known).exists()


def _id_in(snapshot: Snapshot) -> UUID | None:
    try:
        return UUID(snapshot.attempt_id)
    except ValueError:
        return None

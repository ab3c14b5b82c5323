"""Money that a gateway shows, kept and booked. Runs under the locks of `applying`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from advisory_portal.core.access import Actor
from advisory_portal.core.money import from_minor
from advisory_portal.gateways import SeenPayment, Snapshot
from client_portal.actions.payments.allocating import allocate_locked, learn_fee_of, put_back, take_off
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.telling import tell_look, tell_received
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt
from documents.models import Document

Look, Status = GatewayPayment.Look, GatewayPayment.Status
REVERSED = "reversed"


@dataclass(slots=True)
class Work:
    """One snapshot being written down: the locked rows, and who does it when.

    `attempt` is None for money of no attempt. `payments` are those known, by the gateway's id. `shares` are what the
    attempt pays of each document, in their order. `is_foreign`: the money is not, or not surely, the business's.
    `is_fresh`: nobody else wrote since the gateway was asked; `is_doubtful` becomes True where that mattered.
    """

    account: GatewayAccount
    attempt: PaymentAttempt | None
    payments: dict[str, GatewayPayment]
    shares: list[tuple[UUID, Decimal]]
    documents: dict[UUID, Document]
    is_foreign: bool
    is_fresh: bool
    trigger: str
    actor: Actor
    now: datetime
    is_doubtful: bool = False

    def log(self, what: str, payment: GatewayPayment | None = None, detail: dict[str, Any] | None = None) -> None:
        log_payment(
            account=self.account,
            what=what,
            trigger=self.trigger,
            attempt=self.attempt,
            payment=payment,
            actor=self.actor,
            detail=detail,
        )


def is_foreign(account: GatewayAccount, attempt: PaymentAttempt | None, snapshot: Snapshot) -> bool:
    """Whether the checkout is another's: real money on a test account or the other way, another merchant, or made for
    another attempt than the one that it was found by.
    """
    if snapshot.is_live != (account.mode == GatewayAccount.Mode.LIVE):
        return True
    if account.merchant and snapshot.merchant and account.merchant != snapshot.merchant:
        return True
    return attempt is not None and snapshot.attempt_id not in ("", str(attempt.pk))


def take_payment(work: Work, seen: SeenPayment) -> GatewayPayment | None:
    """Write down one payment as the gateway has it now; its row, None for a failed one that was never on its way."""
    row = work.payments.get(seen.id)
    if row is None:
        if seen.status == "failed":
            return None
        row = _keep(work, seen)
    if seen.status == "succeeded":
        if row.status != Status.SUCCEEDED:
            _receive(work, row, seen)
        elif row.fee is None and (fee := _fee(seen)) is not None:
            learn_fee_of(row, fee)
    elif seen.status == "failed" and row.status == Status.SUCCEEDED:
        _reverse(work, row)
    elif seen.status != row.status and row.status != Status.SUCCEEDED and not row.refunded:
        row.status, row.failure = seen.status, seen.failure[:200]
        row.save(update_fields=["status", "failure"])
        work.log(f"payment_{seen.status}", row, {"failure": row.failure})
    return row


def lose_missing(work: Work, snapshot: Snapshot) -> None:
    """Money on its way that the checkout does not name any more does not come. Only by a fresh answer."""
    named = {one.id for one in snapshot.payments}
    for row in work.payments.values():
        if row.status == Status.PENDING and row.provider_id not in named and work.is_fresh:
            row.status = Status.FAILED
            row.save(update_fields=["status"])
            work.log("payment_failed", row)


def _keep(work: Work, seen: SeenPayment) -> GatewayPayment:
    """The row of a payment that was not known, on its way; the one that somebody else made in this moment."""
    attempt = work.attempt
    contact = attempt.contact if attempt is not None and not work.is_foreign else None
    row = GatewayPayment(
        organisation_id=work.account.organisation_id,
        contact=contact,
        account=work.account,
        attempt=attempt,
        provider_id=seen.id,
        status=Status.PENDING,
        amount=from_minor(seen.amount.minor, seen.amount.currency),
        currency=seen.amount.currency,
        method=seen.method[:60],
    )
    GatewayPayment.objects.bulk_create([row], ignore_conflicts=True)
    rows = GatewayPayment.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    row = rows.get(account=work.account, provider_id=seen.id)
    row.account = work.account
    work.payments[seen.id] = row
    return row


def _receive(work: Work, row: GatewayPayment, seen: SeenPayment) -> None:
    was_reversed = row.status == Status.FAILED and row.refunded > 0
    row.status, row.failure = Status.SUCCEEDED, ""
    row.amount, row.currency = from_minor(seen.amount.minor, seen.amount.currency), seen.amount.currency
    row.fee, row.method = _fee(seen), seen.method[:60]
    row.paid_at = row.paid_at or seen.paid_at or work.now
    row.save(update_fields=["status", "failure", "amount", "currency", "fee", "method", "paid_at"])
    if was_reversed:
        _undo_reversal(work, row)
    elif not work.is_foreign:
        _allocate(work, row)
    row.look = _look(work, row)
    row.save(update_fields=["look"])
    money = {"amount": str(row.amount), "currency": row.currency, "booked": str(row.allocated), "look": row.look}
    work.log("received", row, money)
    if not work.is_foreign:
        tell_received(payment=row, now=work.now)
    tell_look(payment=row)
    stale = Q(paid_at=None) | Q(paid_at__lt=work.now)
    GatewayAccount.objects.filter(stale, pk=work.account.pk).update(paid_at=work.now)


def _allocate(work: Work, row: GatewayPayment) -> None:
    """Book the payment on what its attempt was to pay, each document at most its share."""
    for document_id, share in work.shares:
        allocate_locked(payment=row, document=work.documents[document_id], amount=share, actor=work.actor)


def _look(work: Work, row: GatewayPayment) -> str:
    """Why a person has to look at money that came, "" when nobody has."""
    attempt = work.attempt
    if work.is_foreign:
        return Look.FOREIGN
    if attempt is None:
        return Look.ORPHAN
    if (row.amount, row.currency) != (attempt.amount, attempt.currency):
        return Look.MISMATCH
    if not row.credit:
        return ""
    return (
        Look.LATE
        if attempt.state not in (*PaymentAttempt.OPEN_STATES, PaymentAttempt.State.SUCCEEDED)
        else Look.SURPLUS
    )


def _reverse(work: Work, row: GatewayPayment) -> None:
    """The gateway took money back that had come: off the documents again, and staff look.

    Where somebody else wrote since the gateway was asked, the answer may be the older one: the next one tells.
    """
    if not work.is_fresh:
        work.is_doubtful = True
        return
    key = f"{REVERSED}:{row.pk}:{row.log.filter(what=REVERSED).count()}"
    amount = row.amount - row.refunded
    taken = take_off(payment=row, amount=amount, source_key=key, actor=work.actor, now=work.now)
    row.status, row.look = Status.FAILED, Look.REVERSED
    row.save(update_fields=["status", "look"])
    work.log(REVERSED, row, {"amount": str(amount), "taken": taken})
    tell_look(payment=row)


def _undo_reversal(work: Work, row: GatewayPayment) -> None:
    """What was taken back came again after all: back to where it stood."""
    line = row.log.filter(what=REVERSED).order_by("id").last()
    detail: dict[str, Any] = line.detail if line is not None else {}
    put_back(
        payment=row,
        amount=Decimal(detail.get("amount", "0")),
        taken=detail.get("taken", {}),
        source_key=f"{REVERSED}:{row.pk}:{line.pk if line is not None else ''}:back"[:100],
        actor=work.actor,
    )


def _fee(seen: SeenPayment) -> Decimal | None:
    """What the gateway keeps, where it says so in the payment's own currency."""
    if seen.fee is None or seen.fee.currency != seen.amount.currency:
        return None
    return from_minor(seen.fee.minor, seen.fee.currency)

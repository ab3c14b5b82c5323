"""Money that a gateway shows, kept and booked. Runs under the locks of `applying`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from advisory_portal.core.access import Actor
from advisory_portal.core.money import from_minor
from advisory_portal.gateways import SeenPayment, Snapshot
from client_portal.actions.payments.allocating import allocate_locked, learn_fee_of, put_back, take_off
from client_portal.actions.payments.log import log_line
from client_portal.actions.payments.telling import Paid, tell_look, tell_received
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog
from documents.models import Document

Look, Status = GatewayPayment.Look, GatewayPayment.Status
REVERSED = "reversed"
NOTED_EVERY = timedelta(hours=1)  # when an account took money last is not written more often


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
    lines: list[PaymentLog] = field(default_factory=list)

    def log(self, what: str, payment: GatewayPayment | None = None, detail: dict[str, Any] | None = None) -> None:
        """A line for the log, to be written with the others when all is done."""
        line = log_line(
            account=self.account,
            what=what,
            trigger=self.trigger,
            attempt=self.attempt,
            payment=payment,
            actor=self.actor,
            detail=detail,
        )
        self.lines.append(line)

    def write_log(self) -> None:
        PaymentLog.objects.bulk_create(self.lines)


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
        row = work.payments[seen.id] = _new(work, seen)
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
    if row._state.adding:  # on its way
        row.save()
    return row


def lose_missing(work: Work, snapshot: Snapshot) -> None:
    """Money on its way that the checkout does not name any more does not come. Only by a fresh answer."""
    named = {one.id for one in snapshot.payments}
    for row in work.payments.values():
        if row.status == Status.PENDING and row.provider_id not in named and work.is_fresh:
            row.status = Status.FAILED
            row.save(update_fields=["status"])
            work.log("payment_failed", row)


def _new(work: Work, seen: SeenPayment) -> GatewayPayment:
    """The row of a payment that was not known, on its way; not saved yet. Locks keep others from making it too."""
    attempt, account = work.attempt, work.account
    return GatewayPayment(
        organisation=account.organisation,
        contact=attempt.contact if attempt is not None and not work.is_foreign else None,
        account=account,
        attempt=attempt,
        provider_id=seen.id,
        status=Status.PENDING,
        amount=from_minor(seen.amount.minor, seen.amount.currency),
        currency=seen.amount.currency,
        method=seen.method[:60],
    )


def _receive(work: Work, row: GatewayPayment, seen: SeenPayment) -> None:
    was_reversed = row.status == Status.FAILED and row.refunded > 0
    row.status, row.failure = Status.SUCCEEDED, ""
    row.amount, row.currency = from_minor(seen.amount.minor, seen.amount.currency), seen.amount.currency
    row.fee, row.method = _fee(seen), seen.method[:60]
    row.paid_at = row.paid_at or seen.paid_at or work.now
    booked: Paid | None = None
    if was_reversed:
        row.save()
        _undo_reversal(work, row)
    elif not work.is_foreign:
        shares = [(work.documents[document_id], share) for document_id, share in work.shares]
        booked = allocate_locked(payment=row, shares=shares, actor=work.actor)
    row.look = _look(work, row)
    row.save()
    money = {"amount": str(row.amount), "currency": row.currency, "booked": str(row.allocated), "look": row.look}
    work.log("received", row, money)
    if not work.is_foreign:
        tell_received(payment=row, paid=booked, now=work.now)
    tell_look(payment=row)
    if work.account.paid_at is None or work.now - work.account.paid_at >= NOTED_EVERY:
        GatewayAccount.objects.filter(pk=work.account.pk).update(paid_at=work.now)


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

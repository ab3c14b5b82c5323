"""Money of a payment that goes back: asked for here, or seen at the gateway; booked where it stood.

A refund is found again by its id at the gateway, else by our key, else by its amount where one of ours may have been
sent and the gateway keeps no keys. So it is booked once, whoever sees it first. Source: payments design, 5.4.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_money
from advisory_portal.core.history import record
from advisory_portal.core.ids import uuid7
from advisory_portal.core.jobs import nudge
from advisory_portal.core.money import fits, from_minor
from advisory_portal.core.states import move
from advisory_portal.gateways import SeenRefund
from client_portal import rules
from client_portal.actions.payments.allocating import put_back, take_off
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.telling import tell_refunded
from client_portal.models import Dispute, GatewayPayment, PaymentLog, Refund

State = Refund.State


class NotRefundable(Refused):
    """This money cannot go back, or not so much of it."""


@transaction.atomic
def request_refund(
    *, actor: Actor, payment: GatewayPayment, amount: Decimal, note: str, key: UUID, now: datetime
) -> Refund:
    """Ask for so much of a payment to go back to the payer; the gateway is asked at once, in the background.

    `key` is of the form that was sent: sent twice, it is one refund, also at the gateway. What refunds that are not
    decided hold cannot be refunded again. `note` is read by the payer. Raises NotRefundable, Forbidden.
    """
    actor.require(Section.SALES, Level.MANAGE)
    current = _locked(payment.pk)
    own_key = f"rf-{key.hex}"
    there = Refund.objects.filter(key=own_key).first()
    if there is not None:
        if there.payment_id != current.pk:
            raise NotRefundable(_("This form was sent before, for another payment."))
        return there
    _require_refundable(current, amount)
    refund = Refund.objects.create(
        organisation_id=current.organisation_id,
        account=current.account,
        payment=current,
        source=Refund.Source.STAFF,
        amount=amount,
        key=own_key,
        note=note.strip()[:200],
        asked_by_id=actor.user_id,
        asked_by_name=actor.name[:200],
        due_at=now,
    )
    _hold(current, amount)
    detail = {"amount": str(amount), "note": refund.note}
    record(actor, "client_portal.gatewaypayment.refund_asked", about=current, after=detail)
    _log(refund, "refund_asked", PaymentLog.Trigger.STAFF, actor=actor)
    nudge("client_portal.send_refunds")
    payment.refresh_from_db()
    return refund


def refundable(payment: GatewayPayment) -> Decimal:
    """What of a payment may still be refunded: what came and neither went back nor is on its way."""
    if payment.status != GatewayPayment.Status.SUCCEEDED or payment.look == GatewayPayment.Look.FOREIGN:
        return Decimal(0)
    return max(payment.amount - payment.refunded - payment.refunding, Decimal(0))


def apply_refunds(*, payment: GatewayPayment, seen: Iterable[SeenRefund], trigger: str, now: datetime) -> None:
    """Book what the gateway says of a payment's refunds; what it says twice, or of other payments, changes nothing.

    The payment, and before it the documents that its money stands on, are locked by the caller, and as they stand.
    A refund that succeeded is taken off; one that fails later is put back as it was.
    """
    for one in seen:
        if one.payment_id == payment.provider_id and one.amount.currency == payment.currency:
            _apply(payment, one, trigger, now)


def fail_refund(*, refund: Refund, payment: GatewayPayment, trigger: str, now: datetime) -> None:
    """Book that a refund does not take place; `payment` is locked, as for `apply_refunds`."""
    was_told = refund.state == State.SUCCEEDED
    if was_told:
        _put_back(refund, payment)
    else:
        _hold(payment, -refund.amount)
    refund.due_at = None
    refund.save(update_fields=["due_at", "taken", "error_code", "last_error"])
    move(refund, State.FAILED, actor=_system(payment))
    _log(refund, "refund_failed", trigger)
    tell_refunded(refund=refund, now=now, was_told=was_told)


def _apply(payment: GatewayPayment, seen: SeenRefund, trigger: str, now: datetime) -> None:
    refund = _known(payment, seen) or _seen_first(payment, seen, trigger)
    refund.payment = payment
    amount = from_minor(seen.amount.minor, seen.amount.currency)
    if refund.state in (State.NEW, State.PENDING):
        _hold(payment, amount - refund.amount)
        refund.amount, refund.provider_id = amount, seen.id
        refund.error_code = refund.last_error = ""
        refund.save(update_fields=["amount", "provider_id", "error_code", "last_error"])
    if seen.status not in refund.MOVES[State(refund.state)]:
        return
    if seen.status == "failed":
        fail_refund(refund=refund, payment=payment, trigger=trigger, now=now)
    elif seen.status == "succeeded":
        _succeed(refund, payment, trigger, now)
    else:
        refund.due_at, refund.attempts = now + rules.refund_pause(tries=0), 0  # asked about until it is decided
        refund.save(update_fields=["due_at", "attempts"])
        move(refund, State.PENDING, actor=_system(payment))
        _log(refund, "refund_pending", trigger)


def _known(payment: GatewayPayment, seen: SeenRefund) -> Refund | None:
    """The row of a refund: by its id there, by our key, or by its amount where it may be one that we sent."""
    rows = Refund.objects.select_for_update(of=("self",), no_key=True).filter(payment=payment)
    found = rows.filter(provider_id=seen.id).first()
    if found is not None:
        return found
    unnamed = rows.filter(provider_id="", state=State.NEW)
    if seen.key:
        return unnamed.filter(key=seen.key).first()
    return unnamed.filter(amount=from_minor(seen.amount.minor, seen.amount.currency), attempts__gt=0).first()


def _seen_first(payment: GatewayPayment, seen: SeenRefund, trigger: str) -> Refund:
    """The row of a refund that somebody made at the gateway."""
    refund = Refund.objects.create(
        organisation_id=payment.organisation_id,
        account=payment.account,
        payment=payment,
        source=Refund.Source.GATEWAY,
        amount=from_minor(seen.amount.minor, seen.amount.currency),
        key=f"gw-{uuid7().hex}",
        provider_id=seen.id,
        due_at=None,
    )
    _hold(payment, refund.amount)
    _log(refund, "refund_seen", trigger)
    return refund


def _succeed(refund: Refund, payment: GatewayPayment, trigger: str, now: datetime) -> None:
    _hold(payment, -refund.amount)
    refund.taken = take_off(
        payment=payment, amount=refund.amount, source_key=f"refund:{refund.pk}", actor=_system(payment), now=now
    )
    refund.due_at = None
    refund.save(update_fields=["taken", "due_at"])
    move(refund, State.SUCCEEDED, actor=_system(payment))
    if payment.look in GatewayPayment.LOOKS_FOR_CREDIT and not payment.credit:
        _look(payment, "")
    _log(refund, "refund_succeeded", trigger)
    tell_refunded(refund=refund, now=now)


def _put_back(refund: Refund, payment: GatewayPayment) -> None:
    """What the payment lost by this refund alone: not what a lost dispute, or the gateway itself, took as well."""
    others = payment.refunds.filter(state=State.SUCCEEDED).exclude(pk=refund.pk).values_list("amount", flat=True)
    lost = payment.disputes.filter(state=Dispute.State.LOST).values_list("amount", flat=True)
    stays_gone = min(sum((*others, *lost), Decimal(0)), payment.amount)
    back = payment.refunded - stays_gone
    if back > 0 and payment.status == GatewayPayment.Status.SUCCEEDED:
        put_back(
            payment=payment,
            amount=back,
            taken=refund.taken,
            source_key=f"refund_failed:{refund.pk}",
            actor=_system(payment),
        )
        if payment.credit and not payment.look:
            _look(payment, GatewayPayment.Look.SURPLUS)
    refund.taken = {}


def _look(payment: GatewayPayment, why: str) -> None:
    """Why a person has to look at the payment from now on, "" where nobody has. It is locked."""
    payment.look = why
    payment.save(update_fields=["look"])


def _locked(payment_id: UUID) -> GatewayPayment:
    rows = GatewayPayment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("account__organisation").get(pk=payment_id)


def _require_refundable(payment: GatewayPayment, amount: Decimal) -> None:
    if payment.status != GatewayPayment.Status.SUCCEEDED:
        raise NotRefundable(_("This money has not arrived: there is nothing to refund."))
    if payment.look == GatewayPayment.Look.FOREIGN:
        raise NotRefundable(_("This payment is a test, or of another account: it is not refunded here."))
    if not fits(amount, payment.currency) or amount <= 0:
        words = _("This is not an amount of %(currency)s.") % {"currency": payment.currency}
        raise NotRefundable(words, field="amount")
    left = refundable(payment)
    if amount > left:
        words = _("At most %(amount)s of this payment can still be refunded.")
        raise NotRefundable(words % {"amount": format_money(left, payment.currency)}, field="amount")


def _hold(payment: GatewayPayment, amount: Decimal) -> None:
    """Keep so much of the payment for refunds that are not decided; negative lets it go. It is locked."""
    payment.refunding = max(payment.refunding + amount, Decimal(0))
    payment.save(update_fields=["refunding"])


def _system(payment: GatewayPayment) -> Actor:
    return system_actor(payment.organisation.workspace)


def _log(refund: Refund, what: str, trigger: str, *, actor: Actor | None = None) -> None:
    log_payment(
        account=refund.account,
        what=what,
        trigger=trigger,
        attempt=refund.payment.attempt,
        payment=refund.payment,
        actor=actor,
        detail={
            "refund": str(refund.pk),
            "amount": str(refund.amount),
            "provider_id": refund.provider_id,
            "code": refund.error_code,
        },
    )

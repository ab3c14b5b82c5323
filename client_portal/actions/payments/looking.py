"""What a person decides about money that did not find its place by itself."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_money
from advisory_portal.core.history import record
from advisory_portal.core.money import fits
from client_portal.actions.payments.allocating import allocate_locked
from client_portal.actions.payments.locking import lock_payment
from client_portal.actions.payments.log import log_payment
from client_portal.models import GatewayPayment, PaymentLog
from documents.models import Document


class NotMatched(Refused):
    """The money cannot stand on this document, or not so much of it."""


@transaction.atomic
def match_payment(*, actor: Actor, payment: GatewayPayment, document: Document, amount: Decimal) -> Decimal:
    """Book so much of a payment's credit on a document; how much was booked.

    A payment of nobody becomes the document's contact's. With nothing left over, what was to be looked at is done.
    Raises NotMatched, Forbidden.
    """
    actor.require(Section.SALES, Level.MANAGE)
    current = lock_payment(payment.pk, also=(document.pk,))
    there = Document.objects.get(pk=document.pk)
    _require_match(current, there, amount)
    if current.contact_id is None:
        current.contact_id = there.contact_id
    matched = allocate_locked(payment=current, shares=[(there, amount)], actor=actor)
    if not matched:
        raise NotMatched(_("Nothing is open on this document any more."), field="document")
    if current.look in GatewayPayment.LOOKS_FOR_CREDIT and not current.credit:
        current.look = ""
    current.save(update_fields=["contact", "allocated", "look"])
    booked = matched[0][1]
    after = {"document": there.number, "amount": str(booked)}
    record(actor, "client_portal.gatewaypayment.matched", about=current, after=after)
    log_payment(
        account=current.account,
        what="matched",
        trigger=PaymentLog.Trigger.STAFF,
        attempt=current.attempt,
        payment=current,
        actor=actor,
        detail=after,
    )
    payment.refresh_from_db()
    return booked


def _require_match(payment: GatewayPayment, document: Document, amount: Decimal) -> None:
    if payment.look == GatewayPayment.Look.FOREIGN:
        raise NotMatched(_("This payment is a test, or of another account: it pays nothing here."))
    if payment.contact is not None and document.contact_id not in (payment.contact_id, payment.contact.merged_into_id):
        raise NotMatched(_("This document is of another contact than the payment."), field="document")
    if document.currency != payment.currency:
        words = _("The payment is in %(currency)s; this document is not.")
        raise NotMatched(words % {"currency": payment.currency}, field="document")
    free = payment.credit - payment.refunding
    if amount <= 0 or not fits(amount, payment.currency):
        raise NotMatched(_("This is not an amount of %(currency)s.") % {"currency": payment.currency}, field="amount")
    if amount > free:
        left = {"amount": format_money(free, payment.currency)}
        raise NotMatched(_("Of this payment %(amount)s are left.") % left, field="amount")


@transaction.atomic
def close_look(*, actor: Actor, payment: GatewayPayment, note: str) -> None:
    """Say that somebody has looked at a payment, and what they decided; what is left of it stays the contact's credit.

    Repeating it does nothing. Raises Forbidden.
    """
    actor.require(Section.SALES, Level.MANAGE)
    current = GatewayPayment.objects.select_for_update(of=("self",), no_key=True).get(pk=payment.pk)
    if not current.look:
        return
    before = current.look
    current.look, current.look_note = "", note.strip()[:500]
    current.save(update_fields=["look", "look_note"])
    record(
        actor,
        "client_portal.gatewaypayment.looked_at",
        about=current,
        before={"look": before},
        after={"note": current.look_note},
    )
    log_payment(
        account=current.account,
        what="looked_at",
        trigger=PaymentLog.Trigger.STAFF,
        attempt=current.attempt,
        payment=current,
        actor=actor,
        detail={"look": before, "note": current.look_note},
    )
    payment.refresh_from_db()

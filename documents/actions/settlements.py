"""The one hand that books money on documents, and the acts by which people record it."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_money
from advisory_portal.core.money import fits
from advisory_portal.core.states import move
from documents import rules
from documents.actions.periods import require_open
from documents.models import Document, Settlement


class NotPayable(Refused):
    """The kind or state of the document takes no money, or the amount is not one of its currency."""


class NotThisAmount(Refused):
    """The amount, the day or the method is not one that a person can record here."""


@transaction.atomic
def settle(
    *,
    actor: Actor,
    document: Document,
    amount: Decimal,
    received_on: date,
    method: str,
    source_key: str,
    reference: str = "",
    fee: Decimal | None = None,
) -> bool:
    """Book an amount on a document and move its state; False if `source_key` was booked on it before.

    Everything that brings money calls this: a gateway's payment, a bank line, cash. `amount` is in the
    document's currency; negative takes back. `fee` is what a gateway keeps of it, in the same currency (negative where
    it gives a fee back), None where that is not known. Rights are the caller's to check. Raises NotPayable.
    """
    current = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if Settlement.objects.filter(document=current, source_key=source_key).exists():
        return False
    settle_locked(
        actor=actor,
        document=current,
        amount=amount,
        received_on=received_on,
        method=method,
        source_key=source_key,
        reference=reference,
        fee=fee,
    )
    document.refresh_from_db()
    return True


@transaction.atomic
def settle_locked(
    *,
    actor: Actor,
    document: Document,
    amount: Decimal,
    received_on: date,
    method: str,
    source_key: str,
    reference: str = "",
    fee: Decimal | None = None,
) -> Settlement:
    """`settle` where the caller has the document locked and as it stands, and the key is new. Raises NotPayable."""
    _require_payable(document, amount)
    _require_fee(fee, method, document.currency)
    booked = Settlement.objects.create(
        organisation_id=document.organisation_id,
        document=document,
        contact_id=document.contact_id,
        amount=amount,
        fee=fee,
        received_on=received_on,
        method=method,
        source_key=source_key,
        reference=reference,
    )
    document.settled += amount
    state = rules.state_after_settling(document.payable, document.settled)
    if state == document.state:
        document.save(update_fields=["settled"])
    else:
        move(document, state, actor=actor, also=["settled"])
    return booked


def _require_payable(document: Document, amount: Decimal) -> None:
    if document.kind not in rules.PAYABLE_KINDS or document.state in (Document.State.DRAFT, Document.State.VOID):
        raise NotPayable(_("Nothing can be paid on this document."))
    if amount == 0 or not fits(amount, document.currency):
        raise NotPayable(_("This is not an amount of %(currency)s.") % {"currency": document.currency}, field="amount")


@transaction.atomic
def learn_fee(*, document: Document, source_key: str, fee: Decimal) -> bool:
    """Keep what a gateway keeps of a payment that was settled before its fee was known; False if one is known.

    `fee` as for `settle`. Raises NotPayable, and Settlement.DoesNotExist where nothing was booked by this key.
    """
    row = Settlement.objects.select_for_update(of=("self",)).get(document=document, source_key=source_key)
    if row.fee is not None:
        return False
    _require_fee(fee, row.method, document.currency)
    row.fee = fee
    row.save(update_fields=["fee"])
    return True


def _require_fee(fee: Decimal | None, method: str, currency: str) -> None:
    """Raises NotPayable for a fee that no gateway keeps, or that is no amount of the currency."""
    if fee is not None and (method not in rules.GATEWAY_METHODS or not fits(fee, currency)):
        raise NotPayable(_("This is not an amount of %(currency)s.") % {"currency": currency}, field="fee")


@transaction.atomic
def record_payment(
    *, actor: Actor, document: Document, amount: Decimal, received_on: date, method: str, reference: str, key: str
) -> bool:
    """Record a payment by hand: one of `rules.HAND_METHODS`, at most what is open; False if `key` was recorded before.

    `amount` counts as the document does: positive on a credit note is money given back. `key` is of the form that was
    sent, so that a second click changes nothing. Raises NotPayable, NotThisAmount, PeriodClosed, Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    current = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    source_key = f"hand:{key}"[:100]
    if Settlement.objects.filter(document=current, source_key=source_key).exists():
        document.refresh_from_db()
        return False
    if method not in rules.HAND_METHODS:
        raise NotThisAmount(_("Choose how it was paid."), field="method")
    if received_on > actor.today():
        raise NotThisAmount(_("This day has not come yet."), field="received_on")
    require_open(current.organisation_id, received_on, field="received_on")
    _require_within(current, amount)
    return settle(
        actor=actor,
        document=document,
        amount=amount,
        received_on=received_on,
        method=method,
        source_key=source_key,
        reference=reference[:200],
    )


def _require_within(document: Document, amount: Decimal) -> None:
    """Of the document's own sign, and not beyond what is open; what is no amount at all is for `settle` to refuse."""
    sign = -1 if document.payable < 0 else 1
    left = max(document.outstanding * sign, Decimal(0))
    if not amount.is_finite() or 0 <= amount * sign <= left:
        return
    if amount * sign < 0:
        raise NotThisAmount(_("Write an amount above zero. A payment is taken back in its own line."), field="amount")
    words = _("Only %(amount)s is open on this document.") % {"amount": format_money(left * sign, document.currency)}
    raise NotThisAmount(words, field="amount")


@transaction.atomic
def take_back_payment(*, actor: Actor, settlement: Settlement) -> bool:
    """Book a payment that people recorded, or a set-off, back as of today; False if it was taken back before.

    A set-off goes back on both documents. Raises NotThisAmount for other money (a gateway's is refunded there) and
    for what was itself taken back, PeriodClosed, Forbidden.
    """
    document = settlement.document
    actor.require(document.section, Level.MANAGE)
    today = actor.today()
    is_by_hand = settlement.source_key.startswith(("hand:", "moved:")) and settlement.method in rules.HAND_METHODS
    _require_not_moved(settlement)
    if not is_by_hand and not settlement.source_key.startswith("credit:"):
        raise NotThisAmount(_("Only a payment that was recorded by hand is taken back here."))
    require_open(document.organisation_id, today)
    rows = [settlement]
    if settlement.source_key.startswith("credit:"):
        rows = sorted([settlement, settlement.other_side], key=lambda row: row.document_id)
    booked = [
        settle(
            actor=actor,
            document=row.document,
            amount=-row.amount,
            received_on=today,
            method=row.method,
            source_key=f"back:{row.pk}",
            reference=row.reference,
        )
        for row in rows
    ]
    return booked[0]


def _require_not_moved(settlement: Settlement) -> None:
    """Raises NotThisAmount for what moved to the invoice of its order: it is taken back there."""
    moved = Settlement.objects.filter(document=settlement.document_id, source_key__startswith=f"moved:{settlement.pk}:")
    is_what_moved = settlement.source_key.startswith("moved:") and settlement.amount < 0
    if is_what_moved or moved.exists():
        raise NotThisAmount(_("This payment stands on an invoice of this order now. Take it back there."))


@transaction.atomic
def apply_credit(*, actor: Actor, credit_note: Document, invoice: Document, amount: Decimal, key: str = "") -> bool:
    """Set a credit note off against an invoice (or a supplier's against a bill); False if that was done before.

    Both are settled with the amount, as of today. Without a `key` of the form, once for these two. Raises
    NotPayable, NotThisAmount where the two do not go together or less is open on one, PeriodClosed, Forbidden.
    """
    for one in (credit_note, invoice):
        actor.require(one.section, Level.MANAGE)
    today = actor.today()
    require_open(invoice.organisation_id, today)
    pair = {
        one.pk: one
        for one in Document.objects.select_for_update(of=("self",))
        .filter(pk__in=(credit_note.pk, invoice.pk), organisation_id=actor.place.id)
        .order_by("pk")
    }
    note, bill = pair[credit_note.pk], pair[invoice.pk]
    if Settlement.objects.filter(document=bill, source_key=_credit_key(note, key)).exists():
        return False
    if rules.CREDITED_BY.get(bill.kind) != note.kind:
        raise NotThisAmount(_("A credit note is set off against an invoice."), field="invoice")
    if (note.contact_id, note.currency) != (bill.contact_id, bill.currency):
        raise NotThisAmount(_("Both must be of one contact and in one currency."), field="invoice")
    for one in (note, bill):
        _require_within(one, amount)
    for one, other in ((note, bill), (bill, note)):
        settle(
            actor=actor,
            document=one,
            amount=amount,
            received_on=today,
            method=rules.CREDIT_METHOD,
            source_key=_credit_key(other, key),
            reference=other.number,
        )
    credit_note.refresh_from_db()
    invoice.refresh_from_db()
    return True


def _credit_key(other: Document, key: str) -> str:
    return f"credit:{other.pk}:{key}"[:100]

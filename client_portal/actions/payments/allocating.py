"""Which documents a payment's money stands on: the only writer of allocations, of `allocated` and of `refunded`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from advisory_portal.core.access import Actor
from client_portal import rules
from client_portal.actions.payments.locking import lock_documents, lock_payment, standing
from client_portal.models import GatewayPayment, PaymentAllocation, PaymentAttempt
from documents.actions import invoices_of, learn_fee, move_prepayment, settings_of, settle_locked
from documents.models import Document, Kind

ZERO = Decimal(0)
_MONEY = ("allocated", "refunded")


@transaction.atomic
def allocate(*, payment: GatewayPayment, document: Document, amount: Decimal, actor: Actor) -> Decimal:
    """Book up to `amount` of a payment's credit on a document; what was booked: at most its credit, and what is open.

    Zero where the document takes none of it: of another business, contact or currency, void, paid, not of a kind that
    is paid online. Both rows are brought up to date. The settlement bears its part of the fee, None while the gateway
    does not say.
    """
    current = lock_payment(payment.pk, also=(document.pk,))
    document.refresh_from_db()
    booked = allocate_locked(payment=current, shares=[(document, amount)], actor=actor)
    current.save(update_fields=["allocated"])
    _bring_up(payment, current)
    return sum((part for _document, part in booked), ZERO)


def allocate_locked(
    *, payment: GatewayPayment, shares: Iterable[tuple[Document, Decimal]], actor: Actor
) -> list[tuple[Document, Decimal]]:
    """`allocate` up to so much on each document, where all rows are locked and as they stand; what was booked.

    The caller saves `allocated`: the payment may be one that is not saved yet.
    """
    known = [] if payment._state.adding else payment.allocations.values_list("amount", "settlement__source_key")
    earlier = list(known)
    before = sum((amount for amount, key in earlier if amount > 0 and key.startswith("gateway:")), ZERO)
    day, booked = _day_of(payment, actor), list[tuple[Document, Decimal]]()
    for document, share in shares:
        part = min(share, payment.credit, open_on(document, payment))
        if part <= 0:
            continue
        fee = None if payment.fee is None else _part_of_fee(payment, payment.fee, before, part)
        source_key = f"gateway:{payment.pk}:{len(earlier) + len(booked)}"
        _book(payment, document, part, source_key=source_key, day=day, fee=fee, actor=actor)
        payment.allocated += part
        before += part
        booked.append((document, part))
        _follow(document, actor)
    return booked


def _follow(document: Document, actor: Actor) -> None:
    """Money that comes for a sales order after its invoice goes on to the invoice."""
    if document.kind == Kind.SALES_ORDER and document.is_invoiced:
        for invoice in Document.objects.filter(pk__in=invoices_of(document)).order_by("pk"):
            move_prepayment(actor=actor, order=document, invoice=invoice, today=actor.today())


@transaction.atomic
def take_off(
    *, payment: GatewayPayment, amount: Decimal, source_key: str, actor: Actor, now: datetime
) -> dict[str, str]:
    """Take back what was refunded or lost: first of the credit, then off documents, the last allocated first.

    Raises `refunded` by it, at most by what has not gone back yet, and lowers `allocated` by what documents lost: the
    answer, {document id: amount as text}. Money that moved from a sales order to its invoice is taken off the invoice.
    `source_key` is of what took it (a refund, a dispute), once for each. The row is brought up to date.
    """
    current = lock_payment(payment.pk)
    amount = min(amount, current.amount - current.refunded)
    left = amount - min(current.credit, amount)
    day = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    taken: dict[str, str] = {}
    stands_on = standing(current.pk) if left else []
    documents = lock_documents(pk for pk, _amount in stands_on)
    for document_id, stands in stands_on:
        part = min(stands, left)
        if part > 0:
            _book(current, documents[document_id], -part, source_key=source_key, day=day, fee=ZERO, actor=actor)
            taken[str(document_id)] = str(part)
            left -= part
    current.allocated -= sum(map(Decimal, taken.values()), ZERO)
    current.refunded += amount
    current.save(update_fields=_MONEY)
    _bring_up(payment, current)
    return taken


@transaction.atomic
def put_back(
    *, payment: GatewayPayment, amount: Decimal, taken: Mapping[str, str], source_key: str, actor: Actor
) -> None:
    """Undo a `take_off` of `amount` (what `refunded` rose by) that took `taken`, because the money came back after all.

    What a document does not take any more, because it was paid otherwise or is void, becomes the contact's credit.
    `source_key` is new, once for each. The row is brought up to date.
    """
    wanted = sorted((UUID(pk), Decimal(text)) for pk, text in taken.items())
    current = lock_payment(payment.pk, also=[pk for pk, _amount in wanted])
    current.refunded -= min(amount, current.refunded)
    documents = lock_documents(pk for pk, _amount in wanted)
    for document_id, part in wanted:
        document = documents[document_id]
        booked = min(part, current.credit, open_on(document, current))
        if booked > 0:
            _book(current, document, booked, source_key=source_key, day=actor.today(), fee=ZERO, actor=actor)
            current.allocated += booked
    current.save(update_fields=_MONEY)
    _bring_up(payment, current)


def open_on(document: Document, payment: GatewayPayment | PaymentAttempt) -> Decimal:
    """What the document still takes of this payment, or of this attempt's, never below zero."""
    takes = (
        document.kind in rules.PAID_ONLINE
        and document.state in (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
        and document.currency == payment.currency
        and document.organisation_id == payment.organisation_id
        and _is_of_contact(document, payment)
    )
    return max(document.outstanding, ZERO) if takes else ZERO


def _is_of_contact(document: Document, payment: GatewayPayment | PaymentAttempt) -> bool:
    """Also where the contact was merged into another since."""
    if payment.contact is None or payment.contact_id == document.contact_id:
        return payment.contact is not None
    return payment.contact.merged_into_id == document.contact_id


def learn_fee_of(payment: GatewayPayment, fee: Decimal) -> None:
    """Keep the fee of a payment that was booked before it was known, on its settlements too; once. It is locked."""
    payment.fee = fee
    payment.save(update_fields=["fee"])
    before = ZERO
    rows = payment.allocations.filter(amount__gt=0, settlement__fee=None).select_related("settlement", "document")
    for row in rows.order_by("id"):
        part = _part_of_fee(payment, fee, before, row.amount)
        learn_fee(document=row.document, source_key=row.settlement.source_key, fee=part)
        before += row.amount


def _part_of_fee(payment: GatewayPayment, fee: Decimal, before: Decimal, part: Decimal) -> Decimal:
    return rules.fee_part(fee=fee, amount=payment.amount, before=before, part=part, currency=payment.currency)


def _book(
    payment: GatewayPayment,
    document: Document,
    amount: Decimal,
    *,
    source_key: str,
    day: date,
    fee: Decimal | None,
    actor: Actor,
) -> None:
    """One allocation with the settlement that it stands for. Both rows are locked."""
    booked = settle_locked(
        actor=actor,
        document=document,
        amount=amount,
        received_on=day,
        method=payment.account.kind,
        source_key=source_key,
        reference=payment.provider_id[:200],
        fee=fee,
    )
    PaymentAllocation.objects.create(
        organisation_id=payment.organisation_id, payment=payment, document=document, amount=amount, settlement=booked
    )


def _day_of(payment: GatewayPayment, actor: Actor) -> date:
    """The day the money came in, in the business's time zone; today if its books of that day are closed."""
    today = actor.today()
    if payment.paid_at is None:
        return today
    day = min(payment.paid_at.astimezone(ZoneInfo(actor.place.time_zone)).date(), today)
    if day == today:
        return today
    closed = settings_of(payment.organisation_id).closed_until
    return today if closed is not None and day <= closed else day


def _bring_up(payment: GatewayPayment, current: GatewayPayment) -> None:
    payment.allocated, payment.refunded = current.allocated, current.refunded

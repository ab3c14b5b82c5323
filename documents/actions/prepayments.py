"""What was paid on a sales order moves to the invoice that is made of it. Append-only: less there, as much here."""

from collections import OrderedDict
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from advisory_portal.core.access import Actor
from advisory_portal.core.history import record
from documents import rules
from documents.actions.settlements import settle
from documents.models import Document, Kind, Settlement
from documents.models.settlement import MOVED

OPEN = (Document.State.ISSUED, Document.State.PARTIALLY_PAID)


def orders_of(invoice: Document) -> list[UUID]:
    """The sales orders that an invoice was made of, directly or by delivery notes. Two queries at most."""
    if invoice.kind != Kind.INVOICE or not (invoice.source_id or invoice.references.get("delivery_notes")):
        return []
    notes = [UUID(pk) for pk in invoice.references.get("delivery_notes", ())]
    named = {*notes, *([invoice.source_id] if invoice.source_id else [])}
    rows = Document.objects.filter(pk__in=named, organisation_id=invoice.organisation_id)
    found = {
        pk if kind == Kind.SALES_ORDER else source for pk, kind, source in rows.values_list("pk", "kind", "source")
    }
    wanted = [pk for pk in found if pk is not None]
    orders = Document.objects.filter(pk__in=wanted, kind=Kind.SALES_ORDER, contact_id=invoice.contact_id)
    return sorted(orders.values_list("pk", flat=True))


def invoices_of(order: Document) -> list[UUID]:
    """The issued invoices that were made of a sales order, the oldest first. Two queries."""
    notes = Document.objects.filter(source=order, kind=Kind.DELIVERY_NOTE).values_list("pk", flat=True)
    made = Q(source__in=[order.pk, *notes])
    for note in notes:
        made |= Q(references__delivery_notes__contains=str(note))
    rows = Document.objects.filter(made, organisation_id=order.organisation_id, contact_id=order.contact_id)
    issued = (*OPEN, Document.State.PAID)
    return list(rows.filter(kind=Kind.INVOICE, state__in=issued).order_by("pk").values_list("pk", flat=True))


def mark_invoiced(invoice: Document) -> list[Document]:
    """Note on the sales orders of an invoice that was issued or declared void whether they are invoiced; the orders.

    They are locked, in the order of their ids.
    """
    rows = Document.objects.select_for_update(of=("self",)).filter(pk__in=orders_of(invoice))
    orders = list(rows.order_by("pk"))
    for order in orders:
        order.is_invoiced = bool(invoices_of(order))
        order.save(update_fields=["is_invoiced"])
    return orders


@transaction.atomic
def move_prepayment(*, actor: Actor, order: Document, invoice: Document, today: date) -> Decimal:
    """Move what was paid on a sales order to an invoice made of it, as far as the invoice takes it; what was moved.

    Each payment moves by itself, with its method and reference, the oldest first; less what was taken back of it. The
    order's state stays: it is paid, on its invoice. Repeating moves nothing more. Both rows are locked, the order
    first. Rights are the caller's to check.
    """
    rows = Document.objects.select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=(order.pk, invoice.pk))}
    giving, taking = found[order.pk], found[invoice.pk]
    if taking.kind != Kind.INVOICE or taking.state not in OPEN or giving.currency != taking.currency:
        return Decimal(0)
    moved = Decimal(0)
    for row, left in _left(giving):
        part = min(left, taking.outstanding)
        if part > 0:
            _move(actor, giving, taking, row, part, today)
            moved += part
    if moved:
        after = {"amount": str(moved), "invoice": taking.number}
        record(actor, "documents.document.prepayment_moved", about=giving, after=after)
    for one, current in ((order, giving), (invoice, taking)):
        one.settled, one.state = current.settled, current.state
    return moved


def _left(order: Document) -> list[tuple[Settlement, Decimal]]:
    """The payments of an order with what of each still stands there: what was taken back counts against its own."""
    groups: OrderedDict[tuple[str, str], list[Settlement]] = OrderedDict()
    for row in order.settlements.order_by("id"):
        groups.setdefault((row.method, row.reference), []).append(row)
    found: list[tuple[Settlement, Decimal]] = []
    for rows in groups.values():
        left = sum((row.amount for row in rows), Decimal(0))
        gone = _gone(rows)
        for row in (row for row in rows if row.amount > 0):
            part = min(row.amount - gone.get(row.pk, Decimal(0)), left)
            if part > 0:
                found.append((row, part))
                left -= part
    return found


def _gone(rows: list[Settlement]) -> dict[UUID, Decimal]:
    """By payment: what of it moved away before."""
    gone: dict[UUID, Decimal] = {}
    for row in rows:
        word, _colon, named = row.source_key.partition(":")
        if word == MOVED:
            pk = UUID(named.partition(":")[0])
            gone[pk] = gone.get(pk, Decimal(0)) - row.amount
    return gone


def _move(actor: Actor, order: Document, invoice: Document, row: Settlement, part: Decimal, today: date) -> None:
    count = order.settlements.count()
    fee = Decimal(0) if row.method in rules.GATEWAY_METHODS else None  # the fee stays with what came in
    Settlement.objects.create(
        organisation_id=order.organisation_id,
        document=order,
        contact_id=order.contact_id,
        amount=-part,
        fee=fee,
        received_on=today,
        method=row.method,
        reference=row.reference,
        source_key=f"{MOVED}:{row.pk}:{invoice.pk}:{count}",
    )
    order.settled -= part
    order.save(update_fields=["settled"])
    settle(
        actor=actor,
        document=invoice,
        amount=part,
        received_on=today,
        method=row.method,
        source_key=f"{MOVED}:{row.pk}:{count}",
        reference=row.reference,
        fee=fee,
    )

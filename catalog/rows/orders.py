"""Orders as contact and staff read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from advisory_portal.core.formatting import active_language, format_date, format_money, format_number, money_formatter
from catalog.models import Delivery, Order, OrderLine
from documents.models import Document, DocumentLine

_HOLE = UUID(int=0)
PILLS = {"placed": "sent", "confirmed": "issued", "delivered": "paid", "cancelled": "void", "declined": "declined"}


class OrderRow(NamedTuple):
    """An order in a list; `contact` for staff."""

    href: str
    number: str
    date: str
    contact: str
    state: str
    state_label: str
    reference: str
    amount: str


class LineRow(NamedTuple):
    """A line of an order. `left` is what is still to be delivered, `delivered` "" while nothing is."""

    position: int
    name: str
    sku: str
    quantity: str
    price: str
    net: str
    delivered: str
    left: str


class DeliveryRow(NamedTuple):
    date: str
    what: str
    tracking: str
    note: str
    href: str


def state_pill(order: Order) -> tuple[str, str]:
    """The colour of an order's state, and its word."""
    return PILLS[order.state], str(order.get_state_display())


def order_rows(orders: Iterable[Order], *, slug: str, view: str) -> list[OrderRow]:
    """Orders as rows, with their documents as fetched along. Makes no query."""
    language, pattern = active_language(), reverse(view, args=[slug, _HOLE])
    rows = []
    for one in orders:
        document, (pill, label) = one.document, state_pill(one)
        rows.append(
            OrderRow(
                href=pattern.replace(str(_HOLE), str(one.pk)),
                number=document.number,
                date=format_date(document.issued_on, language),
                contact=document.contact_name,
                state=pill,
                state_label=label,
                reference=one.reference,
                amount=money_formatter(language, document.currency)(document.payable),
            )
        )
    return rows


def line_rows(lines: Sequence[OrderLine], of_document: Iterable[DocumentLine], document: Document) -> list[LineRow]:
    """The lines of an order beside those of its document. Makes no query."""
    language = active_language()
    money, own = money_formatter(language, document.currency), {one.position: one for one in lines}
    rows = []
    for line in of_document:
        one = own.get(line.position)
        left = one.quantity - one.delivered if one else line.quantity
        rows.append(
            LineRow(
                position=line.position,
                name=line.name,
                sku=line.detail.get("seller_item_id", ""),
                quantity=format_number(line.quantity, language),
                price=money(line.unit_price),
                net=money(line.net),
                delivered=format_number(one.delivered, language) if one and one.delivered else "",
                left=format_number(left, language) if left else "",
            )
        )
    return rows


def delivery_rows(deliveries: Iterable[Delivery], names: dict[int, str], *, slug: str, view: str) -> list[DeliveryRow]:
    """What left and when, with the delivery notes as fetched along. `view` shows a document."""
    language = active_language()
    return [
        DeliveryRow(
            date=format_date(one.delivered_on, language),
            what=", ".join(f"{quantity} × {names.get(position, '')}" for position, quantity in one.quantities),
            tracking=one.tracking,
            note=one.document.number if one.document else "",
            href=reverse(view, args=[slug, one.document.pk]) if one.document else "",
        )
        for one in deliveries
    ]


def steps_of(order: Order) -> list[tuple[str, str]]:
    """The way of an order as the stepper shows it; of one that ended otherwise nothing."""
    state = order.state
    if state in (Order.State.CANCELLED, Order.State.DECLINED):
        return []
    place = [Order.State.PLACED, Order.State.CONFIRMED, Order.State.DELIVERED].index(Order.State(state))
    labels = (pgettext("order", "Placed"), pgettext("order", "Confirmed"), pgettext("order", "Delivered"))
    return [
        (label, "done" if number <= place else "current" if number == place + 1 else "todo")
        for number, label in enumerate(labels)
    ]


def facts_of(
    order: Order, document: Document, address: Sequence[str], *, is_staff: bool = False
) -> list[tuple[str, str]]:
    """What was wished for and whether it is paid, label and value; only what was said."""
    facts = [(_("Date"), format_date(document.issued_on))]
    if order.state not in (Order.State.CANCELLED, Order.State.DECLINED):
        facts.append((_("Payment"), _payment(document)))
    if order.wanted_on:
        facts.append((_("Wanted on"), format_date(order.wanted_on)))
    if order.reference:
        facts.append((_("Their order number") if is_staff else _("Your order number"), order.reference))
    if address:
        facts.append((_("Deliver to"), ", ".join(address)))
    if order.notes:
        facts.append((_("Notes"), order.notes))
    return facts


def _payment(document: Document) -> str:
    """How the money of an order stands."""
    left = {"amount": format_money(document.outstanding, document.currency)}
    if document.state == Document.State.PAID:
        return pgettext("order", "Paid")
    if document.is_invoiced:
        return _("Paid on its invoice")
    return _("%(amount)s open") % left

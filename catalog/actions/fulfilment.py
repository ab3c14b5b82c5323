"""What becomes of an order: confirmed, declined, cancelled, delivered in one or several parts, ordered once more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level, Section, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_number
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from advisory_portal.core.states import move
from advisory_portal.core.text import clean_line
from catalog.actions.carts import add_quantities, locked_cart, shopping
from catalog.actions.people import receiver_of, staff_of
from catalog.actions.stock import book_movement
from catalog.models import Delivery, Order, OrderLine, StockHold, StockLevel, StockMovement
from catalog.models.shopping import shopper_of
from documents import actions as documents
from documents.models import Document, Kind

State = Order.State


class TooLate(Refused):
    """The contact may not cancel this order any more."""


class NotSaid(Refused):
    """Whoever declines an order says why."""


class WrongDelivery(Refused):
    """Nothing is delivered, or more than was ordered."""


def _locked(order: Order) -> tuple[Document, Order]:
    """The order's document and the order, locked in this order."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=order.document_id)
    return document, Order.objects.select_for_update(of=("self",)).get(pk=order.pk)


@transaction.atomic
def cancel_order(*, actor: Actor, order: Order, now: datetime) -> None:
    """Take an order back: its sales order becomes void and its stock free again; both sides are told.

    For its contact, as long as the business lets it, and for staff. Repeating it does nothing. Raises TooLate,
    MoneyOnIt where something was paid, Forbidden.
    """
    document, current = _locked(order)
    if current.state == State.CANCELLED:
        return
    if actor.kind == ActorKind.CONTACT:
        shopper = shopper_of(actor)
        if shopper is None or actor.read_only:
            raise Forbidden
        if not current.may_be_cancelled(shopper.cancel_until):
            raise TooLate(_("This order cannot be cancelled here any more. Please write to us."))
    else:
        actor.require(Section.CATALOG, Level.MANAGE)
    _close(actor, document, current, State.CANCELLED, now)
    _tell_contact("order_cancelled", document, current)
    if actor.kind == ActorKind.CONTACT:
        _tell_staff("order_withdrawn", actor, document, current)


@transaction.atomic
def decline_order(*, actor: Actor, order: Order, reason: str, now: datetime) -> None:
    """Say no to an order that waits for the business, with the reason its contact reads.

    Repeating it does nothing. Raises NotSaid, IllegalMove, MoneyOnIt, Forbidden.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    document, current = _locked(order)
    if current.state == State.DECLINED:
        return
    current.reason = clean_line(reason)[:500]
    if not current.reason:
        raise NotSaid(_("Say why, the customer will read it."), field="reason")
    _close(actor, document, current, State.DECLINED, now)
    _tell_contact("order_declined", document, current)


def _close(actor: Actor, document: Document, order: Order, state: str, now: datetime) -> None:
    """End an order that nothing was delivered of. The caller holds document and order locked."""
    if order.is_partly_delivered:
        raise TooLate(_("Part of this order was delivered already."))
    move(order, state, actor=actor)
    order.closed_at = now
    order.save(update_fields=["closed_at", "reason"])
    documents.void_document(actor=system_actor(actor.place), document=document, now=now)
    _release(order)


def _release(order: Order) -> None:
    """Let go of all the stock that the order holds."""
    holds = StockHold.objects.filter(line__order=order)
    levels = _locked_levels(hold.variant_id for hold in holds)
    for hold in holds:
        levels[hold.variant_id].held -= hold.quantity
    StockLevel.objects.bulk_update(levels.values(), ["held"])
    holds.delete()


def _locked_levels(variants: Iterable[UUID]) -> dict[UUID, StockLevel]:
    found = StockLevel.objects.filter(variant__in=set(variants)).select_for_update(no_key=True).order_by("pk")
    return {one.variant_id: one for one in found}


@transaction.atomic
def confirm_order(*, actor: Actor, order: Order, now: datetime) -> None:
    """Agree to an order. Repeating it does nothing. Raises IllegalMove, Forbidden."""
    actor.require(Section.CATALOG, Level.MANAGE)
    document, current = _locked(order)
    if move(current, State.CONFIRMED, actor=actor):
        current.confirmed_at = now
        current.save(update_fields=["confirmed_at"])
        _tell_contact("order_confirmed", document, current)


@transaction.atomic
def deliver_order(
    *,
    actor: Actor,
    order: Order,
    quantities: Mapping[int, Decimal],
    delivered_on: date,
    key: UUID,
    now: datetime,
    tracking: str = "",
) -> Delivery:
    """Note what left for the contact, by positions of lines; what was held of it leaves the stock.

    The order is delivered when nothing is left to deliver. An order delivered whole at once gets a delivery note. The
    delivery with this key is given back when this is repeated. Raises WrongDelivery, IllegalMove, Forbidden.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    document, current = _locked(order)
    if known := Delivery.objects.filter(order=current, key=key).first():
        return known
    if current.state != State.CONFIRMED:
        raise WrongDelivery(_("Confirm the order before you deliver it."))
    lines = list(current.lines.select_related("hold"))
    leaving = _leaving(lines, quantities)
    _take_from_stock(actor, current, lines, leaving)
    is_whole = all(leaving.get(line.position) == line.quantity for line in lines)
    delivery = Delivery.objects.create(
        organisation_id=current.organisation_id,
        order=current,
        delivered_on=delivered_on,
        quantities=[[position, f"{quantity.normalize():f}"] for position, quantity in sorted(leaving.items())],
        tracking=clean_line(tracking)[:200],
        document=_delivery_note(actor, document, delivered_on, now) if is_whole else None,
        by_name=actor.name[:200],
        key=key,
    )
    record(actor, "catalog.order.shipped", about=current)
    if all(line.delivered == line.quantity for line in lines):
        _finish(actor, current, now)
    _tell_contact("order_delivered", document, current, delivery=delivery, is_all=current.state == State.DELIVERED)
    return delivery


def _finish(actor: Actor, order: Order, now: datetime) -> None:
    """Nothing is left to deliver."""
    move(order, State.DELIVERED, actor=actor)
    order.closed_at = now
    order.save(update_fields=["closed_at"])


def _leaving(lines: Sequence[OrderLine], quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """What of each line leaves now, by position. Raises WrongDelivery, of a line with its field `line-<position>`."""
    leaving = {line.position: quantities.get(line.position, Decimal(0)) for line in lines}
    leaving = {position: quantity for position, quantity in leaving.items() if quantity}
    if not leaving:
        raise WrongDelivery(_("Say how much of something is delivered."))
    for line in lines:
        quantity = leaving.get(line.position, Decimal(0))
        if quantity < 0 or line.delivered + quantity > line.quantity:
            words = _("At most %(number)s can leave: the rest was delivered already, or never ordered.")
            left = format_number(line.quantity - line.delivered)
            raise WrongDelivery(words % {"number": left}, field=f"line-{line.position}")
    return leaving


def _take_from_stock(actor: Actor, order: Order, lines: Sequence[OrderLine], leaving: Mapping[int, Decimal]) -> None:
    holds = {hold.line_id: hold for hold in StockHold.objects.filter(line__order=order)}
    levels = _locked_levels(hold.variant_id for hold in holds.values())
    for line in lines:
        quantity = leaving.get(line.position, Decimal(0))
        line.delivered += quantity
        hold = holds.get(line.pk)
        if hold is None or not quantity:
            continue
        level = levels[line.variant_id]
        level.held -= quantity
        level.save(update_fields=["held"])
        reason = StockMovement.Reason.DELIVERED
        book_movement(actor=actor, level=level, reason=reason, quantity=-quantity, order_id=order.pk)
        hold.quantity -= quantity
        if hold.quantity:
            hold.save(update_fields=["quantity"])
        else:
            hold.delete()
    OrderLine.objects.bulk_update(lines, ["delivered"])


def _delivery_note(actor: Actor, document: Document, day: date, now: datetime) -> Document:
    system = system_actor(actor.place)
    note = documents.convert_document(
        actor=system, document=document, to=Kind.DELIVERY_NOTE, today=day, again=True,
        order_reference=document.references.get("order_reference", ""),
    )  # fmt: skip
    documents.issue_document(actor=system, document=note, now=now)
    return note


@transaction.atomic
def order_again(*, actor: Actor, order: Order, key: UUID) -> list[str]:
    """Put what an order was of into the contact's cart, as far as it is offered; returns the names of what is not.

    `key` is of the click: the same one again adds nothing. Raises CartFull, Forbidden.
    """
    shopper = shopping(actor)
    cart = locked_cart(shopper)
    lines = list(order.lines.select_related("variant").order_by("position"))
    missed = add_quantities(actor, shopper, cart, [(line.variant, line.quantity) for line in lines], key=key)
    names = dict(order.document.lines.values_list("position", "name"))
    return [names.get(line.position, line.variant.sku) for line in lines if line.variant_id in missed]


def _tell_contact(name: str, document: Document, order: Order, **more: object) -> None:
    contact = document.contact
    business = document.organisation
    notify(
        f"catalog/{name}",
        to=receiver_of(contact, f"catalog/{name}"),
        url=reverse("catalog:order", args=[business.slug, order.pk]),
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "order": order, "document": document, "contact": contact} | more,
    )


def _tell_staff(name: str, actor: Actor, document: Document, order: Order) -> None:
    place = actor.place
    notify(
        f"catalog/{name}",
        to=staff_of(place),
        url=reverse("catalog:staff_order", args=[place.slug, order.pk]),
        organisation_id=place.id,
        reply_to=actor.email,
        context={"business": place, "order": order, "document": document, "contact": document.contact},
    )

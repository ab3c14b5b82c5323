"""Placing orders."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.history import record
from advisory_portal.core.ids import uuid7
from advisory_portal.core.mail import notify
from advisory_portal.core.text import clean_line
from catalog.actions.carts import contact_of, locked_cart, shopping
from catalog.actions.people import receiver_of, staff_of
from catalog.models import Cart, CartLine, Order, OrderLine, StockHold, StockLevel
from catalog.models.cart_items import CartItem, items_of, print_of
from catalog.models.contents import order_content, totals_of
from catalog.models.shopping import Shopper
from catalog.rules import Wishes
from documents import actions as documents
from documents import rules
from documents.models import Contact, Document

FURTHEST_YEARS = 2  # in which an order can be wanted


class NothingToOrder(Refused):
    """The cart is empty, or was ordered or changed in another window."""


class CartChanged(Refused):
    """Prices, stock or the cart itself are not what the person agreed to."""


class TooLittle(Refused):
    """The order comes to less than the business's minimum."""


class BadWish(Refused):
    """The wanted date lies in the past or too far away."""


@transaction.atomic
def place_order(*, actor: Actor, contact: Contact, key: UUID, shown: str, wishes: Wishes, now: datetime) -> Order:
    """Order what lies in the contact's cart, all in one: sales order, held stock, empty cart, mails to both sides.

    `contact` is who shops, with its organisation where one statement shall read both.
    `key` is the cart's as the person saw it; the order that was placed with it is given back when this is repeated.
    `shown` is `print_of` the cart as it was shown. The stock of its variants is locked in the order of their ids, so
    that nothing is sold twice. Confirmed at once unless the business wants to confirm each order. Raises
    NothingToOrder, CartChanged, TooLittle, BadWish, what documents refuse, Forbidden. Source: PRODUCT R18.
    """
    shopper = shopping(actor)
    if contact_of(shopper) != contact.pk:
        raise Forbidden
    cart = locked_cart(shopper)
    if cart.key != key:  # an order takes its cart's key along
        known = Order.objects.visible_to(actor).filter(key=key).first()
        if known is not None:
            return known
        raise NothingToOrder(_("This cart was ordered in another window. Here is what lies in it now."))
    levels = _locked_levels(shopper, cart)
    items = items_of(shopper, language=contact.language)
    _check(shopper, items, shown)
    today = now.astimezone(ZoneInfo(shopper.place.time_zone)).date()
    _check_wishes(wishes, today)
    content = order_content(shopper, items, today)
    net = totals_of(content).lines_net
    if net < shopper.minimum:
        amounts = {"least": _money(shopper.minimum, shopper), "amount": _money(net, shopper)}
        raise TooLittle(_("An order comes to at least %(least)s without tax; this is %(amount)s.") % amounts)
    document = _sales_order(shopper, contact, content, wishes, now)
    order = _keep(actor, document, key, wishes, None if shopper.needs_approval else now)
    _hold(order, items, levels)
    _renew(cart)
    record(actor, "catalog.order.placed", about=order, after={"document": document.number})
    _tell(actor, order, document, contact)
    return order


def _money(amount: Decimal, shopper: Shopper) -> str:
    return format_money(amount, shopper.currency)


def _locked_levels(shopper: Shopper, cart: Cart) -> dict[UUID, StockLevel]:
    """The stock of what lies in the cart, locked in the order of ids, by variant."""
    variants = CartLine.objects.filter(cart=cart).values("variant_id")
    levels = StockLevel.objects.filter(organisation_id=shopper.place.id, variant__in=variants)
    return {one.variant_id: one for one in levels.select_for_update(no_key=True).order_by("pk")}


def _check(shopper: Shopper, items: Sequence[CartItem], shown: str) -> None:
    if not items:
        raise NothingToOrder(_("There is nothing in the cart."))
    if any(one.change is not None for one in items):
        raise CartChanged(
            _("Something has changed since you put it into the cart. Please look at it before you order.")
        )
    if print_of(items) != shown:
        raise CartChanged(_("The cart was changed in another window. Please look at it before you order."))


def _check_wishes(wishes: Wishes, today: date) -> None:
    if wishes.wanted_on is None:
        return
    if wishes.wanted_on < today:
        raise BadWish(_("Choose today or a later day."), field="wanted_on")
    if wishes.wanted_on.year > today.year + FURTHEST_YEARS:
        raise BadWish(_("Choose an earlier day."), field="wanted_on")


def _sales_order(shopper: Shopper, contact: Contact, content: rules.Content, wishes: Wishes, now: datetime) -> Document:
    actor = system_actor(shopper.place)
    with translation.override(contact.language):
        wanted = _("Wanted on %(date)s.") % {"date": format_date(wishes.wanted_on)} if wishes.wanted_on else ""
    note = "\n".join(filter(None, (wanted, wishes.notes.strip())))
    reference = clean_line(wishes.reference)[:100]
    content = replace(content, order_reference=reference, note=note, delivery=dict(wishes.address))
    return documents.issue_order(actor=actor, contact=contact, content=content, now=now)


def _keep(actor: Actor, document: Document, key: UUID, wishes: Wishes, confirmed_at: datetime | None) -> Order:
    return Order.objects.create(
        state=Order.State.PLACED if confirmed_at is None else Order.State.CONFIRMED,
        confirmed_at=confirmed_at,
        organisation_id=document.organisation_id,
        document=document,
        key=key,
        address=dict(wishes.address),
        reference=clean_line(wishes.reference)[:100],
        wanted_on=wishes.wanted_on,
        notes=wishes.notes.strip()[:2_000],
        placed_by_name=actor.name[:200],
    )


def _hold(order: Order, items: Sequence[CartItem], levels: Mapping[UUID, StockLevel]) -> None:
    own = {"organisation_id": order.organisation_id}
    lines = [
        OrderLine(**own, order=order, variant_id=item.offer.id, position=position, quantity=item.quantity)
        for position, item in enumerate(items, start=1)
    ]
    OrderLine.objects.bulk_create(lines)
    kept = {item.offer.id for item in items if item.offer.free is not None}
    held = [line for line in lines if line.variant_id in kept and line.variant_id in levels]
    StockHold.objects.bulk_create(
        StockHold(**own, line=line, variant_id=line.variant_id, quantity=line.quantity) for line in held
    )
    for line in held:
        levels[line.variant_id].held += line.quantity
    StockLevel.objects.bulk_update([levels[line.variant_id] for line in held], ["held"])


def _renew(cart: Cart) -> None:
    CartLine.objects.filter(cart=cart).delete()
    cart.key, cart.details = uuid7(), {}
    cart.revision += 1
    cart.save(update_fields=["key", "details", "revision"])


def _tell(actor: Actor, order: Order, document: Document, contact: Contact) -> None:
    place = actor.place
    context = {"business": place, "order": order, "document": document, "contact": contact}
    notify(
        "catalog/order_placed",
        to=staff_of(place),
        url=reverse("catalog:staff_order", args=[place.slug, order.pk]),
        organisation_id=place.id,
        reply_to=actor.email or contact.email,
        context=context,
    )
    notify(
        "catalog/order_received",
        to=receiver_of(contact, "catalog/order_received", actor),
        url=reverse("catalog:order", args=[place.slug, order.pk]),
        organisation_id=place.id,
        from_name=place.name,
        context=context,
    )

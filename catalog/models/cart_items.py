"""What lies in a cart, with prices and stock as they are: one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2s
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from advisory_portal.core.statements import Prepared
from catalog.models.offers import COLUMNS, Offer, list_parameters, offer_from, price_rows
from catalog.models.orders import CartLine
from catalog.models.shelf import Rows, in_language, offered
from catalog.models.shopping import Shopper
from catalog.rules import Change, Now, Seen, change_of, price_at
from documents.rules import Tax

_OWN = ("id", "cart__key", "quantity", "seen_price", "seen_currency", "seen_free")
_PRODUCT = ("tax", "unit", "cover_id")


@dataclass(frozen=True, slots=True)
class CartItem:
    """A line of the cart that has the key `cart_key`.

    `price` is of one unit, net, when so many are taken; None where there is none.
    """

    id: UUID
    cart_key: UUID
    quantity: Decimal
    seen: Seen
    offer: Offer
    name: str
    tax: Tax
    unit: str
    cover: UUID | None
    is_offered: bool
    price: Decimal | None
    change: Change | None
    allows_backorders: bool

    @property
    def becomes(self) -> Decimal:
        """So many are left of the line when the person agrees to what has changed; 0 where it goes."""
        offer, free = self.offer, self.offer.free
        if self.change in (Change.GONE, Change.UNPRICED):
            return Decimal(0)
        wanted = offer.nearest_to(self.quantity) if self.change is Change.FAULTY else self.quantity
        if free is None or self.allows_backorders or wanted <= free:
            return wanted
        return offer.most_of(free)


@lru_cache(maxsize=32)
def _items(language: str, with_prices: bool) -> Prepared:
    def build(organisation: UUID, contact: UUID, **lists: UUID) -> Rows:
        rows = CartLine.objects.filter(organisation_id=organisation, cart__contact_id=contact).order_by("id")
        is_there = offered(is_public=False, prefix="variant__product__") & Q(variant__retired_at=None)
        rows = rows.annotate(
            shown_name=in_language(language, "name", "variant__product__"),
            is_there=ExpressionWrapper(is_there, output_field=BooleanField()),
        )
        columns = [*_OWN, "shown_name", "is_there", *(f"variant__product__{one}" for one in _PRODUCT)]
        columns += [f"variant__{one}" for one in COLUMNS]
        if with_prices:
            rows = rows.annotate(prices_=price_rows(organisation, lists["own"], lists["group"], "variant_id"))
            columns.append("prices_")
        return rows.values_list(*columns)

    lists = {"own": UUID, "group": UUID} if with_prices else {}
    return Prepared(build, organisation=UUID, contact=UUID, **lists)


def items_of(shopper: Shopper, *, language: str) -> list[CartItem]:
    """The lines of the shopper's cart in the order in which they were put in. One statement; none for the public."""
    if shopper.contact_id is None:
        return []
    lists = list_parameters(shopper) if shopper.lists else {}
    rows = _items(language, bool(lists)).rows(organisation=shopper.place.id, contact=shopper.contact_id, **lists)
    return [_item(shopper, row) for row in rows]


def _item(shopper: Shopper, row: tuple[Any, ...]) -> CartItem:
    (line, cart, quantity, price, currency, free, name, is_there, tax, unit, cover), rest = row[:11], row[11:]
    offer, seen = offer_from(shopper, rest), Seen(price, currency, free)
    now = Now(
        price=price_at(offer.tiers, quantity),
        currency=shopper.currency,
        free=offer.free,
        is_offered=is_there,
        allows_backorders=shopper.allows_backorders,
        fault=offer.fault_of(quantity),
    )
    return CartItem(
        id=line,
        cart_key=cart,
        quantity=quantity,
        seen=seen,
        offer=offer,
        name=name,
        tax=shopper.tax_of(tax),
        unit=unit,
        cover=cover,
        is_offered=is_there,
        price=now.price,
        change=change_of(quantity, seen, now),
        allows_backorders=shopper.allows_backorders,
    )


def print_of(items: Sequence[CartItem]) -> str:
    """A short text that is another as soon as anything of the cart, its prices or what is left of it is another."""
    parts = [
        (one.offer.id, one.quantity.normalize(), one.price, one.change and one.change.value, one.becomes)
        for one in items
    ]
    return blake2s(repr(parts).encode(), digest_size=12).hexdigest()

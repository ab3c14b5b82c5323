"""What variants cost a shopper and what there is of them: one statement for all products of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import JSONObject

from advisory_portal.core.statements import Prepared
from catalog.models.prices import Price
from catalog.models.product import Variant
from catalog.models.shopping import Shopper
from catalog.rules import (
    Fault,
    State,
    Tier,
    availability,
    most_to_take,
    nearest_quantity,
    price_at,
    quantity_fault,
    tiers_of,
)

Rows = QuerySet[Any, Any]
_NO_LIST = UUID(int=0)
COLUMNS = (
    *("id", "product_id", "sku", "options", "list_price", "minimum", "multiple", "is_divisible"),
    *("product__is_tracked", "stock__on_hand", "stock__held", "stock__alarm_at"),
)


class AnyOf(Func):
    """`column = ANY(list)`: one parameter however long the list, unlike `IN`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def any_of(column: str, ids: Sequence[UUID]) -> AnyOf:
    """Rows whose column has one of the ids."""
    return AnyOf(F(column), Value(list(ids), output_field=ArrayField(UUIDField())))


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as one shopper is offered it. `tiers` are net prices in the shopper's currency, see `tiers_of`.

    `free` is what can be ordered from stock, None where no stock is kept.
    """

    id: UUID
    product_id: UUID
    sku: str
    options: list[list[str]]
    minimum: Decimal
    multiple: Decimal
    is_divisible: bool
    tiers: tuple[Tier, ...]
    free: Decimal | None
    state: State

    @property
    def label(self) -> str:
        """Its options in one line, "Red, L"; empty where there is one variant."""
        return ", ".join(value for _name, value in self.options)

    @property
    def price(self) -> Decimal | None:
        """Of one unit when the smallest quantity is taken."""
        return price_at(self.tiers, self.minimum)

    def fault_of(self, quantity: Decimal) -> Fault | None:
        """Why so many cannot be ordered, whatever there is of it; None where they can."""
        return quantity_fault(quantity, minimum=self.minimum, multiple=self.multiple, is_divisible=self.is_divisible)

    def nearest_to(self, quantity: Decimal) -> Decimal:
        """The smallest quantity of at least this that can be ordered."""
        return nearest_quantity(quantity, minimum=self.minimum, multiple=self.multiple, is_divisible=self.is_divisible)

    def most_of(self, free: Decimal) -> Decimal:
        """The largest quantity of at most this that can be ordered; 0 where there is none."""
        return most_to_take(free, minimum=self.minimum, multiple=self.multiple, is_divisible=self.is_divisible)

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.tiers) and self.state is not State.OUT


def price_rows(organisation: UUID, own: UUID, group: UUID, variant: str = "pk") -> ArraySubquery:
    """The prices of a variant on a contact's lists, as an array of JSON: list, from quantity, price."""
    rows = Price.objects.filter(
        Q(price_list_id=own) | Q(price_list_id=group), organisation_id=organisation, variant_id=OuterRef(variant)
    )
    return ArraySubquery(rows.order_by().values(json=JSONObject(list="price_list_id", at="from_quantity", is_="price")))


def list_parameters(shopper: Shopper) -> dict[str, UUID]:
    """Parameters `own` and `group` of a statement with `price_rows`; ids of no list where there is none."""
    group = next((one for one in shopper.lists if one != shopper.own_list), _NO_LIST)
    return {"own": shopper.own_list or _NO_LIST, "group": group}


@lru_cache(maxsize=2)
def _offers(with_prices: bool) -> Prepared:
    """Where the shopper has no list of prices, none is looked for."""

    def build(organisation: UUID, products: list[UUID], **lists: UUID) -> Rows:
        rows = Variant.objects.in_use().filter(any_of("product_id", products), organisation_id=organisation)
        rows = rows.order_by("position", "pk")
        if with_prices:
            return rows.annotate(prices_=price_rows(organisation, lists["own"], lists["group"])).values_list(
                *COLUMNS, "prices_"
            )
        return rows.values_list(*COLUMNS)

    lists = {"own": UUID, "group": UUID} if with_prices else {}
    return Prepared(build, organisation=UUID, products=list, **lists)


def offers_of(shopper: Shopper, products: Iterable[UUID]) -> dict[UUID, list[Offer]]:
    """The variants in use of each product, in order. One statement, however many products; none for none."""
    ids = list(products)
    found: dict[UUID, list[Offer]] = {one: [] for one in ids}
    if not ids:
        return found
    lists = list_parameters(shopper) if shopper.lists else {}
    for row in _offers(bool(lists)).rows(organisation=shopper.place.id, products=ids, **lists):
        offer = offer_from(shopper, row)
        found[offer.product_id].append(offer)
    return found


def offer_from(shopper: Shopper, row: Sequence[Any]) -> Offer:
    """The offer of a row of COLUMNS and, where it has one more, the prices of `price_rows`."""
    values = row[: len(COLUMNS)]
    variant, product, sku, options, list_price, minimum, multiple, is_divisible, is_tracked, on_hand, held, alarm = (
        values
    )
    free = (on_hand or Decimal(0)) - (held or Decimal(0)) if is_tracked else None
    return Offer(
        id=variant,
        product_id=product,
        sku=sku,
        options=json.loads(options) if isinstance(options, str) else options,
        minimum=minimum,
        multiple=multiple,
        is_divisible=is_divisible,
        tiers=_tiers(shopper, list_price, row[len(COLUMNS)] if len(row) > len(COLUMNS) else ()),
        free=free,
        state=availability(free, minimum=minimum, alarm_at=alarm, allows_backorders=shopper.allows_backorders),
    )


def _tiers(shopper: Shopper, list_price: Decimal, rows: Sequence[Any]) -> tuple[Tier, ...]:
    listed: dict[str, list[Tier]] = {str(one): [] for one in shopper.lists}
    for text in rows or ():
        row = json.loads(text, parse_float=Decimal, parse_int=Decimal) if isinstance(text, str) else text
        listed[row["list"]].append(Tier(Decimal(row["at"]), Decimal(row["is_"])))
    return tiers_of(list_price if shopper.has_list_prices else None, *listed.values())

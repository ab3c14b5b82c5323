"""Prices and stock as the staff's pages show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_moment, format_number
from catalog.models import StockMovement, Variant
from catalog.rows.products import unit_price
from catalog.rules import Tier, is_low

_HOLE = UUID(int=0)


class PriceRow(NamedTuple):
    """A variant on a price list: its list price, and what the list says."""

    href: str
    name: str
    sku: str
    list_price: str
    prices: str


def price_rows(
    variants: Iterable[Variant],
    tiers: Mapping[UUID, Sequence[Tier]],
    href: Callable[[UUID], str],
    *,
    currency: str,
    list_currency: str,
) -> list[PriceRow]:
    """Variants as rows of a price list in `list_currency`. Makes no query."""
    return [
        PriceRow(
            href=href(one.pk),
            name=variant_name(one),
            sku=one.sku,
            list_price=unit_price(one.list_price, currency),
            prices=tiers_text(tiers.get(one.pk, ()), list_currency),
        )
        for one in variants
    ]


def variant_name(variant: Variant) -> str:
    """The product's name, and what sets the variant apart."""
    return f"{variant.product.name} · {variant.label}" if variant.label else variant.product.name


def tiers_text(tiers: Sequence[Tier], currency: str) -> str:
    """Prices in one line: "€9.50, from 10: €8.00"."""
    return ", ".join(
        unit_price(one.price, currency)
        if not one.from_quantity
        else _("from %(quantity)s: %(price)s")
        % {"quantity": format_number(one.from_quantity), "price": unit_price(one.price, currency)}
        for one in tiers
    )


class StockRow(NamedTuple):
    """What there is of a variant."""

    href: str
    name: str
    sku: str
    on_hand: str
    held: str
    free: str
    alarm: str
    is_low: bool
    is_out: bool


def stock_rows(variants: Iterable[Variant], *, slug: str) -> list[StockRow]:
    """Variants with their levels as rows of the stock list. Makes no query."""
    pattern = reverse("catalog:variant_stock", args=[slug, _HOLE])
    return [_stock_row(one, pattern.replace(str(_HOLE), str(one.pk))) for one in variants]


def _stock_row(variant: Variant, href: str) -> StockRow:
    level = getattr(variant, "stock", None)
    zero = Decimal(0)
    on_hand, held = (level.on_hand, level.held) if level else (zero, zero)
    alarm = level.alarm_at if level else None
    return StockRow(
        href=href,
        name=variant_name(variant),
        sku=variant.sku,
        on_hand=format_number(on_hand),
        held=format_number(held) if held else "",
        free=format_number(on_hand - held),
        alarm=format_number(alarm) if alarm is not None else "",
        is_low=is_low(on_hand - held, alarm),
        is_out=on_hand <= held,
    )


class MovementRow(NamedTuple):
    """What came or went; `order` is where its order is, "" for none."""

    moment: str
    reason: str
    quantity: str
    after: str
    note: str
    by: str


def movement_rows(movements: Iterable[StockMovement], time_zone: str) -> list[MovementRow]:
    """Movements as rows. Makes no query."""
    return [
        MovementRow(
            moment=format_moment(one.created_at, time_zone),
            reason=str(one.get_reason_display()),
            quantity=("+" if one.quantity > 0 else "") + format_number(one.quantity),
            after=format_number(one.after),
            note=one.note,
            by=one.by_name,
        )
        for one in movements
    ]

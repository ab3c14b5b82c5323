"""The page of a product: its gallery, its variants with their prices, what it is good to know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_number
from catalog.models.offers import Offer
from catalog.models.reading import ProductSheet
from catalog.models.shopping import Shopper
from catalog.rows.shop import Addresses, Badge, badge_of, offered_price, unit_text
from catalog.rules import Tier, price_at
from documents.rules import Tax


class PictureRow(NamedTuple):
    small: str
    large: str
    alt: str
    width: int
    height: int


class Step(NamedTuple):
    """A line of the table of quantity prices."""

    quantity: str
    price: str


class VariantRow(NamedTuple):
    """A variant to choose. `minimum` and `multiple` are for the field, `hints` for people."""

    id: str
    label: str
    sku: str
    href: str
    is_chosen: bool
    price: str
    badge: Badge


class Chosen(NamedTuple):
    """The variant that the page is of. `can_be_added` is False for what is out, has no price, or is only looked at."""

    id: str
    sku: str
    options: list[list[str]]
    price: str
    unit: str
    tax_note: str
    badge: Badge
    steps: list[Step]
    minimum: str
    step: str
    hints: list[str]
    can_be_added: bool


def picture_rows(sheet: ProductSheet, where: Addresses) -> list[PictureRow]:
    """The product's pictures in order; one without words of its own is of the product."""
    return [
        PictureRow(where.picture(one.id), where.picture(one.id, "large"), one.alt or sheet.name, one.width, one.height)
        for one in sheet.pictures
    ]


def chosen_offer(offers: Sequence[Offer], asked: str) -> Offer | None:
    """The variant of the address, else the first that can be ordered, else the first."""
    named = (one for one in offers if str(one.id) == asked)
    orderable = (one for one in offers if one.can_be_ordered)
    return next(named, None) or next(orderable, None) or next(iter(offers), None)


def variant_rows(
    shopper: Shopper, offers: Sequence[Offer], chosen: Offer | None, tax: Tax, product_href: str
) -> list[VariantRow]:
    """The variants to choose from; none where there is only one."""
    language = active_language()
    return [
        VariantRow(
            id=str(one.id),
            label=one.label or one.sku,
            sku=one.sku,
            href=f"{product_href}?variant={one.id}",
            is_chosen=chosen is not None and one.id == chosen.id,
            price=offered_price(shopper, one.price, tax, language),
            badge=badge_of(shopper, [one], language),
        )
        for one in offers
        if len(offers) > 1
    ]


def chosen_row(shopper: Shopper, offer: Offer, sheet: ProductSheet) -> Chosen:
    """All that the page says of the chosen variant."""
    language, tax = active_language(), shopper.tax_of(sheet.tax)
    return Chosen(
        id=str(offer.id),
        sku=offer.sku,
        options=offer.options,
        price=offered_price(shopper, offer.price, tax, language),
        unit=unit_text(sheet.unit),
        tax_note=_tax_note(shopper, tax, language) if offer.price is not None else "",
        badge=badge_of(shopper, [offer], language),
        steps=_steps(shopper, offer, tax, language),
        minimum=f"{offer.nearest_to(offer.minimum).normalize():f}",
        step="any" if offer.is_divisible and not offer.multiple else f"{(offer.multiple or Decimal(1)).normalize():f}",
        hints=_hints(offer, language),
        can_be_added=offer.can_be_ordered and not shopper.is_public,
    )


def _tax_note(shopper: Shopper, tax: Tax, language: str) -> str:
    percent = format_number((tax.percent or 0) + tax.surcharge_percent, language)
    if shopper.shows_tax:
        return _("with %(percent)s %% tax") % {"percent": percent}
    return _("plus %(percent)s %% tax") % {"percent": percent}


def _steps(shopper: Shopper, offer: Offer, tax: Tax, language: str) -> list[Step]:
    """The prices of larger quantities; empty where the price never changes."""
    tiers = [Tier(offer.minimum, offer.price)] if offer.price is not None else []
    for tier in offer.tiers:
        if tier.from_quantity > offer.minimum and (not tiers or tier.price != tiers[-1].price):
            tiers.append(tier)
    if len(tiers) < 2:
        return []
    return [
        Step(
            _("from %(number)s") % {"number": format_number(tier.from_quantity, language)},
            offered_price(shopper, price_at(offer.tiers, tier.from_quantity), tax, language),
        )
        for tier in tiers
    ]


def _hints(offer: Offer, language: str) -> list[str]:
    hints = []
    if offer.minimum != 1:
        hints.append(_("At least %(number)s.") % {"number": format_number(offer.minimum, language)})
    if offer.multiple and offer.multiple != 1:
        hints.append(_("In steps of %(number)s.") % {"number": format_number(offer.multiple, language)})
    return hints


def asked_variant(text: str) -> str:
    """The id of an address, as ids are written; "" for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""

"""Products as the staff's pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import active_language, format_money, format_number
from advisory_portal.core.money import exponent
from catalog.models import Category, Picture, Product, Variant
from catalog.rules import is_low
from documents.rules import Tax, key_of_tax
from documents.words import tax_label

_HOLE = UUID(int=0)


class ProductRow(NamedTuple):
    """A product in the staff's list. `state` is (tone, word) of what is unusual, `stock` "" where none is kept."""

    id: str
    href: str
    name: str
    picture: str
    sku: str
    category: str
    price: str
    stock: str
    is_low: bool
    state: tuple[str, str] | None


def product_rows(
    products: Sequence[Product],
    variants: Iterable[Variant],
    categories: Sequence[Category],
    *,
    slug: str,
    currency: str,
) -> list[ProductRow]:
    """The products as rows of a list; variants come with their stock. Makes no query."""
    page, picture = (
        reverse("catalog:product", args=[slug, _HOLE]),
        reverse("catalog:picture", args=[slug, _HOLE, "small"]),
    )
    by_product: dict[UUID, list[Variant]] = {}
    for variant in variants:
        by_product.setdefault(variant.product_id, []).append(variant)
    paths = {category.pk: category.name for category in categories}
    return [
        ProductRow(
            id=str(product.pk),
            href=page.replace(str(_HOLE), str(product.pk)),
            name=product.name,
            picture=picture.replace(str(_HOLE), str(product.cover_id)) if product.cover_id else "",
            sku=_skus(own := by_product.get(product.pk, [])),
            category=paths.get(product.category_id, "") if product.category_id else "",
            price=price_range([one.list_price for one in own], currency),
            stock=_stock(product, own),
            is_low=product.is_tracked and any(_is_low(one) for one in own),
            state=_state(product),
        )
        for product in products
    ]


def _skus(variants: Sequence[Variant]) -> str:
    if len(variants) == 1:
        return variants[0].sku
    return ngettext("%(num)s variant", "%(num)s variants", len(variants)) % {"num": len(variants)} if variants else ""


def price_range(prices: Sequence[Decimal], currency: str) -> str:
    """One price, or the lowest with "from", as people read them."""
    if not prices:
        return ""
    text = unit_price(min(prices), currency)
    return text if min(prices) == max(prices) else _("from %(price)s") % {"price": text}


def unit_price(price: Decimal, currency: str) -> str:
    """A price of one unit, with all of its decimals where it has more than the currency."""
    if price == round(price, exponent(currency)):
        return format_money(price, currency)
    return f"{format_number(price, least=exponent(currency))} {currency}"


def _stock(product: Product, variants: Sequence[Variant]) -> str:
    if not product.is_tracked:
        return ""
    free: Decimal = sum((one.stock.free for one in variants if hasattr(one, "stock")), Decimal(0))
    return format_number(free)


def _is_low(variant: Variant) -> bool:
    return hasattr(variant, "stock") and is_low(variant.stock.free, variant.stock.alarm_at)


def _state(product: Product) -> tuple[str, str] | None:
    if product.retired_at is not None:
        return "neutral", _("Withdrawn")
    if product.visibility == Product.Visibility.HIDDEN:
        return "neutral", _("Hidden")
    return None


def category_choices(categories: Sequence[Category], *, empty: str) -> list[tuple[str, str]]:
    """The tree as one list, deeper ones moved in."""
    language = active_language()
    named = [(str(one.pk), f"{'   ' * one.depth}{category_name(one, language)}") for one in categories]
    return [("", empty), *named]


def category_name(category: Category, language: str) -> str:
    """A category's name in a language, as it was written where that has none."""
    name: str = category.translations.get(language, {}).get("name") or category.name
    return name


def tax_choices(taxes: Sequence[tuple[str, Tax]], usual: str, chosen: str = "") -> list[tuple[str, str]]:
    """Keys and labels of taxes; "" is the usual one."""
    named: dict[str, str] = {}
    for name, tax in taxes:
        label = tax_label(tax.category, tax.percent, tax.surcharge_percent, tax.exemption_code)
        named.setdefault(key_of_tax(tax), name or label)
    if chosen and chosen not in named:
        named[chosen] = chosen
    usual_label = named.get(usual, usual)
    return [("", _("The usual one, %(tax)s") % {"tax": usual_label}), *named.items()]


class PictureRow(NamedTuple):
    """A picture of a product in its editor. `fault` says why one cannot be shown; without `src` it is being made."""

    id: str
    src: str
    alt: str
    fault: str


def picture_rows(pictures: Iterable[Picture], faults: dict[str, str], *, slug: str) -> list[PictureRow]:
    """The pictures in order; `faults` are words by the code that the sweep leaves. Makes no query."""
    pattern = reverse("catalog:picture", args=[slug, _HOLE, "small"])
    return [
        PictureRow(
            id=str(one.pk),
            src=pattern.replace(str(_HOLE), str(one.pk)) if one.small_id else "",
            alt=one.alt,
            fault="" if one.small_id or one.due_at else faults.get(one.last_error, _("This picture cannot be read.")),
        )
        for one in pictures
    ]

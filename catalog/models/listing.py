"""Variants as the staff's lists of prices and stock read them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from advisory_portal.core.access import Actor
from advisory_portal.core.text import search_words
from catalog.models.prices import Price, PriceList
from catalog.models.product import Variant
from catalog.rules import Tier
from partners.models import Organisation


def variants_to_price(
    actor: Actor, price_list: PriceList | None, words: str, *, all_of_them: bool
) -> QuerySet[Variant]:
    """Variants in use with their product: those with a price on the list, or all that may get one; by SKU."""
    rows = Variant.objects.visible_to(actor).in_use().filter(product__retired_at=None).select_related("product")
    if words.strip():
        rows = rows.filter(product__search_text__contains=search_words(words))
    if all_of_them:
        return rows
    if price_list is None:
        return rows.none()
    return rows.filter(pk__in=Price.objects.filter(price_list=price_list).values("variant"))


def tiers_by_variant(price_list: PriceList | None, variants: Iterable[UUID]) -> dict[UUID, list[Tier]]:
    """The prices of these variants on a list, smallest quantity first. One query."""
    found: dict[UUID, list[Tier]] = {}
    if price_list is None:
        return found
    rows = Price.objects.filter(
        organisation_id=price_list.organisation_id, price_list=price_list, variant__in=list(variants)
    )
    for variant_id, quantity, price in rows.order_by("from_quantity").values_list(
        "variant_id", "from_quantity", "price"
    ):
        found.setdefault(variant_id, []).append(Tier(quantity, price))
    return found


def stocked_variants(actor: Actor, words: str, show: str) -> QuerySet[Variant]:
    """Variants whose stock is kept, with product and level; `show` "low" or "out" narrows them."""
    rows = Variant.objects.visible_to(actor).in_use().filter(product__retired_at=None, product__is_tracked=True)
    if words.strip():
        rows = rows.filter(product__search_text__contains=search_words(words))
    return rows.narrowed_by_stock(show).select_related("product", "stock")


def currencies_of(actor: Actor) -> list[str]:
    """The business's currency, then those of its price lists. Two queries."""
    own = Organisation.objects.visible_to(actor).values_list("currency", flat=True).get()
    lists = PriceList.objects.visible_to(actor).to_give().order_by("currency").values_list("currency", flat=True)
    return list(dict.fromkeys([own, *lists.distinct()]))

"""One product with all that its page says, for whoever shops: statements written once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Func, QuerySet, UUIDField

from advisory_portal.core.statements import Prepared
from catalog.models.category import Category
from catalog.models.product import Picture, Placement, Product
from catalog.models.shelf import ShelfRow, in_language, offered
from catalog.models.shopping import Shopper

Rows = QuerySet[Any, Any]
MOST_RELATED = 8


class SheetPicture(NamedTuple):
    id: UUID
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """A product in the reader's language. `way` are its categories from the top, `related` rows as on a shelf."""

    id: UUID
    name: str
    description: str
    tax: str
    unit: str
    kind: str
    way: list[tuple[UUID, str]]
    pictures: list[SheetPicture]
    related: list[ShelfRow]


@lru_cache(maxsize=64)
def _products(language: str, is_public: bool) -> Prepared:
    """The product and those related to it, in one statement; the product's own row says which order they have."""

    def build(organisation: UUID, product: UUID) -> Rows:
        own = Product.objects.filter(organisation_id=organisation)
        # One list, so that each is looked up: "this one or one of those" would read all products of the business.
        both = Func(F("related"), F("pk"), function="array_append")
        named = own.filter(pk=product).annotate(one=Func(both, function="unnest", output_field=UUIDField()))
        rows = own.filter(offered(is_public=is_public), pk__in=named.values("one"))
        return rows.annotate(
            shown_name=in_language(language, "name"), shown_description=in_language(language, "description")
        ).values_list("id", "shown_name", "tax", "unit", "kind", "cover_id", "shown_description", "related")

    return Prepared(build, organisation=UUID, product=UUID)


@lru_cache(maxsize=64)
def _way(language: str) -> Prepared:
    def build(organisation: UUID, product: UUID) -> Rows:
        placed = Placement.objects.filter(product_id=product).values("category_id")
        rows = Category.objects.filter(organisation_id=organisation, pk__in=placed).order_by("path")
        return rows.annotate(shown_name=in_language(language, "name")).values_list("id", "shown_name")

    return Prepared(build, organisation=UUID, product=UUID)


_PICTURES = Prepared(
    lambda organisation, product: (
        Picture.objects.filter(organisation_id=organisation, product_id=product)
        .exclude(large=None)
        .order_by("position", "pk")
        .values_list("id", "alt", "width", "height")
    ),
    organisation=UUID,
    product=UUID,
)


def sheet_of(shopper: Shopper, product: UUID, *, language: str) -> ProductSheet | None:
    """The product if it is offered to the shopper. Three statements."""
    own = {"organisation": shopper.place.id, "product": product}
    rows = {row[0]: row for row in _products(language, shopper.is_public).rows(**own)}
    here = rows.get(product)
    if here is None:
        return None
    pk, name, tax, unit, kind, _cover, description, related = here
    return ProductSheet(
        id=pk,
        name=name,
        description=description,
        tax=tax,
        unit=unit,
        kind=kind,
        way=[(one, words) for one, words in _way(language).rows(**own)],
        pictures=[SheetPicture(*row) for row in _PICTURES.rows(**own)],
        related=[ShelfRow(*rows[one][:6]) for one in related[:MOST_RELATED] if one in rows and one != product],
    )

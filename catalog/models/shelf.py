"""Products as a page of the catalog lists them, and the categories around them: statements written once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, NullIf

from advisory_portal.core.statements import Prepared
from catalog.models.product import Placement, Product, Variant
from catalog.models.shopping import Shopper

Rows = QuerySet[Any, Any]
PAGE_SIZE = 24
BY_NAME, NEWEST = "name", "newest"


class ShelfRow(NamedTuple):
    """A product on a shelf, named in the reader's language. `cover` is the id of its first picture."""

    id: UUID
    name: str
    tax: str
    unit: str
    kind: str
    cover: UUID | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the catalog is asked for. `after` and `before` are ids of the products that a page ends or begins at.

    `found` is how many finds of a search came on pages before.
    """

    language: str
    category_id: UUID | None = None
    words: str = ""
    order: str = BY_NAME
    in_stock: bool = False
    after: UUID | None = None
    before: UUID | None = None
    found: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of products; `next` and `previous` are ids or numbers for the address, "" where there is no more."""

    rows: list[ShelfRow]
    next: str = ""
    previous: str = ""


def in_language(language: str, name: str, prefix: str = "") -> Coalesce:
    """A text as it is translated, else as the business wrote it first."""
    translated = KeyTextTransform(name, KeyTransform(language, f"{prefix}translations"))
    return Coalesce(NullIf(translated, Value("")), F(f"{prefix}{name}"), output_field=TextField())


def offered(*, is_public: bool, prefix: str = "") -> Q:
    """What is offered to contacts, or to whoever has the shared link; see `Products`."""
    everybody = Q(**{f"{prefix}visibility": Product.Visibility.EVERYBODY})
    shown = everybody if is_public else ~Q(**{f"{prefix}visibility": Product.Visibility.HIDDEN})
    return Q(**{f"{prefix}retired_at": None}) & shown


def there(product: str, *, allows_backorders: bool) -> Exists:
    """Whether some variant of the product whose id stands in the column can be ordered from stock, or needs none."""
    variants = Variant.objects.in_use().filter(product_id=OuterRef(product))
    if allows_backorders:
        return Exists(variants)
    kept = Q(stock__on_hand__gte=F("stock__held") + F("minimum"))
    return Exists(variants.filter(Q(product__is_tracked=False) | kept))


def listed(rows: Rows, prefix: str, language: str) -> Rows:
    """The rows as the values of a ShelfRow; `prefix` leads from them to the product."""
    columns = (f"{prefix}{name}" for name in ("tax", "unit", "kind", "cover_id"))
    shown: Rows = rows.annotate(shown_name=in_language(language, "name", prefix))
    values: Rows = shown.values_list(f"{prefix}id" if prefix else "id", "shown_name", *columns)
    return values


# --- A shelf ---------------------------------------------------------------------------------------------------


class _Cut(NamedTuple):
    """What makes one statement differ from another: everything that is no parameter."""

    language: str
    is_public: bool
    in_category: bool
    order: str
    way: str  # "", "after" or "before"
    in_stock: bool
    allows_backorders: bool


@lru_cache(maxsize=256)
def _shelf(cut: _Cut) -> Prepared:
    prefix, product = ("product__", "product_id") if cut.in_category else ("", "id")

    def build(organisation: UUID, **given: UUID) -> Rows:
        rows: Rows = Placement.objects.all() if cut.in_category else Product.objects.all()
        rows = rows.filter(offered(is_public=cut.is_public, prefix=prefix), organisation_id=organisation)
        if cut.in_category:
            rows = rows.filter(category_id=given["category"])
        if cut.in_stock:
            rows = rows.filter(there(product, allows_backorders=cut.allows_backorders))
        backwards = (cut.way == "before") != (cut.order == NEWEST)
        if cut.way:
            rows = rows.filter(
                _beyond(product, organisation, given["at"], by_name=cut.order == BY_NAME, down=backwards)
            )
        sign = "-" if backwards else ""
        keys = ("sort_key", product) if cut.order == BY_NAME else (product,)
        return listed(rows.order_by(*(f"{sign}{key}" for key in keys)), prefix, cut.language)[: PAGE_SIZE + 1]

    given = ({"category": UUID} if cut.in_category else {}) | ({"at": UUID} if cut.way else {})
    return Prepared(build, organisation=UUID, **given)


def _beyond(product: str, organisation: UUID, at: UUID, *, by_name: bool, down: bool) -> Q:
    """Rows after the product `at`, or `down` before it. The range is said twice, as in `core.paging`."""
    way = "lt" if down else "gt"
    past = Q(**{f"{product}__{way}": at})
    if not by_name:
        return past
    key = Subquery(Product.objects.filter(pk=at, organisation_id=organisation).values("sort_key"))
    return Q(**{f"sort_key__{way}e": key}) & (Q(**{f"sort_key__{way}": key}) | past)


def shelf_of(shopper: Shopper, asked: Asked) -> Shelf:
    """A page of the products of a category and all below it, or of all. One statement."""
    way = "before" if asked.before else "after" if asked.after else ""
    cut = _Cut(
        asked.language,
        shopper.is_public,
        asked.category_id is not None,
        asked.order,
        way,
        asked.in_stock,
        shopper.allows_backorders,
    )
    given = {"category": asked.category_id, "at": asked.before or asked.after}
    rows = _shelf(cut).rows(organisation=shopper.place.id, **{name: one for name, one in given.items() if one})
    found = [ShelfRow(*row) for row in rows[:PAGE_SIZE]]
    more = len(rows) > PAGE_SIZE
    if way == "before":
        found.reverse()
    if not found:
        return Shelf([])
    has_next, has_previous = (True, more) if way == "before" else (more, bool(way))
    return Shelf(found, str(found[-1].id) if has_next else "", str(found[0].id) if has_previous else "")

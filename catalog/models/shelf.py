"""Products as a page of the catalog lists them, and the categories around them: statements written once per process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, NullIf

from advisory_portal.core.statements import Prepared
from advisory_portal.core.text import plain, search_words
from catalog.models.category import Category
from catalog.models.offers import any_of
from catalog.models.product import Placement, Product, Variant
from catalog.models.shopping import Shopper
from catalog.rules import sku_key

Rows = QuerySet[Any, Any]
PAGE_SIZE = 24
BY_NAME, NEWEST = "name", "newest"
MOST_FOUND = 240  # of a search; who needs more needs better words
MOST_WORDS = 6


class ShelfRow(NamedTuple):
    """A product on a shelf, named in the reader's language. `cover` is the id of its first picture."""

    id: UUID
    name: str
    tax: str
    unit: str
    kind: str
    cover: UUID | None


class ShelfCategory(NamedTuple):
    """A category on the way to the asked one, beside those, or just below. `path` as in `Category`."""

    id: UUID
    parent_id: UUID | None
    path: str
    name: str


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


def _there(product: str, *, allows_backorders: bool) -> Exists:
    """Whether some variant can be ordered from stock, or needs none."""
    variants = Variant.objects.in_use().filter(product_id=OuterRef(product))
    if allows_backorders:
        return Exists(variants)
    kept = Q(stock__on_hand__gte=F("stock__held") + F("minimum"))
    return Exists(variants.filter(Q(product__is_tracked=False) | kept))


def _columns(rows: Rows, prefix: str, language: str) -> Rows:
    columns = (f"{prefix}{name}" for name in ("tax", "unit", "kind", "cover_id"))
    shown = rows.annotate(shown_name=in_language(language, "name", prefix))
    return shown.values_list(f"{prefix}id" if prefix else "id", "shown_name", *columns)


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
            rows = rows.filter(_there(product, allows_backorders=cut.allows_backorders))
        backwards = (cut.way == "before") != (cut.order == NEWEST)
        if cut.way:
            rows = rows.filter(_beyond(product, organisation, given["at"], by_name=cut.order == BY_NAME, down=backwards))
        sign = "-" if backwards else ""
        keys = ("sort_key", product) if cut.order == BY_NAME else (product,)
        return _columns(rows.order_by(*(f"{sign}{key}" for key in keys)), prefix, cut.language)[: PAGE_SIZE + 1]

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


# --- Search ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _search(language: str, is_public: bool, in_category: bool, in_stock: bool, backorders: bool, words: int) -> Prepared:
    def build(organisation: UUID, sku: str, start: str, **given: Any) -> Rows:
        rows: Rows = Product.objects.filter(offered(is_public=is_public), organisation_id=organisation)
        for number in range(words):
            rows = rows.extra(where=["catalog_product.search_text LIKE %s"], params=[given[f"word{number}"]])
        if in_category:
            rows = rows.filter(Exists(Placement.objects.filter(product_id=OuterRef("pk"), category_id=given["category"])))
        if in_stock:
            rows = rows.filter(_there("pk", allows_backorders=backorders))
        coded = Variant.objects.in_use().filter(organisation_id=organisation, sku_key=sku).values("product_id")
        first = Case(
            When(pk__in=coded, then=Value(0)),
            When(sort_key__gte=start, sort_key__lt=start, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return _columns(rows.annotate(first=first).order_by("first", "sort_key", "id"), "", language)[:MOST_FOUND]

    texts = {f"word{number}": str for number in range(words)} | {"sku": str, "start": str}
    return Prepared(build, organisation=UUID, **texts, **({"category": UUID} if in_category else {}))

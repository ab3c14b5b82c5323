"""Search of the catalog by words and SKUs; a word that no product has is taken for the one most like it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Case, Exists, F, Func, IntegerField, OuterRef, Value, When

from advisory_portal.core.statements import Prepared
from advisory_portal.core.text import search_words
from catalog.models.product import Placement, Product, Variant
from catalog.models.shelf import PAGE_SIZE, Asked, Rows, Shelf, ShelfRow, listed, offered, there
from catalog.models.shopping import Shopper
from catalog.rules import sku_key
from partners.rules.listings import nearest

MOST_FOUND = 240  # who needs more needs better words
MOST_WORDS = 6
LIKE_THEM = "SELECT word, ARRAY(SELECT catalog_words_like(%s, word)) FROM unnest(%s::text[]) AS asked (word)"


class Like(Func):
    """`column LIKE pattern`, the pattern as it is."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


def pattern(text: str) -> str:
    """A text as LIKE reads it: no sign of it stands for others."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@lru_cache(maxsize=256)
def _search(
    language: str, is_public: bool, in_category: bool, in_stock: bool, allows_backorders: bool, words: int
) -> Prepared:
    def build(organisation: UUID, sku: str, start: str, **given: Any) -> Rows:
        rows: Rows = Product.objects.filter(offered(is_public=is_public), organisation_id=organisation)
        for number in range(words):
            rows = rows.filter(Like(F("search_text"), Value(given[f"word{number}"])))
        if in_category:
            placed = Placement.objects.filter(product_id=OuterRef("pk"), category_id=given["category"])
            rows = rows.filter(Exists(placed))
        if in_stock:
            rows = rows.filter(there("pk", allows_backorders=allows_backorders))
        coded = Variant.objects.in_use().filter(organisation_id=organisation, sku_key=sku).values("product_id")
        first = Case(
            When(pk__in=coded, then=Value(0)),
            When(Like(F("sort_key"), Value(start)), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return listed(rows.order_by(first, "sort_key", "id"), "", language)[:MOST_FOUND]

    texts = {f"word{number}": str for number in range(words)} | {"sku": str, "start": str}
    return Prepared(build, organisation=UUID, **texts, **({"category": UUID} if in_category else {}))


def search(shopper: Shopper, asked: Asked) -> Shelf:
    """What has all the words: first what has them as its SKU, then names that begin so, then by name. One statement."""
    words = search_words(asked.words).split()[:MOST_WORDS]
    if not words:
        return Shelf([])
    statement = _search(
        asked.language,
        shopper.is_public,
        asked.category_id is not None,
        asked.in_stock,
        shopper.allows_backorders,
        len(words),
    )
    rows = statement.rows(
        organisation=shopper.place.id,
        sku=sku_key(asked.words),
        start=f"{pattern(' '.join(words))}%",
        **{f"word{number}": f"%{pattern(word)}%" for number, word in enumerate(words)},
        **({"category": asked.category_id} if asked.category_id else {}),
    )
    page = [ShelfRow(*row) for row in rows[asked.found : asked.found + PAGE_SIZE]]
    following, before = asked.found + PAGE_SIZE, asked.found - PAGE_SIZE
    return Shelf(page, str(following) if len(rows) > following else "", str(max(before, 0)) if asked.found else "")


def corrected(shopper: Shopper, words: str) -> str:
    """The words, in place of each that no product has the one most like it (`nearest`); "" where nothing is like them.

    One statement.
    """
    return corrected_in(shopper.place.id, words)


def corrected_in(organisation_id: UUID, words: str) -> str:
    """`corrected`, in the catalog of a business. One statement."""
    typed = search_words(words).split()[:MOST_WORDS]
    with connection.cursor() as cursor:
        cursor.execute(LIKE_THEM, [organisation_id, typed])
        alike = dict(cursor.fetchall())
    better = [one if one in alike[one] else nearest(one, alike[one]) for one in typed]
    return " ".join(better) if better != typed else ""

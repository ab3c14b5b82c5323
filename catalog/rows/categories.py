"""The tree of categories as the staff's page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import ngettext

from catalog.models import Category

_HOLE = UUID(int=0)


class CategoryRow(NamedTuple):
    """A category in the tree; `depth` is 0 at the top. Only what holds nothing can be deleted."""

    id: str
    name: str
    depth: int
    number: str
    products_href: str
    is_first: bool
    is_last: bool
    can_go: bool


def category_rows(tree: Sequence[Category], numbers: Mapping[UUID, int], *, slug: str) -> list[CategoryRow]:
    """The tree as rows, each before what is in it. Makes no query."""
    siblings: dict[UUID | None, list[UUID]] = {}
    for category in tree:
        siblings.setdefault(category.parent_id, []).append(category.pk)
    products = reverse("catalog:products", args=[slug])
    return [
        CategoryRow(
            id=str(one.pk),
            name=one.name,
            depth=one.depth,
            number=_products(numbers.get(one.pk, 0)),
            products_href=f"{products}?category={one.pk}",
            is_first=siblings[one.parent_id][0] == one.pk,
            is_last=siblings[one.parent_id][-1] == one.pk,
            can_go=one.pk not in siblings and not numbers.get(one.pk),
        )
        for one in tree
    ]


def _products(number: int) -> str:
    return ngettext("%(num)s product", "%(num)s products", number) % {"num": number} if number else ""

"""The part of the tree of categories that a page shows: the top, the way to the asked one, and what lies below it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery

from advisory_portal.core.statements import Prepared
from catalog.models.category import Category
from catalog.models.product import Placement
from catalog.models.shelf import Rows, in_language, offered
from catalog.models.shopping import Shopper


class Branch(NamedTuple):
    """A category with something in it, named in the reader's language. `path` as in `Category`."""

    id: UUID
    parent_id: UUID | None
    path: str
    name: str

    @property
    def depth(self) -> int:
        """0 at the top of the tree."""
        return self.path.count("/") - 1


@lru_cache(maxsize=64)
def _branches(language: str, is_public: bool, has_way: bool) -> Prepared:
    def build(organisation: UUID, **given: UUID) -> Rows:
        own = Category.objects.filter(organisation_id=organisation)
        shown = Q(parent=None)
        if has_way:
            asked = Subquery(Category.objects.filter(pk=given["asked"], organisation_id=organisation).values("path"))
            shown |= Q(parent_id__in=own.alias(asked=asked).filter(asked__startswith=F("path")).values("pk"))
        stocked = Placement.objects.filter(
            offered(is_public=is_public, prefix="product__"),
            organisation_id=organisation,
            category_id=OuterRef("pk"),
        )
        rows = own.filter(shown, Exists(stocked)).annotate(shown_name=in_language(language, "name"))
        return rows.in_order().values_list("id", "parent_id", "path", "shown_name")

    return Prepared(build, organisation=UUID, **({"asked": UUID} if has_way else {}))


def branches_of(shopper: Shopper, asked: UUID | None, *, language: str) -> list[Branch]:
    """The categories at the top, those on the way to the asked one with their siblings, and those just below it.

    In the order of a tree that is written out. The asked one is among them unless nothing is offered in it. One
    statement.
    """
    given = {"asked": asked} if asked else {}
    rows = _branches(language, shopper.is_public, bool(asked)).rows(organisation=shopper.place.id, **given)
    return _written_out([Branch(*row) for row in rows])


def way_to(branches: list[Branch], asked: UUID) -> list[Branch]:
    """From the top to the asked category, that one last; empty where it is not among them."""
    here = next((one for one in branches if one.id == asked), None)
    return [one for one in branches if here is not None and here.path.startswith(one.path)]


def _written_out(branches: list[Branch]) -> list[Branch]:
    below: dict[UUID | None, list[Branch]] = {}
    for one in branches:
        below.setdefault(one.parent_id, []).append(one)
    found, waiting = [], list(reversed(below.get(None, [])))
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += reversed(below.get(one.id, []))
    return found

"""The tree of categories."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.text import sort_key
from catalog.actions.products import lock_catalog
from catalog.models import Category, Product

DEEPEST = 8  # levels of the tree


class CategoryTaken(Refused):
    """Its neighbours have the name."""


class NotThere(Refused):
    """A category cannot stand inside itself, nor deeper than eight levels."""


class HasParts(Refused):
    """A category with products or categories in it stays."""


@transaction.atomic
def save_category(
    *, actor: Actor, category: Category | None, name: str, parent: Category | None, translations: Mapping[str, str]
) -> Category:
    """Keep a category's name, its name in other languages, and what it stands in; a new one stands last there.

    Raises Forbidden, CategoryTaken, NotThere.
    """
    lock_catalog(actor)
    own = Category.objects.filter(organisation_id=actor.place.id)
    parent = own.get(pk=parent.pk) if parent is not None else None
    row = own.get(pk=category.pk) if category is not None else Category(organisation_id=actor.place.id)
    before = row.name
    siblings = own.filter(parent=parent).exclude(pk=row.pk)
    if siblings.filter(sort_key=sort_key(name, limit=120)).exists():
        raise CategoryTaken(_("There is a category with this name here already."), field="name")
    if category is None or row.parent_id != (parent.pk if parent else None):
        last = siblings.order_by("-position").values_list("position", flat=True).first()
        row.position = 0 if last is None else last + 1
    row.name, row.sort_key = name, sort_key(name, limit=120)
    row.translations = {code: {"name": text} for code, text in translations.items() if text}
    _put(row, parent)
    if category is None:
        record(actor, "catalog.category.created", about=row)
    else:
        record(actor, "catalog.category.changed", about=row, before={"name": before}, after={"name": name})
    return row


def _put(row: Category, parent: Category | None) -> None:
    """Save the category inside the parent, and take along all that is below it."""
    was = row.path
    row.parent, row.path = parent, f"{parent.path if parent else ''}{row.pk.hex[-12:]}/"
    below = Category.objects.filter(organisation_id=row.organisation_id, path__startswith=was).exclude(pk=row.pk)
    if parent is not None and was and parent.path.startswith(was):
        raise NotThere(_("A category cannot stand inside itself."), field="parent")
    deepest = max((path.count("/") for path in below.values_list("path", flat=True)), default=0) if was else 0
    if max(deepest - was.count("/"), 0) + row.path.count("/") > DEEPEST:
        raise NotThere(_("A tree of categories has at most %(most)s levels.") % {"most": DEEPEST}, field="parent")
    row.save()
    if was and was != row.path:
        below.update(path=Concat(Value(row.path), Substr(F("path"), len(was) + 1)))


@transaction.atomic
def move_category(*, actor: Actor, category: Category, step: int) -> None:
    """Move a category up (-1) or down (1) among its neighbours; beyond the end it stays. Raises Forbidden."""
    lock_catalog(actor)
    row = Category.objects.get(pk=category.pk)
    siblings = list(Category.objects.filter(organisation_id=actor.place.id, parent=row.parent_id).in_order())
    here = [one.pk for one in siblings].index(row.pk)
    there = min(max(here + step, 0), len(siblings) - 1)
    siblings.insert(there, siblings.pop(here))
    for position, one in enumerate(siblings):
        one.position = position
    Category.objects.bulk_update(siblings, ["position"])


@transaction.atomic
def delete_category(*, actor: Actor, category: Category) -> None:
    """Delete a category with nothing in it. Repeating it does nothing. Raises Forbidden, HasParts."""
    lock_catalog(actor)
    row = Category.objects.filter(organisation_id=actor.place.id, pk=category.pk).first()
    if row is None:
        return
    if Category.objects.filter(parent=row).exists() or Product.objects.filter(category=row).exists():
        raise HasParts(_("This category has products or categories in it. Move them elsewhere first."))
    record(actor, "catalog.category.deleted", about=row)
    row.delete()


def category_at(actor: Actor, names: list[str]) -> UUID | None:
    """The id of the category at the end of these names from the top, made where it is missing; None for no names.

    The caller holds the catalog locked.
    """
    parent: Category | None = None
    for name in names[:DEEPEST]:
        siblings = Category.objects.filter(organisation_id=actor.place.id, parent=parent)
        found = siblings.filter(sort_key=sort_key(name, limit=120)).first()
        if found is None:
            found = save_category(actor=actor, category=None, name=name[:120], parent=parent, translations={})
        parent = found
    return parent.pk if parent else None

"""Writing products by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from catalog.actions.writing import Wanted, variants_by_product, write_products
from catalog.models import Category, Product
from catalog.rules import ProductContent
from partners.models import Organisation

# What the log shows of a changed product, before and after.
LOGGED = ("name", "visibility", "kind", "tax", "unit")


class ChangedMeanwhile(Refused):
    """Somebody else saved the product since it was opened."""


class NoSuchCategory(Refused):
    """The category is gone."""


@transaction.atomic
def save_product(
    *, actor: Actor, product: Product | None, content: ProductContent, revision: int, now: datetime
) -> Product:
    """Keep what was typed of a product, a new one without `product`; variants are known by their SKU.

    `revision` is that of the product which the person opened. Saving a new one twice is refused by its SKU. A retired
    product comes back. Raises Forbidden, ChangedMeanwhile, NoSuchCategory, SkuTaken, NoVariant.
    """
    lock_catalog(actor)
    own = Category.objects.filter(organisation_id=actor.place.id)
    if content.category_id is not None and not own.filter(pk=content.category_id).exists():
        raise NoSuchCategory(_("This category is gone. Choose another."), field="category")
    row = Product.objects.select_for_update(no_key=True).get(pk=product.pk) if product is not None else Product()
    if product is not None and row.revision != revision:
        raise ChangedMeanwhile(_("Somebody else has saved this product meanwhile. Open it again to see what changed."))
    was = _logged(row)
    variants = variants_by_product([row])[row.pk] if product is not None else []
    write_products(actor=actor, wanted=[Wanted(row, content, variants)], now=now)
    changed = {name: value for name, value in _logged(row).items() if product is None or value != was[name]}
    if product is None:
        record(actor, "catalog.product.created", about=row)
    else:
        before = {name: was[name] for name in changed}
        record(actor, "catalog.product.changed", about=row, before=before, after=changed)
    return row


@transaction.atomic
def retire_product(*, actor: Actor, product: Product, now: datetime) -> None:
    """Take a product out of the catalog; orders that have it keep it. Repeating it does nothing. Raises Forbidden."""
    lock_catalog(actor)
    row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if row.retired_at is not None:
        return
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    record(actor, "catalog.product.retired", about=row)


@transaction.atomic
def restore_product(*, actor: Actor, product: Product) -> None:
    """Put a retired product back. Repeating it does nothing. Raises Forbidden."""
    lock_catalog(actor)
    row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if row.retired_at is None:
        return
    row.retired_at = None
    row.save(update_fields=["retired_at"])
    record(actor, "catalog.product.restored", about=row)


@transaction.atomic
def show_products(*, actor: Actor, ids: list[UUID], visibility: str) -> int:
    """Show these products to whom `visibility` says; returns how many changed. Raises Forbidden."""
    lock_catalog(actor)
    rows = Product.objects.filter(organisation_id=actor.place.id, pk__in=ids).exclude(visibility=visibility)
    changed = list(rows.select_for_update(no_key=True).order_by("pk"))
    for row in changed:
        before, row.visibility = row.visibility, visibility
        record(actor, "catalog.product.changed", about=row, before={"visibility": before}, after={
            "visibility": visibility})  # fmt: skip
    Product.objects.bulk_update(changed, ["visibility"])
    return len(changed)


def lock_catalog(actor: Actor) -> None:
    """Let one at a time write products of a business, so that an SKU is given once. Raises Forbidden."""
    actor.require(Section.CATALOG, Level.MANAGE)
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)


def _logged(row: Product) -> dict[str, Any]:
    return {name: str(getattr(row, name)) for name in LOGGED}

"""Writing products with their variants: as many statements for five hundred as for one. Used by actions alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.text import plain, sort_key
from catalog.actions.settings import settings_of
from catalog.models import Product, StockLevel, Variant
from catalog.rules import MOST_VARIANTS, ProductContent, VariantContent, sku_key

PRODUCT_COLUMNS = (
    "category_id", "name", "sort_key", "description", "kind", "visibility", "tax", "unit", "is_tracked", "related",
    "translations", "search_text", "revision", "retired_at",
)  # fmt: skip
VARIANT_COLUMNS = (
    "position", "sku", "sku_key", "barcode", "options", "list_price", "minimum", "multiple", "is_divisible",
    "retired_at",
)  # fmt: skip
SEARCHED = 4_000


class SkuTaken(Refused):
    """Another product has the SKU, or two variants have the same."""


class NoVariant(Refused):
    """A product has at least one variant, and at most a hundred."""


@dataclass(slots=True)
class Wanted:
    """A product as it should be: `row` is the one that is there, or a new one; `variants` are those it has."""

    row: Product
    content: ProductContent
    variants: list[Variant] = field(default_factory=list)


def variants_by_product(products: Iterable[Product]) -> dict[UUID, list[Variant]]:
    """All variants of the products, the retired ones too, in order. One query."""
    found: dict[UUID, list[Variant]] = {}
    for variant in Variant.objects.filter(product__in=list(products)):
        found.setdefault(variant.product_id, []).append(variant)
    return found


def write_products(*, actor: Actor, wanted: Sequence[Wanted], now: datetime) -> None:
    """Write products as wanted: variants that are no longer named are retired, those named again come back.

    The caller holds the organisation's row locked. Raises SkuTaken, NoVariant.
    """
    _refuse_variants(actor, wanted)
    made: list[Variant] = []
    kept: list[Variant] = []
    for one in wanted:
        _fill(one.row, one.content, actor.place.id)
        new, old = _variants_of(one, now)
        made += new
        kept += old
    write(Product, [one.row for one in wanted], PRODUCT_COLUMNS)
    write(Variant, kept, VARIANT_COLUMNS)
    write(Variant, made, VARIANT_COLUMNS)
    _keep_stock(actor, wanted)


def write(model: type[Model], rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Insert the rows, or write these columns of those that are there.

    Many rows at once cost a tenth of `bulk_update`, which says each value of each row as an expression.
    """
    model._base_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=500
    )


def _refuse_variants(actor: Actor, wanted: Sequence[Wanted]) -> None:
    owners: dict[str, UUID] = {}
    for one in wanted:
        if not 1 <= len(one.content.variants) <= MOST_VARIANTS:
            raise NoVariant(_("A product has at least one variant, and at most %(most)s.") % {"most": MOST_VARIANTS})
        for variant in one.content.variants:
            key = sku_key(variant.sku)
            if key in owners:
                raise SkuTaken(_("The SKU %(sku)s is there twice.") % {"sku": variant.sku})
            owners[key] = one.row.pk
    taken = Variant.objects.filter(organisation_id=actor.place.id, sku_key__in=owners)
    for key, sku, product_id in taken.values_list("sku_key", "sku", "product_id"):
        if owners[key] != product_id:
            raise SkuTaken(_("Another product has the SKU %(sku)s.") % {"sku": sku})


def _fill(row: Product, content: ProductContent, organisation_id: UUID) -> None:
    row.organisation_id = organisation_id
    for name in ("category_id", "name", "description", "kind", "visibility", "tax", "unit"):
        setattr(row, name, getattr(content, name))
    row.is_tracked = content.is_tracked and content.kind != Product.Kind.SERVICE
    row.related = [one for one in content.related if one != row.pk]
    row.translations = {code: dict(texts) for code, texts in content.translations.items()}
    row.sort_key = sort_key(content.name)
    names = [content.name, *(texts.get("name", "") for texts in content.translations.values())]
    codes = [code for one in content.variants for code in (one.sku, one.barcode)]
    row.search_text = plain(" ".join(filter(None, [*names, *codes])))[:SEARCHED]
    row.revision += 1
    row.retired_at = None


def _variants_of(one: Wanted, now: datetime) -> tuple[list[Variant], list[Variant]]:
    """New variants, and those that are there as they should be now."""
    known = {variant.sku_key: variant for variant in one.variants}
    made: list[Variant] = []
    kept: list[Variant] = []
    for position, content in enumerate(one.content.variants):
        variant = known.pop(sku_key(content.sku), None)
        is_new = variant is None
        variant = variant or Variant(organisation_id=one.row.organisation_id, product=one.row)
        _fill_variant(variant, content, position, is_divisible=one.content.is_divisible)
        (made if is_new else kept).append(variant)
    for variant in known.values():
        variant.retired_at = variant.retired_at or now
        kept.append(variant)
    one.variants = [*made, *kept]
    return made, kept


def _fill_variant(variant: Variant, content: VariantContent, position: int, *, is_divisible: bool) -> None:
    for name in ("sku", "barcode", "list_price", "minimum", "multiple"):
        setattr(variant, name, getattr(content, name))
    variant.sku_key = sku_key(content.sku)
    variant.options = [list(pair) for pair in content.options]
    variant.position, variant.is_divisible, variant.retired_at = position, is_divisible, None


def _keep_stock(actor: Actor, wanted: Sequence[Wanted]) -> None:
    """A level of nothing for each variant whose stock is kept and that has none yet."""
    tracked = [variant for one in wanted if one.row.is_tracked for variant in one.variants if not variant.retired_at]
    if not tracked:
        return
    may_owe = settings_of(actor.place.id).allows_backorders
    levels = [StockLevel(organisation_id=actor.place.id, variant=variant, may_owe=may_owe) for variant in tracked]
    StockLevel.objects.bulk_create(levels, ignore_conflicts=True, batch_size=500)

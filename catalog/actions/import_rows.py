"""What rows of a list of products do: as many statements for five hundred as for one. Used by the import alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from advisory_portal.core.access import Actor
from advisory_portal.core.lists.jobs import Error
from catalog.actions.categories import category_at
from catalog.actions.products import lock_catalog
from catalog.actions.writing import Wanted, variants_by_product, write, write_products
from catalog.models import Product, StockLevel, StockMovement, Variant
from catalog.models.choices import taxes_to_choose
from catalog.rules import MOST_VARIANTS, ProductContent, VariantContent, sku_key
from catalog.rules.cells import ReadRow
from documents.rules import key_of_tax

PLAIN = ("name", "description", "kind", "unit", "is_divisible", "is_tracked", "visibility")


@dataclass(slots=True)
class _Plan:
    """A product as the rows so far want it."""

    wanted: Wanted
    is_new: bool
    variants: dict[str, VariantContent]
    pictures: list[str] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)


@dataclass(slots=True)
class Taken:
    """What became of rows: counts by what was done, errors, and the pictures that products want by their names."""

    counts: dict[str, int]
    errors: list[Error]
    pictures: list[tuple[UUID, int, list[str]]]


def take_rows(actor: Actor, rows: Sequence[ReadRow], *, now: datetime) -> Taken:
    """Write the products of these rows. A row with a wrong cell is left out whole. Raises Forbidden."""
    lock_catalog(actor)
    errors: list[Error] = [[row.number, *error] for row in rows for error in row.errors]
    desk = _Desk(actor, [row for row in rows if not row.errors])
    plans = desk.plans(errors)
    wanted = [plan.wanted for plan in plans]
    for plan in plans:
        plan.wanted.content = replace(plan.wanted.content, variants=tuple(plan.variants.values()))
    write_products(actor=actor, wanted=wanted, now=now)
    taken_rows = [row for plan in plans for row in plan.rows]
    _count_stock(actor, wanted, taken_rows, errors)
    counts = {"created": 0, "updated": 0, "refused": len({error[0] for error in errors if error[2] != "held"})}
    for plan in plans:
        counts["created" if plan.is_new else "updated"] += len(plan.rows)
    pictures = [(plan.wanted.row.pk, plan.rows[0].number, plan.pictures) for plan in plans if plan.pictures]
    return Taken(counts, errors, pictures)


class _Desk:
    """What is known while rows are read: products and variants that are there, taxes, categories."""

    def __init__(self, actor: Actor, rows: Sequence[ReadRow]) -> None:
        self.actor, self.rows = actor, rows
        keys = {sku_key(row.values[name]) for row in rows for name in ("sku", "variant_of") if name in row.values}
        found = Variant.objects.filter(organisation_id=actor.place.id, sku_key__in=keys).select_related("product")
        self.owners = {one.sku_key: one.product for one in found}
        products = {one.pk: one for one in self.owners.values()}
        variants = variants_by_product(products.values())
        self.known = {pk: _plan_of(product, variants.get(pk, [])) for pk, product in products.items()}
        self.by_key: dict[str, _Plan] = {}
        self.taxes = {tax.percent: key_of_tax(tax) for _name, tax in reversed(taxes_to_choose(actor))}
        self.categories: dict[tuple[str, ...], UUID | None] = {}

    def plans(self, errors: list[Error]) -> list[_Plan]:
        """The products that the rows want, in the order of the file; what cannot be is told in `errors`."""
        made: dict[int, _Plan] = {}
        for row in self.rows:
            error = self._take(row, made)
            if error is not None:
                errors.append([row.number, *error])
        return list(made.values())

    def _take(self, row: ReadRow, made: dict[int, _Plan]) -> tuple[str, str, str] | None:
        values = row.values
        key, parent = sku_key(values["sku"]), sku_key(values.get("variant_of", ""))
        if key in self.by_key and any(sku_key(one.values["sku"]) == key for one in self.by_key[key].rows):
            return "sku", "twice", values["sku"]
        plan = self._plan(key, parent)
        if plan is None and parent and parent != key:
            return "variant_of", "no_parent", values["variant_of"]
        wrong = self._wrong(row, plan, key)
        if wrong is not None:
            return wrong
        if plan is None:
            plan = _Plan(Wanted(Product(), ProductContent(values["name"], ())), True, {})
        self._fill(plan, row, key)
        self.by_key[key] = plan
        made[id(plan)] = plan
        return None

    def _plan(self, key: str, parent: str) -> _Plan | None:
        for one in (key, parent):
            if one in self.by_key:
                return self.by_key[one]
            if one in self.owners:
                return self.known[self.owners[one].pk]
        return None

    def _wrong(self, row: ReadRow, plan: _Plan | None, key: str) -> tuple[str, str, str] | None:
        values = row.values
        if plan is None and "name" not in values:
            return "name", "no_name", ""
        if (plan is None or key not in plan.variants) and "price" not in values:
            return "price", "no_price", ""
        if plan is not None and key not in plan.variants and len(plan.variants) >= MOST_VARIANTS:
            return "sku", "too_many", values["sku"]
        if "tax" in values and values["tax"] not in self.taxes:
            return "tax", "tax", str(values["tax"])
        return None

    def _fill(self, plan: _Plan, row: ReadRow, key: str) -> None:
        values = row.values
        changes: dict[str, Any] = {name: values[name] for name in PLAIN if name in values}
        if "tax" in values:
            changes["tax"] = self.taxes[values["tax"]]
        if "category" in values:
            changes["category_id"] = self._category(tuple(values["category"]))
        plan.wanted.content = replace(plan.wanted.content, **changes)
        plan.variants[key] = _variant_content(plan.variants.get(key), values)
        plan.pictures += [name for name in values.get("pictures", ()) if name not in plan.pictures]
        plan.rows.append(row)

    def _category(self, names: tuple[str, ...]) -> UUID | None:
        if names not in self.categories:
            self.categories[names] = category_at(self.actor, list(names))
        return self.categories[names]


def _plan_of(product: Product, variants: list[Variant]) -> _Plan:
    """A product that is there, as it is."""
    used = [one for one in variants if one.retired_at is None] or variants
    content = ProductContent(
        name=product.name,
        variants=(),
        category_id=product.category_id,
        description=product.description,
        kind=product.kind,
        visibility=product.visibility,
        tax=product.tax,
        unit=product.unit,
        is_tracked=product.is_tracked,
        is_divisible=any(one.is_divisible for one in used),
        related=tuple(product.related),
        translations=product.translations,
    )
    kept = {
        one.sku_key: VariantContent(
            one.sku,
            one.list_price,
            tuple((name, value) for name, value in one.options),
            one.barcode,
            one.minimum,
            one.multiple,
        )
        for one in used
    }
    return _Plan(Wanted(product, content, variants), False, kept)


def _variant_content(known: VariantContent | None, values: Mapping[str, Any]) -> VariantContent:
    content = known or VariantContent(values["sku"], values["price"])
    given: dict[str, Any] = {"sku": values["sku"]}
    given |= {name: values[name] for name in ("barcode", "minimum", "multiple") if name in values}
    if "price" in values:
        given["list_price"] = values["price"]
    if "options" in values:
        given["options"] = tuple((name, value) for name, value in values["options"])
    return replace(content, **given)


def _count_stock(actor: Actor, wanted: Iterable[Wanted], rows: Sequence[ReadRow], errors: list[Error]) -> None:
    """Set what there is, and the alarms, as the rows say; less than orders hold is told in `errors`."""
    said = {sku_key(row.values["sku"]): row for row in rows if {"stock", "alarm"} & set(row.values)}
    tracked = {one.pk: one.sku_key for each in wanted if each.row.is_tracked for one in each.variants}
    ids = [pk for pk, key in tracked.items() if key in said]
    if not ids:
        return
    levels = StockLevel.objects.filter(variant__in=ids).select_for_update(no_key=True).order_by("pk")
    changed, movements = [], []
    for level in levels:
        row = said[tracked[level.variant_id]]
        stock: Decimal = row.values.get("stock", level.on_hand)
        if stock < level.held and not level.may_owe:
            errors.append([row.number, "stock", "held", str(stock)])
            continue
        if stock != level.on_hand:
            movements.append(_movement(actor, level, stock))
        level.on_hand = stock
        level.alarm_at = row.values.get("alarm", level.alarm_at)
        changed.append(level)
    write(StockLevel, changed, ["on_hand", "alarm_at"])
    StockMovement.objects.bulk_create(movements, batch_size=500)


def _movement(actor: Actor, level: StockLevel, stock: Decimal) -> StockMovement:
    return StockMovement(
        organisation_id=level.organisation_id,
        variant_id=level.variant_id,
        reason=StockMovement.Reason.IMPORT,
        quantity=stock - level.on_hand,
        after=stock,
        by_name=actor.name,
    )

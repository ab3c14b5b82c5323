"""Taking products away as CSV or XLSX, in a shape that the import reads back to the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.tables import write_csv, write_workbook
from advisory_portal.formats.workbook import CONTENT_TYPE
from catalog.models import Product, Variant
from catalog.models.choices import tree_of
from catalog.models.product import Products
from catalog.rules import options_text
from catalog.rules.import_columns import COLUMNS
from catalog.words import COLUMN_NAMES
from documents.rules import number_text, tax_of_key
from documents.words import UNIT_NAMES

PRODUCT_EXPORT = "catalog.product_export"
AT_ONCE_FROM_DATABASE = 2_000
Format = Literal["csv", "xlsx"]
CONTENT_TYPES: Mapping[Format, str] = {"csv": "text/csv; charset=utf-8", "xlsx": CONTENT_TYPE}


@transaction.atomic
def start_product_export(*, actor: Actor, asked: Mapping[str, str], file_format: Format) -> Job:
    """Begin to write the products that a filter asks for (`Products.narrowed`) into a file. Raises Forbidden."""
    actor.require(Section.CATALOG, Level.VIEW)
    parameters = {"asked": dict(asked), "format": file_format, "language": translation.get_language()}
    job = start_job(actor=actor, kind=PRODUCT_EXPORT, parameters=parameters)
    add_items(job, [JobItem(name=file_format)])
    nudge("catalog.work_off_lists")
    return job


@transaction.atomic
def run_product_export_item(*, item: JobItem) -> None:
    """Write the file of an export and keep it as the job's result. Called by the sweep."""
    job, actor = item.job, actor_of(item.job)
    file_format: Format = job.parameters["format"]
    products = Product.objects.visible_to(actor).narrowed(job.parameters["asked"])
    with translation.override(job.parameters["language"]):
        rows, name = _rows(actor, products), f"{_('Products')}.{file_format}"
        content = b"".join(write_csv(rows)) if file_format == "csv" else write_workbook(rows, title=_("Products"))
    job.result = store_file(
        organisation_id=job.organisation_id, name=name, content=content, content_type=CONTENT_TYPES[file_format]
    )
    job.save(update_fields=["result"])
    finish_item(item, JobItem.Outcome.DONE)


@transaction.atomic
def give_up_product_export_item(*, item: JobItem) -> None:
    """End an export whose every try failed, without a file."""
    finish_item(item, JobItem.Outcome.REFUSED)


@transaction.atomic
def download_product_export(*, actor: Actor, job: Job) -> bytes:
    """The bytes of a finished export; who took them is kept. Raises Forbidden, LookupError before it is finished."""
    actor.require(Section.CATALOG, Level.VIEW)
    if job.result is None:
        raise LookupError(job.pk)
    record(actor, "catalog.product_export.made", about=job, after={"format": job.parameters["format"]})
    return read_file(job.result)


def _rows(actor: Actor, products: Products) -> Iterator[list[str]]:
    yield [str(COLUMN_NAMES[column]) for column in COLUMNS]
    names: dict[object, str] = {}
    for category in tree_of(actor):
        above = names.get(category.parent_id)
        names[category.pk] = f"{above} > {category.name}" if above else category.name
    variants = Variant.objects.visible_to(actor).in_use().filter(product__in=products)
    ordered = variants.select_related("product", "stock").order_by("product__sort_key", "product", "position", "pk")
    first: Variant | None = None
    for variant in ordered.iterator(AT_ONCE_FROM_DATABASE):
        if first is None or first.product_id != variant.product_id:
            first = variant
        yield _row(variant, first, names)


def _row(variant: Variant, first: Variant, names: Mapping[object, str]) -> list[str]:
    product, level = variant.product, getattr(variant, "stock", None)
    flags = {True: _("Yes"), False: _("No")}
    percent = tax_of_key(product.tax).percent if product.tax else None
    cells = {
        "sku": variant.sku,
        "variant_of": "" if variant.pk == first.pk else first.sku,
        "name": product.name,
        "category": names.get(product.category_id, ""),
        "description": product.description,
        "kind": str(product.get_kind_display()),
        "price": number_text(variant.list_price),
        "tax": number_text(percent) if percent is not None else "",
        "unit": str(UNIT_NAMES.get(product.unit, product.unit)) if product.unit else "",
        "options": options_text(tuple((name, value) for name, value in variant.options)),
        "barcode": variant.barcode,
        "minimum": number_text(variant.minimum),
        "multiple": number_text(variant.multiple) if variant.multiple else "",
        "is_divisible": flags[variant.is_divisible],
        "is_tracked": flags[product.is_tracked],
        "visibility": str(product.get_visibility_display()),
        "stock": number_text(level.on_hand) if level is not None and product.is_tracked else "",
        "alarm": number_text(level.alarm_at) if level is not None and level.alarm_at is not None else "",
        "pictures": "",
    }
    return [cells[column] for column in COLUMNS]

"""Importing lists of products: a file becomes a job, its rows items of five hundred, each done in one transaction.

Pictures come in a ZIP beside the list and are found by their names. The items of a job are worked off in their order,
so that a variant finds the product above it. The log gets one entry when an import starts and one when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, finish_item
from advisory_portal.core.lists.jobs import (
    Error,
    ListKind,
    UnreadableList,
    begin,
    choose_columns,
    counts_of,
    ended,
    finish_rows,
    forget_file,
    give_up,
    is_abandoned,
    keep_file,
    keep_list,
    refuse_too_large,
    take_apart,
)
from advisory_portal.core.models import Job, JobItem, StoredFile
from advisory_portal.core.text import plain
from advisory_portal.formats.archive import is_zip, read_archive
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import Row
from catalog.actions.import_rows import take_rows
from catalog.actions.pictures import PictureRefused, add_pictures
from catalog.models import Picture, Product
from catalog.rules.cells import ReadRow
from catalog.rules.import_columns import COLUMNS, guessed_columns, read_row
from catalog.rules.pictures import MOST_PICTURES
from documents.words import UNIT_NAMES

PICTURES = "pictures"  # the name of the item that holds their ZIP
COUNTED = ("created", "updated", "refused")


def _lacking(columns: Sequence[str]) -> str:
    return "" if "sku" in columns else _("Say which column holds the SKU.")


PRODUCT_LIST = ListKind(
    job="catalog.product_import",
    task="catalog.work_off_lists",
    columns=COLUMNS,
    guess=guessed_columns,
    lacking=_lacking,
)


@transaction.atomic
def take_product_list(*, actor: Actor, name: str, content: bytes, pictures: bytes = b"") -> Job:
    """Keep a CSV or XLSX file, and a ZIP with its pictures, as an import that waits to be told what its columns are.

    The job's parameters are those of `keep_list`. Raises Forbidden, UnreadableList.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    refuse_too_large(pictures, PRODUCT_LIST.limit)
    if pictures and not is_zip(pictures):
        raise UnreadableList(_("The pictures come in a ZIP file."), field="pictures")
    job = keep_list(PRODUCT_LIST, actor=actor, name=name, content=content)
    if pictures:
        keep_file(job, PICTURES, name=name, content=pictures, content_type="application/zip")
    return job


@transaction.atomic
def choose_product_columns(*, actor: Actor, job: Job, columns: Sequence[str]) -> None:
    """Keep what the columns of a list are. Raises Forbidden, AlreadyStarted, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    choose_columns(PRODUCT_LIST, job=job, columns=columns)


@transaction.atomic
def start_product_import(*, actor: Actor, job: Job, now: datetime) -> None:
    """Let an import whose columns are chosen begin. Repeating it does nothing. Raises Forbidden, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    if begin(PRODUCT_LIST, job=job, now=now):
        record(actor, "catalog.product_import.started", about=job, after={"file": job.parameters["name"]})


@transaction.atomic
def run_product_import_item(*, item: JobItem, now: datetime) -> None:
    """Do one piece of an import: unpack its pictures, take its list apart, or write the products of its rows.

    An import that was never started is forgotten, with its files.
    """
    if is_abandoned(item):
        return
    if item.name == PICTURES and item.file is not None:
        _unpack(item)
    elif item.file is not None:
        take_apart(PRODUCT_LIST, item)
    else:
        actor = actor_of(item.job)
        taken = take_rows(actor, read_rows(item.job, item.detail["rows"]), now=now)
        _add_pictures(actor, item.job, taken.pictures, taken.errors, now)
        finish_rows(item, taken.counts, sorted(taken.errors, key=lambda error: error[0]))
    _note_end(item)


@transaction.atomic
def give_up_product_import_item(*, item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    give_up(item)
    _note_end(item)


def read_rows(job: Job, rows: Sequence[Row]) -> list[ReadRow]:
    """Rows of the job's file as its columns say."""
    units = {plain(str(label)): code for code, label in UNIT_NAMES.items()}
    return [read_row(number, cells, job.parameters["columns"], units=units) for number, cells in rows]


def _unpack(item: JobItem) -> None:
    """Keep each picture of the ZIP under its name; what is no picture is found out when a row asks for it."""
    assert item.file is not None
    found: dict[str, str] = {}
    detail: dict[str, Any] = {}
    outcome = JobItem.Outcome.UNPACKED
    try:
        for member in read_archive(read_file(item.file)):
            if member.error is None:
                file = store_file(
                    organisation_id=item.job.organisation_id,
                    name=member.name,
                    content=member.data,
                    content_type="application/octet-stream",
                )
                found[plain(member.name)] = str(file.pk)
    except FormatError as error:
        outcome, detail = JobItem.Outcome.REFUSED, {"code": error.code, **error.params}
    job = Job.objects.select_for_update(no_key=True).get(pk=item.job_id)
    job.parameters |= {"pictures": found}
    job.save(update_fields=["parameters"])
    forget_file(item)
    finish_item(item, outcome, detail=detail)


def _add_pictures(
    actor: Actor, job: Job, wanted: Sequence[tuple[UUID, int, list[str]]], errors: list[Error], now: datetime
) -> None:
    """Give products the pictures that their rows name and that they do not have yet."""
    stored = {name: UUID(pk) for name, pk in job.parameters.get("pictures", {}).items()}
    for product_id, number, names in wanted:
        product = Product.objects.get(pk=product_id)
        there = set(Picture.objects.filter(product=product).values_list("original__name", flat=True))
        for name in [name for name in names if name not in there][:MOST_PICTURES]:
            key = stored.get(plain(name))
            file = StoredFile.objects.filter(pk=key).first() if key is not None else None
            try:
                if file is None:
                    raise PictureRefused(name)
                add_pictures(actor=actor, product=product, uploads=[(name, read_file(file))], now=now)
            except PictureRefused:
                errors.append([number, "pictures", "picture", name[:100]])


def _note_end(item: JobItem) -> None:
    """The log's entry of an import that has just ended, and the end of what was unpacked for it."""
    job = ended(item)
    if job is None:
        return
    for file in StoredFile.objects.filter(pk__in=list(job.parameters.get("pictures", {}).values())):
        discard_file(file)
    record(actor_of(job), "catalog.product_import.finished", about=job, after=counts_of(job, COUNTED))

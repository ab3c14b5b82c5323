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
from advisory_portal.core.models import Job, JobItem, StoredFile
from advisory_portal.core.text import plain
from advisory_portal.formats.archive import is_zip, read_archive
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import Row
from catalog.actions.import_rows import take_rows
from catalog.actions.lists import (
    LIST,
    Error,
    UnreadableList,
    begin,
    counts_of,
    forget_file,
    give_up,
    in_pieces,
    keep_file,
    keep_list,
    refuse_too_large,
    take_apart,
)
from catalog.actions.pictures import PictureRefused, add_pictures
from catalog.models import Picture, Product
from catalog.rules.cells import ReadRow
from catalog.rules.import_columns import COLUMNS, guessed_columns, read_row
from catalog.rules.pictures import MOST_PICTURES
from documents.words import UNIT_NAMES

PRODUCT_IMPORT = "catalog.product_import"
ROWS_AN_ITEM = 500
PICTURES = "pictures"  # the name of the item that holds their ZIP


@transaction.atomic
def take_product_list(*, actor: Actor, name: str, content: bytes, archive: bytes = b"") -> Job:
    """Keep a CSV or XLSX file, and a ZIP with its pictures, as an import that waits to be started.

    The job's parameters are those of `keep_list`, with columns of `rules.import_columns.COLUMNS`. Raises Forbidden,
    UnreadableList.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    refuse_too_large(archive)
    if archive and not is_zip(archive):
        raise UnreadableList(_("The pictures come in a ZIP file."), field="pictures")
    job = keep_list(actor=actor, kind=PRODUCT_IMPORT, name=name, content=content, guess=guessed_columns)
    if archive:
        keep_file(job, PICTURES, name=name, content=archive, content_type="application/zip")
    keep_file(job, LIST, name=name, content=content, content_type="application/octet-stream")
    return job


@transaction.atomic
def start_product_import(*, actor: Actor, job: Job, columns: Sequence[str], now: datetime) -> None:
    """Let an import begin with these columns, one for each of the file. Raises Forbidden, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    needed = {"sku": _("Say which column holds the SKU.")}
    locked = begin(job, columns, known=COLUMNS, needed=needed, now=now)
    record(actor, "catalog.product_import.started", about=locked, after={"file": locked.parameters["name"]})


@transaction.atomic
def run_product_import_item(*, item: JobItem, now: datetime) -> None:
    """Do one piece of an import: unpack its pictures, take its list apart, or write the products of its rows."""
    if item.name == PICTURES and item.file is not None:
        _unpack(item)
    elif item.name == LIST and item.file is not None:
        take_apart(item, now, lambda read: in_pieces(read(), ROWS_AN_ITEM))
    else:
        actor = actor_of(item.job)
        taken = take_rows(actor, read_rows(item.job, item.detail["rows"]), now=now)
        _add_pictures(actor, item.job, taken.pictures, taken.errors, now)
        errors = sorted(taken.errors, key=lambda error: error[0])
        finish_item(item, JobItem.Outcome.DONE, detail={"counts": taken.counts, "errors": errors})
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
    job = Job.objects.get(pk=item.job_id)
    if job.finished_at is None:
        return
    for file in StoredFile.objects.filter(pk__in=list(job.parameters.get("pictures", {}).values())):
        discard_file(file)
    record(actor_of(job), "catalog.product_import.finished", about=job, after=import_counts(job))


def import_counts(job: Job) -> dict[str, int]:
    """How many rows of an import were created, updated and refused so far. One query."""
    return counts_of(job, ("created", "updated", "refused"))

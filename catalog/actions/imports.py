"""Importing lists of products: a file becomes a job, its rows items of five hundred, each done in one transaction.

Pictures come in a ZIP beside the list and are found by their names. The items of a job are worked off in their order,
so that a variant finds the product above it. The log gets one entry when an import starts and one when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem, StoredFile
from advisory_portal.core.text import plain
from advisory_portal.formats.archive import is_zip, read_archive
from advisory_portal.formats.errors import MESSAGES, FormatError
from advisory_portal.formats.tables import Row, read_table
from catalog.actions.import_rows import Error, take_rows
from catalog.actions.pictures import PictureRefused, add_pictures
from catalog.models import Picture, Product
from catalog.rules.import_columns import COLUMNS, ReadRow, guessed_columns, read_row
from catalog.rules.pictures import MOST_PICTURES
from documents.actions import refusal_text
from documents.words import UNIT_NAMES

PRODUCT_IMPORT = "catalog.product_import"
ROWS_AN_ITEM = 500
SHOWN_ROWS = 20
SHOWN_CHARACTERS = 600
LIST, PICTURES = "list", "pictures"  # names of the items that hold the files


class UnreadableList(Refused):
    """The file is no list that can be read, or the other no ZIP; the message says why."""


class WrongColumns(Refused):
    """No column holds the SKU, or two hold the same thing, or the import has begun."""


@transaction.atomic
def take_product_list(*, actor: Actor, name: str, content: bytes, archive: bytes = b"") -> Job:
    """Keep a CSV or XLSX file, and a ZIP with its pictures, as an import that waits to be started.

    The job's parameters: `name`, `head` (the first row), `rows` (the next 20, as (number, cells)), `columns` (one of
    `rules.import_columns.COLUMNS` or "" for each, guessed), `is_started`. Raises Forbidden, UnreadableList.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    limit = settings.MAX_UPLOAD_BYTES
    if len(content) > limit or len(archive) > limit:
        raise UnreadableList(_(MESSAGES["too_large"]) % {"limit": limit // 1024**2}, field="upload")
    if archive and not is_zip(archive):
        raise UnreadableList(_("The pictures come in a ZIP file."), field="pictures")
    try:
        rows = list(islice(read_table(content), SHOWN_ROWS + 1))
        if len(rows) < 2:
            raise FormatError("table_only_head" if rows else "empty")
    except FormatError as error:
        raise UnreadableList(refusal_text({"code": error.code, **error.params}), field="upload") from None
    (_number, head), *first = rows
    parameters = {
        "name": name[-200:],
        "head": [cell[:200] for cell in head],
        "rows": [(number, [cell[:SHOWN_CHARACTERS] for cell in cells]) for number, cells in first],
        "columns": guessed_columns(head),
        "is_started": False,
        "pictures": {},
    }
    job = start_job(actor=actor, kind=PRODUCT_IMPORT, parameters=parameters)
    files = [(PICTURES, archive, "application/zip")] if archive else []
    files.append((LIST, content, "application/octet-stream"))
    kept = [
        JobItem(name=label, due_at=None, file=store_file(
            organisation_id=actor.place.id, name=name, content=data, content_type=kind))
        for label, data, kind in files
    ]  # fmt: skip
    add_items(job, kept)
    return job


@transaction.atomic
def start_product_import(*, actor: Actor, job: Job, columns: Sequence[str], now: datetime) -> None:
    """Let an import begin with these columns, one for each of the file. Raises Forbidden, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    locked = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if locked.parameters["is_started"]:
        raise WrongColumns(_("This import has begun; its columns do not change any more."))
    chosen = [column for column in columns if column]
    if "sku" not in chosen:
        raise WrongColumns(_("Say which column holds the SKU."))
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(COLUMNS):
        raise WrongColumns(_("Two columns are said to be the same. Choose each at most once."))
    locked.parameters |= {"columns": list(columns), "is_started": True}
    locked.save(update_fields=["parameters"])
    locked.items.filter(outcome=JobItem.Outcome.WAITING).update(due_at=now)
    record(actor, "catalog.product_import.started", about=locked, after={"file": locked.parameters["name"]})
    nudge("catalog.work_off_lists")


@transaction.atomic
def run_product_import_item(*, item: JobItem, now: datetime) -> None:
    """Do one piece of an import: unpack its pictures, take its list apart, or write the products of its rows."""
    if item.name == PICTURES and item.file is not None:
        _unpack(item)
    elif item.name == LIST and item.file is not None:
        _take_apart(item, now)
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
    rows = item.detail.get("rows", [])
    _forget_file(item)
    errors = [[number, "", "failed", ""] for number, _cells in rows]
    finish_item(item, JobItem.Outcome.REFUSED, detail={"counts": {"refused": len(rows)}, "errors": errors})
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
    _forget_file(item)
    finish_item(item, outcome, detail=detail)


def _take_apart(item: JobItem, now: datetime) -> None:
    """Make an item of each 500 rows; of a file that turns out to be unreadable half way, none."""
    assert item.file is not None
    detail: dict[str, Any] = {}
    outcome = JobItem.Outcome.UNPACKED
    try:
        with transaction.atomic():
            rows = read_table(read_file(item.file))
            next(rows)  # the head
            for chunk in _chunks(rows):
                piece = JobItem(name=f"{chunk[0][0]}–{chunk[-1][0]}", detail={"rows": chunk}, due_at=now)
                add_items(item.job, [piece])
    except FormatError as error:
        outcome, detail = JobItem.Outcome.REFUSED, {"code": error.code, **error.params}
    _forget_file(item)
    finish_item(item, outcome, detail=detail)
    nudge("catalog.work_off_lists")


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, ROWS_AN_ITEM)):
        yield chunk


def _add_pictures(
    actor: Actor, job: Job, wanted: Sequence[tuple[UUID, int, list[str]]], errors: list[Error], now: datetime
) -> None:
    """Give products the pictures that their rows name and that they do not have yet."""
    stored = {name: UUID(pk) for name, pk in job.parameters["pictures"].items()}
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


def _forget_file(item: JobItem) -> None:
    file, item.file = item.file, None
    if file is not None:
        item.save(update_fields=["file"])
        discard_file(file)


def _note_end(item: JobItem) -> None:
    """The log's entry of an import that has just ended, and the end of what was unpacked for it."""
    job = Job.objects.get(pk=item.job_id)
    if job.finished_at is None:
        return
    for file in StoredFile.objects.filter(pk__in=list(job.parameters["pictures"].values())):
        discard_file(file)
    record(actor_of(job), "catalog.product_import.finished", about=job, after=import_counts(job))


def import_counts(job: Job) -> dict[str, int]:
    """How many rows of an import were created, updated and refused so far. One query."""
    counts = dict.fromkeys(("created", "updated", "refused"), 0)
    for done in job.items.filter(detail__has_key="counts").values_list("detail__counts", flat=True):
        for name, number in done.items():
            counts[name] += number
    return counts

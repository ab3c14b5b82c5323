"""Importing lists of orders that were placed elsewhere: a file becomes a job, its orders pieces of five hundred rows.

An order is whole in one piece, wherever its lines stand in the file, and is taken whole or not at all. The log gets
one entry when an import starts and one when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, finish_item
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.tables import Row
from catalog.actions.lists import LIST, begin, counts_of, give_up, keep_file, keep_list, take_apart
from catalog.actions.order_rows import checked, take_orders
from catalog.rules.cells import ReadRow
from catalog.rules.order_columns import COLUMNS, guessed_columns, read_row, whole_orders

ORDER_IMPORT = "catalog.order_import"
ROWS_AN_ITEM = 500


@transaction.atomic
def take_order_list(*, actor: Actor, name: str, content: bytes) -> Job:
    """Keep a CSV or XLSX file of orders, a row for each line, as an import that waits to be started.

    The job's parameters are those of `keep_list`, with columns of `rules.order_columns.COLUMNS`. Raises Forbidden,
    UnreadableList.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    job = keep_list(actor=actor, kind=ORDER_IMPORT, name=name, content=content, guess=guessed_columns)
    keep_file(job, LIST, name=name, content=content, content_type="application/octet-stream")
    return job


@transaction.atomic
def start_order_import(*, actor: Actor, job: Job, columns: Sequence[str], now: datetime) -> None:
    """Let an import begin with these columns, one for each of the file. Raises Forbidden, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    needed = {
        "number": _("Say which column holds the number of the order."),
        "date": _("Say which column holds the date."),
        "sku": _("Say which column holds the SKU."),
        "quantity": _("Say which column holds the quantity."),
        "price": _("Say which column holds the price."),
    }
    who = ("customer", "tax_id", "email")
    if not any(column in columns for column in who):
        needed["customer"] = _("Say which column holds the customer: the name, tax id or e-mail.")
    locked = begin(job, columns, known=COLUMNS, needed=needed, now=now)
    record(actor, "catalog.order_import.started", about=locked, after={"file": locked.parameters["name"]})


@transaction.atomic
def run_order_import_item(*, item: JobItem, now: datetime) -> None:
    """Do one piece of an import: take its list apart, or keep the orders of its rows."""
    job = item.job
    if item.file is not None:
        columns = job.parameters["columns"]
        take_apart(item, now, lambda read: whole_orders(read, columns, size=ROWS_AN_ITEM))
    else:
        counts, errors = take_orders(actor_of(job), _read(job, item.detail["rows"]), now=now)
        finish_item(item, JobItem.Outcome.DONE, detail={"counts": counts, "errors": errors})
    _note_end(item)


@transaction.atomic
def give_up_order_import_item(*, item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    give_up(item)
    _note_end(item)


def read_order_rows(job: Job, rows: Sequence[Row]) -> list[ReadRow]:
    """Rows of the job's file as its columns say, and as the catalog and the contacts know what they name."""
    return checked(actor_of(job), _read(job, rows))


def order_import_counts(job: Job) -> dict[str, int]:
    """How many orders of an import were created, were there already, and were refused so far. One query."""
    return counts_of(job, ("created", "known", "refused"))


def _read(job: Job, rows: Sequence[Row]) -> list[ReadRow]:
    return [read_row(number, cells, job.parameters["columns"]) for number, cells in rows]


def _note_end(item: JobItem) -> None:
    """The log's entry of an import that has just ended. The job's row is locked since its item was counted."""
    job = Job.objects.get(pk=item.job_id)
    if job.finished_at is not None:
        record(actor_of(job), "catalog.order_import.finished", about=job, after=order_import_counts(job))

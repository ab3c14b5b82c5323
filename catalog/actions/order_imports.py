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
from advisory_portal.core.jobs import actor_of
from advisory_portal.core.lists.jobs import (
    ROWS_A_PIECE,
    ListKind,
    begin,
    choose_columns,
    counts_of,
    ended,
    finish_rows,
    give_up,
    is_abandoned,
    keep_list,
    take_apart,
)
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.tables import Row
from catalog.actions.order_rows import checked, take_orders
from catalog.rules.cells import ReadRow
from catalog.rules.order_columns import COLUMNS, guessed_columns, read_row, whole_orders

COUNTED = ("created", "known", "refused")


def _lacking(columns: Sequence[str]) -> str:
    needed = {
        "number": _("Say which column holds the number of the order."),
        "date": _("Say which column holds the date."),
        "sku": _("Say which column holds the SKU."),
        "quantity": _("Say which column holds the quantity."),
        "price": _("Say which column holds the price."),
    }
    if not {"customer", "tax_id", "email"} & set(columns):
        needed["customer"] = _("Say which column holds the customer: the name, tax id or e-mail.")
    return next((words for column, words in needed.items() if column not in columns), "")


ORDER_LIST = ListKind(
    job="catalog.order_import",
    task="catalog.work_off_lists",
    columns=COLUMNS,
    guess=guessed_columns,
    lacking=_lacking,
)


@transaction.atomic
def take_order_list(*, actor: Actor, name: str, content: bytes) -> Job:
    """Keep a CSV or XLSX file of orders, a row for each line, as an import that waits to be told what its columns are.

    The job's parameters are those of `keep_list`. Raises Forbidden, UnreadableList.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    return keep_list(ORDER_LIST, actor=actor, name=name, content=content)


@transaction.atomic
def choose_order_columns(*, actor: Actor, job: Job, columns: Sequence[str]) -> None:
    """Keep what the columns of a list are. Raises Forbidden, AlreadyStarted, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    choose_columns(ORDER_LIST, job=job, columns=columns)


@transaction.atomic
def start_order_import(*, actor: Actor, job: Job, now: datetime) -> None:
    """Let an import whose columns are chosen begin. Repeating it does nothing. Raises Forbidden, WrongColumns."""
    actor.require(Section.CATALOG, Level.MANAGE)
    if begin(ORDER_LIST, job=job, now=now):
        record(actor, "catalog.order_import.started", about=job, after={"file": job.parameters["name"]})


@transaction.atomic
def run_order_import_item(*, item: JobItem, now: datetime) -> None:
    """Do one piece of an import: take its list apart, or keep the orders of its rows.

    An import that was never started is forgotten, with its file.
    """
    if is_abandoned(item):
        return
    job = item.job
    if item.file is not None:
        columns = job.parameters["columns"]
        take_apart(ORDER_LIST, item, chunks=lambda read: whole_orders(read, columns, size=ROWS_A_PIECE))
    else:
        finish_rows(item, *take_orders(actor_of(job), _read(job, item.detail["rows"]), now=now))
    _note_end(item)


@transaction.atomic
def give_up_order_import_item(*, item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    give_up(item)
    _note_end(item)


def read_order_rows(job: Job, rows: Sequence[Row]) -> list[ReadRow]:
    """Rows of the job's file as its columns say, and as the catalog and the contacts know what they name."""
    return checked(actor_of(job), _read(job, rows))


def _read(job: Job, rows: Sequence[Row]) -> list[ReadRow]:
    return [read_row(number, cells, job.parameters["columns"]) for number, cells in rows]


def _note_end(item: JobItem) -> None:
    if job := ended(item):
        record(actor_of(job), "catalog.order_import.finished", about=job, after=counts_of(job, COUNTED))

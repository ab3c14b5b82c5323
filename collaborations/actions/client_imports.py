"""Importing a firm's list of clients without an account here, as every list is imported (`core.lists`).

The log gets one entry when an import starts and one with its counts when it has finished.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of
from advisory_portal.core.lists.jobs import (
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
from collaborations.actions.client_rows import take_client_rows
from collaborations.actions.clients import require_leading
from collaborations.rules.client_rows import COLUMNS, MOST_ROWS, ReadClient, guessed_columns, read_client
from documents.rules.contact_rows import Place

Known = Literal["skip", "update"]


def _lacking(columns: Sequence[str]) -> str:
    return "" if "name" in columns else _("Say which column holds the name.")


CLIENT_LIST = ListKind(
    job="collaborations.client_import",
    task="collaborations.import_clients",
    columns=COLUMNS,
    guess=guessed_columns,
    lacking=_lacking,
    most_bytes=5 * 1024 * 1024,
    most_rows=MOST_ROWS,
)


@transaction.atomic
def take_client_list(*, actor: Actor, name: str, content: bytes) -> Job:
    """Keep a CSV or XLSX file as an import that waits to be told what its columns are.

    The job's parameters are those of `keep_list` and `known` (what happens with clients that are there). Raises
    Forbidden, UnreadableList.
    """
    require_leading(actor)
    return keep_list(CLIENT_LIST, actor=actor, name=name, content=content, known="skip")


@transaction.atomic
def choose_client_columns(*, actor: Actor, job: Job, columns: Sequence[str], known: Known) -> None:
    """Keep what the columns of a list are. Raises Forbidden, AlreadyStarted, WrongColumns."""
    require_leading(actor)
    choose_columns(CLIENT_LIST, job=job, columns=columns, known=known)


@transaction.atomic
def start_client_import(*, actor: Actor, job: Job, now: datetime) -> None:
    """Let an import whose columns are chosen begin. Repeating it does nothing. Raises Forbidden, WrongColumns."""
    require_leading(actor)
    if begin(CLIENT_LIST, job=job, now=now):
        record(actor, "collaborations.client_import.started", about=job, after={"file": job.parameters["name"]})


@transaction.atomic
def run_client_import_item(*, item: JobItem) -> None:
    """Do one piece of an import: take the file apart into items of 500 rows, or write the clients of one of them.

    An import that was never started is forgotten, with its file.
    """
    if is_abandoned(item):
        return
    if item.file is not None:
        take_apart(CLIENT_LIST, item)
    else:
        rows = read_client_rows(item.job, item.detail["rows"])
        finish_rows(item, *take_client_rows(actor_of(item.job), rows, item.job.parameters["known"]))
    _note_end(item)


@transaction.atomic
def give_up_client_import_item(*, item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    give_up(item)
    _note_end(item)


def read_client_rows(job: Job, rows: Sequence[Row]) -> list[ReadClient]:
    """Rows of the job's file as its columns say. Makes no query."""
    firm, columns = job.actor["organisation"], job.parameters["columns"]
    place = Place(firm["language"], frozenset(code for code, _name in settings.LANGUAGES))
    return [read_client(number, cells, columns, place=place, country=firm["country"]) for number, cells in rows]


def _note_end(item: JobItem) -> None:
    if job := ended(item):
        record(actor_of(job), "collaborations.client_import.finished", about=job, after=counts_of(job))

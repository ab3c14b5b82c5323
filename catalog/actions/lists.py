"""What every import of a list shares: the file becomes a job, its rows become pieces, each done in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.jobs import add_items, finish_item, nudge, refusal_text, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.errors import MESSAGES, FormatError
from advisory_portal.formats.tables import Row, read_table

SHOWN_ROWS = 20
SHOWN_CHARACTERS = 600
PIECES_AT_ONCE = 20  # written together while a file is read
LIST = "list"  # the name of the item that holds the file
Error = list[Any]  # row, column, code, text of the cell


class UnreadableList(Refused):
    """The file is no list that can be read, or the other no ZIP; the message says why."""


class WrongColumns(Refused):
    """No column holds what is needed, or two hold the same thing, or the import has begun."""


def keep_list(
    *, actor: Actor, kind: str, name: str, content: bytes, guess: Callable[[Sequence[str]], list[str]]
) -> Job:
    """Keep a CSV or XLSX file as a job of this kind that waits to be started.

    The job's parameters: `name`, `head` (the first row), `rows` (the next 20, as (number, cells)), `columns` (what
    `guess` says of the head), `is_started`. Raises UnreadableList.
    """
    refuse_too_large(content)
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
        "columns": guess(head),
        "is_started": False,
    }
    return start_job(actor=actor, kind=kind, parameters=parameters)


def refuse_too_large(content: bytes) -> None:
    """Raises UnreadableList."""
    limit = settings.MAX_UPLOAD_BYTES
    if len(content) > limit:
        raise UnreadableList(_(MESSAGES["too_large"]) % {"limit": limit // 1024**2}, field="upload")


def keep_file(job: Job, label: str, *, name: str, content: bytes, content_type: str) -> None:
    """Keep a file of an import as an item of this name, which is not due before the import is started."""
    file = store_file(organisation_id=job.organisation_id, name=name, content=content, content_type=content_type)
    add_items(job, [JobItem(name=label, due_at=None, file=file)])


def begin(job: Job, columns: Sequence[str], *, known: Collection[str], needed: Mapping[str, str], now: datetime) -> Job:
    """Let an import begin with these columns, one for each of the file; returns it locked.

    `needed` says of each column that has to be there what is asked for without it. Raises WrongColumns.
    """
    locked = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if locked.parameters["is_started"]:
        raise WrongColumns(_("This import has begun; its columns do not change any more."))
    chosen = [column for column in columns if column]
    for column, words in needed.items():
        if column not in chosen:
            raise WrongColumns(words)
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(known):
        raise WrongColumns(_("Two columns are said to be the same. Choose each at most once."))
    locked.parameters |= {"columns": list(columns), "is_started": True}
    locked.save(update_fields=["parameters"])
    locked.items.filter(outcome=JobItem.Outcome.WAITING).update(due_at=now)
    nudge("catalog.work_off_lists")
    return locked


def take_apart(
    item: JobItem, now: datetime, chunks: Callable[[Callable[[], Iterator[Row]]], Iterator[list[Row]]]
) -> None:
    """Make an item of each chunk of the rows below the head; of a file that is unreadable half way, none."""
    assert item.file is not None
    content = read_file(item.file)
    detail: dict[str, Any] = {}
    outcome = JobItem.Outcome.UNPACKED
    try:
        with transaction.atomic():
            found = chunks(lambda: islice(read_table(content), 1, None))
            while batch := list(islice(found, PIECES_AT_ONCE)):
                add_items(item.job, [_piece(rows, now) for rows in batch])
    except FormatError as error:
        outcome, detail = JobItem.Outcome.REFUSED, {"code": error.code, **error.params}
    forget_file(item)
    finish_item(item, outcome, detail=detail)
    nudge("catalog.work_off_lists")


def _piece(rows: list[Row], now: datetime) -> JobItem:
    numbers = [number for number, _cells in rows]
    return JobItem(name=f"{min(numbers)}–{max(numbers)}", detail={"rows": rows}, due_at=now)


def in_pieces(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """Rows in lists of `size`, the last of what is left."""
    while chunk := list(islice(rows, size)):
        yield chunk


def give_up(item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    rows = item.detail.get("rows", [])
    forget_file(item)
    errors = [[number, "", "failed", ""] for number, _cells in rows]
    finish_item(item, JobItem.Outcome.REFUSED, detail={"counts": {"refused": len(rows)}, "errors": errors})


def forget_file(item: JobItem) -> None:
    """Let the item's file go, if it has one."""
    file, item.file = item.file, None
    if file is not None:
        item.save(update_fields=["file"])
        discard_file(file)


def counts_of(job: Job, names: Sequence[str]) -> dict[str, int]:
    """What the pieces of an import have counted so far, under these names. One query."""
    counts = dict.fromkeys(names, 0)
    for done in job.items.filter(detail__has_key="counts").values_list("detail__counts", flat=True):
        for name, number in done.items():
            counts[name] += number
    return counts

"""A list that somebody brings: the file becomes a job, its rows become pieces, each done in one transaction.

What the lists of one kind share is a `ListKind`; who may bring them, what becomes of a row and what the log says is
their app's. The functions run inside the transaction of an action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.jobs import FAILED, add_items, finish_item, nudge, refusal_text, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.archive import is_zip
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import MOST_ROWS, Row, read_table
from advisory_portal.formats.workbook import CONTENT_TYPE

ROWS_A_PIECE = 500
PIECES_AT_ONCE = 20  # written together while a file is read
SHOWN_ROWS = 20
SHOWN_CHARACTERS = 600
ABANDONED_DAYS = 14
LIST = "list"  # the name of the item that holds the file
Error = list[Any]  # of a row: its number, the column, the code of what is wrong, the text of the cell
ReadAgain = Callable[[], Iterator[Row]]  # the rows below the head, from the first on


class UnreadableList(Refused):
    """The file is no list that can be read; the message says why."""


class WrongColumns(Refused):
    """No column holds what is needed, or two hold the same thing."""


class AlreadyStarted(Refused):
    """The import is under way or done."""


@dataclass(frozen=True, slots=True)
class ListKind:
    """What the lists of one kind share.

    `job` is the kind of their jobs and `task` the sweep that works them off. `columns` is what a column can hold,
    `guess` says it of a head, "" for what is not known, and `lacking` asks for what is not among chosen columns, or
    says "". `most_bytes` is None where only the limit of all uploads holds.
    """

    job: str
    task: str
    columns: Sequence[str]
    guess: Callable[[Sequence[str]], list[str]]
    lacking: Callable[[Sequence[str]], str]
    most_bytes: int | None = None
    most_rows: int = MOST_ROWS

    @property
    def limit(self) -> int:
        """The most bytes that a file may have."""
        return self.most_bytes or settings.MAX_UPLOAD_BYTES


# --- From the file to the start --------------------------------------------------------------------------------


def keep_list(kind: ListKind, /, *, actor: Actor, name: str, content: bytes, **usual: Any) -> Job:
    """Keep a CSV or XLSX file as a job that waits to be told what its columns are.

    The job's parameters: `name`, `head` (the first row), `rows` (the next 20, as (number, cells)), `columns` (one of
    the kind's or "" for each), `is_started`, and those in `usual`. Columns and `usual` are as the organisation chose
    them for the same head last time, else guessed and as given. What nobody has started within ABANDONED_DAYS goes.
    Raises UnreadableList.
    """
    refuse_too_large(content, kind.limit)
    try:
        (_number, head), *rows = _first_rows(content)
    except FormatError as error:
        raise UnreadableList(refusal_text({"code": error.code, **error.params}), field="upload") from None
    width = max(len(cells) for cells in (head, *(cells for _number, cells in rows)))
    names = [cell[:200] for cell in head] + [""] * (width - len(head))
    parameters = {
        "name": name[-200:],
        "head": names,
        "rows": [(number, [cell[:SHOWN_CHARACTERS] for cell in cells]) for number, cells in rows],
        "is_started": False,
        **(_as_last_time(kind, actor, names, usual) or {"columns": kind.guess(names), **usual}),
    }
    job = start_job(actor=actor, kind=kind.job, parameters=parameters)
    keep_file(job, LIST, name=name, content=content, content_type=CONTENT_TYPE if is_zip(content) else "text/csv")
    return job


def refuse_too_large(content: bytes, limit: int) -> None:
    """Raises UnreadableList for more than `limit` bytes."""
    if len(content) > limit:
        words = refusal_text({"code": "too_large", "limit": limit // 1024**2})
        raise UnreadableList(words, field="upload")


def keep_file(job: Job, label: str, *, name: str, content: bytes, content_type: str) -> None:
    """Keep a file of a list as an item of this name, which is due when the import starts, or is abandoned."""
    file = store_file(organisation_id=job.organisation_id, name=name, content=content, content_type=content_type)
    abandoned_at = timezone.now() + timedelta(days=ABANDONED_DAYS)
    add_items(job, [JobItem(name=label, file=file, due_at=abandoned_at)])


def _first_rows(content: bytes) -> list[Row]:
    """The head and the rows that are shown. Raises FormatError, also if there is nothing below the head."""
    rows = list(islice(read_table(content), SHOWN_ROWS + 1))
    if len(rows) < 2:
        raise FormatError("table_only_head" if rows else "empty")
    return rows


def _as_last_time(kind: ListKind, actor: Actor, head: list[str], usual: dict[str, Any]) -> dict[str, Any] | None:
    before = Job.objects.visible_to(actor).of_kind(kind.job)
    last = before.filter(parameters__head=head, parameters__is_started=True).order_by("-id").first()
    return {name: last.parameters[name] for name in ("columns", *usual)} if last else None


def choose_columns(kind: ListKind, /, *, job: Job, columns: Sequence[str], **values: Any) -> None:
    """Keep what the columns of a list are, and what holds for its rows. Raises AlreadyStarted, WrongColumns."""
    locked = _locked(job)
    if locked.parameters["is_started"]:
        raise AlreadyStarted(_("This import has begun; its columns do not change any more."))
    _refuse_lacking(kind, columns)
    chosen = [column for column in columns if column]
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(kind.columns):
        raise WrongColumns(_("Two columns are said to be the same. Choose each at most once."))
    width = len(locked.parameters["head"])
    locked.parameters |= {"columns": [*columns, *[""] * width][:width], **values}
    locked.save(update_fields=["parameters"])
    job.parameters = locked.parameters


def begin(kind: ListKind, /, *, job: Job, now: datetime) -> bool:
    """Let an import whose columns are chosen begin; whether it began just now. Raises WrongColumns."""
    locked = _locked(job)
    if locked.parameters["is_started"]:
        return False
    _refuse_lacking(kind, locked.parameters["columns"])
    locked.parameters |= {"is_started": True}
    locked.save(update_fields=["parameters"])
    locked.items.filter(outcome=JobItem.Outcome.WAITING).update(due_at=now)
    nudge(kind.task)
    return True


def _locked(job: Job) -> Job:
    return Job.objects.select_for_update(no_key=True).get(pk=job.pk)


def _refuse_lacking(kind: ListKind, columns: Sequence[str]) -> None:
    if words := kind.lacking(columns):
        raise WrongColumns(words)


# --- The sweep -------------------------------------------------------------------------------------------------


def is_abandoned(item: JobItem) -> bool:
    """Whether the item's import was never started. It is deleted then, unless somebody starts it just now."""
    unstarted = Job.objects.filter(pk=item.job_id, parameters__is_started=False)
    if not unstarted.exists():
        return False
    job = unstarted.select_for_update(skip_locked=True).first()
    if job is not None:
        for kept in job.items.select_related("file"):
            forget_file(kept)
        job.delete()
    return True


def take_apart(
    kind: ListKind, item: JobItem, *, chunks: Callable[[ReadAgain], Iterator[list[Row]]] | None = None
) -> None:
    """Make an item of each chunk of the rows below the head; of a file that is unreadable half way, none.

    A chunk is ROWS_A_PIECE rows in their order unless `chunks` says otherwise, which may read the rows several times.
    """
    assert item.file is not None
    content = read_file(item.file)
    outcome, detail = JobItem.Outcome.UNPACKED, {}
    try:
        with transaction.atomic():
            found = (chunks or _in_order)(lambda: _below_head(content, kind.most_rows))
            while batch := list(islice(found, PIECES_AT_ONCE)):
                add_items(item.job, [_piece(rows) for rows in batch])
    except FormatError as error:
        outcome, detail = JobItem.Outcome.REFUSED, {"code": error.code, **error.params}
    forget_file(item)
    finish_item(item, outcome, detail=detail)
    nudge(kind.task)


def _below_head(content: bytes, most: int) -> Iterator[Row]:
    for at, row in enumerate(read_table(content)):
        if at > most:
            raise FormatError("table_too_many_rows", limit=most)
        if at:
            yield row


def _in_order(read: ReadAgain) -> Iterator[list[Row]]:
    rows = read()
    while chunk := list(islice(rows, ROWS_A_PIECE)):
        yield chunk


def _piece(rows: list[Row]) -> JobItem:
    numbers = [number for number, _cells in rows]
    return JobItem(name=f"{min(numbers)}–{max(numbers)}", detail={"rows": rows})


def finish_rows(item: JobItem, counts: dict[str, int], errors: Sequence[Sequence[Any]]) -> None:
    """A piece is done: how many rows became what, and what was wrong with which."""
    finish_item(item, JobItem.Outcome.DONE, detail={"counts": counts, "errors": errors})


def give_up(item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    rows = item.detail.get("rows", [])
    detail: dict[str, Any] = {"code": FAILED}
    if item.file is None:
        errors = [[number, "", FAILED, ""] for number, _cells in rows]
        detail = {"counts": {"refused": len(rows)}, "errors": errors}
    forget_file(item)
    finish_item(item, JobItem.Outcome.REFUSED, detail=detail)


def forget_file(item: JobItem) -> None:
    """Let the item's file go, if it has one."""
    file, item.file = item.file, None
    if file is not None:
        item.save(update_fields=["file"])
        discard_file(file)


def ended(item: JobItem) -> Job | None:
    """The job of an item that has just got its outcome, if it was the last. Its row is locked since then."""
    return Job.objects.filter(pk=item.job_id).exclude(finished_at=None).first()


def counts_of(job: Job, names: Sequence[str] = ("created", "updated", "skipped", "refused")) -> dict[str, int]:
    """What the pieces of an import have counted so far, under these names. One query."""
    counts = dict.fromkeys(names, 0)
    for done in job.items.filter(detail__has_key="counts").values_list("detail__counts", flat=True):
        for name, number in done.items():
            counts[name] += number
    return counts

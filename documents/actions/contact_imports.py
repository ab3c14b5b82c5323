"""Importing lists of contacts: a file becomes a job, its rows become items of 500, each done in one transaction.

The log gets one entry when an import starts and one with its counts when it has finished; what became of which rows
stays with the job's items.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.archive import is_zip
from advisory_portal.formats.errors import MESSAGES, FormatError
from advisory_portal.formats.tables import Row, read_table
from advisory_portal.formats.workbook import CONTENT_TYPE
from documents.actions.contact_rows import take_rows
from documents.actions.imports import FAILED, refusal_text
from documents.models import Contact
from documents.models.contact_jobs import contact_import_counts
from documents.rules.contact_columns import COLUMNS, guessed_columns
from documents.rules.contact_rows import Place, ReadRow, read_row

CONTACT_IMPORT = "documents.contact_import"
ROWS_AN_ITEM = 500
ITEMS_AT_ONCE = 20  # written together while a file is read
SHOWN_ROWS = 20
ABANDONED_DAYS = 14
SHOWN_CHARACTERS = 600
Known = Literal["skip", "update"]


class UnreadableList(Refused):
    """The file is no list that can be read; the message says why."""


class WrongColumns(Refused):
    """No column holds the name, or two hold the same thing."""


class AlreadyStarted(Refused):
    """The import is under way or done."""


@transaction.atomic
def take_contact_list(*, actor: Actor, name: str, content: bytes) -> Job:
    """Keep a CSV or XLSX file as an import that waits to be told what its columns are.

    The job's parameters: `name`, `head` (the first row), `rows` (the next 20, as (number, cells)), `columns` (one of
    `rules.contact_columns.COLUMNS` or "" for each, as the business chose them for the same head last time, else
    guessed), `kind` and `country` of rows that name none, `known` (what happens with contacts that are there), and
    `is_started`. What nobody has started within ABANDONED_DAYS goes. Raises Forbidden, UnreadableList.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    limit = settings.MAX_UPLOAD_BYTES
    if len(content) > limit:
        raise UnreadableList(_(MESSAGES["too_large"]) % {"limit": limit // 1024**2}, field="upload")
    try:
        head, *rows = _first_rows(content)
    except FormatError as error:
        raise UnreadableList(refusal_text({"code": error.code, **error.params}), field="upload") from None
    clipped = [(number, [cell[:SHOWN_CHARACTERS] for cell in cells]) for number, cells in rows]
    width = max(len(cells) for _number, cells in (head, *rows))
    names = [cell[:200] for cell in head[1]] + [""] * (width - len(head[1]))
    parameters = {
        "name": name[-200:],
        "head": names,
        "rows": clipped,
        "kind": Contact.Kind.CUSTOMER,
        "country": actor.place.country,
        "known": "skip",
        "is_started": False,
        **_remembered(actor, names),
    }
    job = start_job(actor=actor, kind=CONTACT_IMPORT, parameters=parameters)
    kept_as = CONTENT_TYPE if is_zip(content) else "text/csv"
    kept = store_file(organisation_id=actor.place.id, name=name, content=content, content_type=kept_as)
    abandoned_at = timezone.now() + timedelta(days=ABANDONED_DAYS)
    add_items(job, [JobItem(name=kept.name, file=kept, due_at=abandoned_at)])
    return job


def _first_rows(content: bytes) -> list[Row]:
    """The head and the rows that are shown. Raises FormatError, also if there is nothing below the head."""
    rows = list(islice(read_table(content), SHOWN_ROWS + 1))
    if len(rows) < 2:
        raise FormatError("table_only_head" if rows else "empty")
    return rows


def _remembered(actor: Actor, head: list[str]) -> dict[str, Any]:
    """How the business read a file with this head last time, else what its columns seem to be."""
    before = Job.objects.visible_to(actor).of_kind(CONTACT_IMPORT)
    last = before.filter(parameters__head=head, parameters__is_started=True).order_by("-id").first()
    if last is None:
        return {"columns": guessed_columns(head)}
    return {name: last.parameters[name] for name in ("columns", "kind", "country", "known")}


@transaction.atomic
def choose_contact_columns(
    *, actor: Actor, job: Job, columns: Sequence[str], kind: Contact.Kind, country: str, known: Known
) -> None:
    """Keep what the columns of a list are, and what holds for rows that do not say.

    Raises Forbidden, AlreadyStarted, WrongColumns.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    locked = _unstarted(job)
    chosen = [column for column in columns if column]
    if "name" not in chosen:
        raise WrongColumns(_("Say which column holds the name."))
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(COLUMNS):
        raise WrongColumns(_("Two columns are said to be the same. Choose each at most once."))
    width = len(locked.parameters["head"])
    padded = [*columns, *[""] * width][:width]
    locked.parameters |= {"columns": padded, "kind": kind, "country": country, "known": known}
    locked.save(update_fields=["parameters"])
    job.parameters = locked.parameters


@transaction.atomic
def start_contact_import(*, actor: Actor, job: Job, now: datetime) -> None:
    """Let an import whose columns are chosen begin. Repeating it does nothing. Raises Forbidden, WrongColumns."""
    actor.require(Section.CONTACTS, Level.MANAGE)
    locked = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if locked.parameters["is_started"]:
        return
    if "name" not in locked.parameters["columns"]:
        raise WrongColumns(_("Say which column holds the name."))
    locked.parameters |= {"is_started": True}
    locked.save(update_fields=["parameters"])
    locked.items.filter(outcome=JobItem.Outcome.WAITING).update(due_at=now)
    record(actor, "documents.contact_import.started", about=locked, after={"file": locked.parameters["name"]})
    nudge("documents.import_contacts")


def _unstarted(job: Job) -> Job:
    locked = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if locked.parameters["is_started"]:
        raise AlreadyStarted(_("This import has begun; its columns do not change any more."))
    return locked


# --- The sweep -----------------------------------------------------------------------------------------------


@transaction.atomic
def run_contact_import_item(*, item: JobItem) -> None:
    """Do one piece of an import: take the file apart into items of 500 rows, or write the contacts of one of them.

    An import that was never started is forgotten, with its file.
    """
    if item.file is not None:
        if _is_abandoned(item):
            return
        _take_apart(item)
    else:
        job = item.job
        actor = actor_of(job)
        counts, errors = take_rows(actor, _read_rows(job, actor, item.detail["rows"]), job.parameters)
        finish_item(item, JobItem.Outcome.DONE, detail={"counts": counts, "errors": errors})
    _note_end(item)


@transaction.atomic
def give_up_contact_import_item(*, item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    file, rows = item.file, item.detail.get("rows", [])
    _forget_file(item)
    counts = {"refused": len(rows)} if file is None else {}
    errors = [[number, "", FAILED, ""] for number, _cells in rows]
    finish_item(item, JobItem.Outcome.REFUSED, detail={"code": FAILED, "counts": counts, "errors": errors})
    _note_end(item)


def _read_rows(job: Job, actor: Actor, rows: Sequence[Row]) -> list[ReadRow]:
    """Rows of the job's file as its columns say."""
    place = Place(actor.place.language, frozenset(code for code, _name in settings.LANGUAGES))
    columns, country = job.parameters["columns"], job.parameters["country"]
    return [read_row(number, cells, columns, place=place, country=country) for number, cells in rows]


def _take_apart(item: JobItem) -> None:
    """Make an item of each 500 rows; of a file that turns out to be unreadable half way, none."""
    assert item.file is not None
    detail: dict[str, Any] = {"rows": 0}
    outcome = JobItem.Outcome.UNPACKED
    try:
        with transaction.atomic():
            rows = read_table(read_file(item.file))
            next(rows)  # the head
            while batch := [list(chunk) for chunk in islice(_chunks(rows), ITEMS_AT_ONCE)]:
                add_items(item.job, [_piece(chunk) for chunk in batch])
                detail["rows"] += sum(len(chunk) for chunk in batch)
    except FormatError as error:
        outcome, detail = JobItem.Outcome.REFUSED, {"code": error.code, **error.params}
    _forget_file(item)
    finish_item(item, outcome, detail=detail)
    nudge("documents.import_contacts")


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, ROWS_AN_ITEM)):
        yield chunk


def _piece(rows: list[Row]) -> JobItem:
    return JobItem(name=f"{rows[0][0]}–{rows[-1][0]}", detail={"rows": rows})


def _is_abandoned(item: JobItem) -> bool:
    """Whether nobody started the import, which is deleted then; one that somebody starts just now is left to them."""
    unstarted = Job.objects.filter(pk=item.job_id, parameters__is_started=False)
    if not unstarted.exists():
        return False
    job = unstarted.select_for_update(skip_locked=True).first()
    if job is not None:
        _forget_file(item)
        job.delete()
    return True


def _forget_file(item: JobItem) -> None:
    file, item.file = item.file, None
    if file is not None:
        item.save(update_fields=["file"])
        discard_file(file)


def _note_end(item: JobItem) -> None:
    """The log's entry of an import that has just ended. The job's row is locked since its item was counted."""
    job = Job.objects.get(pk=item.job_id)
    if job.finished_at is not None:
        record(actor_of(job), "documents.contact_import.finished", about=job, after=contact_import_counts(job))

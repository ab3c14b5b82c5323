"""Importing lists of contacts: a file becomes a job, its rows become pieces of 500, each done in one transaction.

The log gets one entry when an import starts and one with its counts when it has finished; what became of which rows
stays with the job's items.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
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
from documents.actions.contact_rows import take_rows
from documents.models import Contact
from documents.rules.contact_columns import COLUMNS, guessed_columns
from documents.rules.contact_rows import Place, ReadRow, read_row

Known = Literal["skip", "update"]


def _lacking(columns: Sequence[str]) -> str:
    return "" if "name" in columns else _("Say which column holds the name.")


CONTACT_LIST = ListKind(
    job="documents.contact_import",
    task="documents.import_contacts",
    columns=COLUMNS,
    guess=guessed_columns,
    lacking=_lacking,
)


@transaction.atomic
def take_contact_list(*, actor: Actor, name: str, content: bytes) -> Job:
    """Keep a CSV or XLSX file as an import that waits to be told what its columns are.

    The job's parameters are those of `keep_list`, `kind` and `country` of rows that name none, and `known` (what
    happens with contacts that are there). Raises Forbidden, UnreadableList.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    usual = {"kind": Contact.Kind.CUSTOMER, "country": actor.place.country, "known": "skip"}
    return keep_list(CONTACT_LIST, actor=actor, name=name, content=content, **usual)


@transaction.atomic
def choose_contact_columns(
    *, actor: Actor, job: Job, columns: Sequence[str], kind: Contact.Kind, country: str, known: Known
) -> None:
    """Keep what the columns of a list are, and what holds for rows that do not say.

    Raises Forbidden, AlreadyStarted, WrongColumns.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    choose_columns(CONTACT_LIST, job=job, columns=columns, kind=kind, country=country, known=known)


@transaction.atomic
def start_contact_import(*, actor: Actor, job: Job, now: datetime) -> None:
    """Let an import whose columns are chosen begin. Repeating it does nothing. Raises Forbidden, WrongColumns."""
    actor.require(Section.CONTACTS, Level.MANAGE)
    if begin(CONTACT_LIST, job=job, now=now):
        record(actor, "documents.contact_import.started", about=job, after={"file": job.parameters["name"]})


@transaction.atomic
def run_contact_import_item(*, item: JobItem) -> None:
    """Do one piece of an import: take the file apart into items of 500 rows, or write the contacts of one of them.

    An import that was never started is forgotten, with its file.
    """
    if is_abandoned(item):
        return
    if item.file is not None:
        take_apart(CONTACT_LIST, item)
    else:
        rows = read_contact_rows(item.job, item.detail["rows"])
        finish_rows(item, *take_rows(actor_of(item.job), rows, item.job.parameters))
    _note_end(item)


@transaction.atomic
def give_up_contact_import_item(*, item: JobItem) -> None:
    """Refuse a piece whose every try failed, so that its job ends; the error stays in `last_error`."""
    give_up(item)
    _note_end(item)


def read_contact_rows(job: Job, rows: Sequence[Row]) -> list[ReadRow]:
    """Rows of the job's file as its columns say. Makes no query."""
    said = job.parameters
    place = Place(job.actor["organisation"]["language"], frozenset(code for code, _name in settings.LANGUAGES))
    return [read_row(number, cells, said["columns"], place=place, country=said["country"]) for number, cells in rows]


def _note_end(item: JobItem) -> None:
    if job := ended(item):
        record(actor_of(job), "documents.contact_import.finished", about=job, after=counts_of(job))

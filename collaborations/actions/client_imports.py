"""Importing a firm's list of clients without an account here: a file becomes a job, which is done in one transaction.

The log gets one entry when an import starts and one with its counts when it has finished.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.ids import uuid7
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.core.text import plain, sort_key
from advisory_portal.formats.archive import is_zip
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import Row, read_table
from advisory_portal.formats.workbook import CONTENT_TYPE
from collaborations.actions.clients import (
    LONGEST_TAG,
    compact_tax_id,
    require_leading,
    same_tax_ids,
    set_client_keys,
)
from collaborations.models import Client
from collaborations.rules.client_rows import COLUMNS, MOST_ROWS, ReadClient, guessed_columns, read_client
from documents.actions import refusal_text
from documents.rules.contact_rows import Place
from partners.models import Organisation

CLIENT_IMPORT = "collaborations.client_import"
FAILED = "failed"  # the code of an import whose every try failed, as `documents.actions.refusal_text` says it
SHOWN_ROWS = 20
SHOWN_CHARACTERS = 600
LARGEST_CLIENT_LIST = 5 * 1024 * 1024  # bytes
Known = Literal["skip", "update"]


class UnreadableList(Refused):
    """The file is no list that can be read; the message says why."""


class WrongColumns(Refused):
    """No column holds the name, or two hold the same thing."""


class AlreadyStarted(Refused):
    """The import is under way or done."""


@transaction.atomic
def take_client_list(*, actor: Actor, name: str, content: bytes) -> Job:
    """Keep a CSV or XLSX file as an import that waits to be told what its columns are.

    The job's parameters: `name`, `head`, `rows` (the first 20, as (number, cells)), `columns` (one of
    `rules.client_rows.COLUMNS` or "" for each), `known` (what happens with clients that are there), `is_started`.
    Raises Forbidden, UnreadableList.
    """
    require_leading(actor)
    if len(content) > LARGEST_CLIENT_LIST:
        raise UnreadableList(
            _("The file is larger than %(limit)s MB.") % {"limit": LARGEST_CLIENT_LIST // 1024**2}, field="upload"
        )
    try:
        (_number, head), *rows = _first_rows(content)
    except FormatError as error:
        raise UnreadableList(refusal_text({"code": error.code, **error.params}), field="upload") from None
    shown = [(number, [cell[:SHOWN_CHARACTERS] for cell in cells]) for number, cells in rows]
    width = max(len(cells) for cells in (head, *(cells for _number, cells in rows)))
    names = [cell[:200] for cell in head] + [""] * (width - len(head))
    columns = guessed_columns(names)
    parameters = {"name": name[-200:], "head": names, "rows": shown, "columns": columns, "known": "skip"}
    job = start_job(actor=actor, kind=CLIENT_IMPORT, parameters=parameters | {"is_started": False})
    kept_as = CONTENT_TYPE if is_zip(content) else "text/csv"
    kept = store_file(organisation_id=actor.place.id, name=name, content=content, content_type=kept_as)
    add_items(job, [JobItem(name=kept.name, file=kept, due_at=None)])
    return job


def _first_rows(content: bytes) -> list[Row]:
    """The head and the rows that are shown. Raises FormatError, also if there is nothing below the head."""
    rows = list(islice(read_table(content), SHOWN_ROWS + 1))
    if len(rows) < 2:
        raise FormatError("table_only_head" if rows else "empty")
    return rows


@transaction.atomic
def choose_client_columns(*, actor: Actor, job: Job, columns: Sequence[str], known: Known) -> None:
    """Keep what the columns of a list are. Raises Forbidden, AlreadyStarted, WrongColumns."""
    require_leading(actor)
    locked = Job.objects.visible_to(actor).select_for_update(no_key=True).get(pk=job.pk)
    if locked.parameters["is_started"]:
        raise AlreadyStarted(_("This import has begun; its columns do not change any more."))
    chosen = [column for column in columns if column]
    if "name" not in chosen:
        raise WrongColumns(_("Say which column holds the name."))
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(COLUMNS):
        raise WrongColumns(_("Two columns are said to be the same. Choose each at most once."))
    width = len(locked.parameters["head"])
    locked.parameters |= {"columns": [*columns, *[""] * width][:width], "known": known}
    locked.save(update_fields=["parameters"])
    job.parameters = locked.parameters


@transaction.atomic
def start_client_import(*, actor: Actor, job: Job, now: datetime) -> None:
    """Let an import whose columns are chosen begin. Repeating it does nothing. Raises Forbidden, WrongColumns."""
    require_leading(actor)
    locked = Job.objects.visible_to(actor).select_for_update(no_key=True).get(pk=job.pk)
    if locked.parameters["is_started"]:
        return
    if "name" not in locked.parameters["columns"]:
        raise WrongColumns(_("Say which column holds the name."))
    locked.parameters |= {"is_started": True}
    locked.save(update_fields=["parameters"])
    locked.items.filter(outcome=JobItem.Outcome.WAITING).update(due_at=now)
    record(actor, "collaborations.client_import.started", about=locked, after={"file": locked.parameters["name"]})
    nudge("collaborations.import_clients")


# --- The sweep -----------------------------------------------------------------------------------------------


@transaction.atomic
def run_client_import_item(*, item: JobItem) -> None:
    """Take the clients of a list, each row that has no error; the detail says how many and what was wrong where."""
    job, actor = item.job, actor_of(item.job)
    file = item.file
    assert file is not None, "the file stays until the import ends"
    try:
        rows = list(_read_rows(job, actor, read_file(file)))
    except FormatError as error:
        _end(item, JobItem.Outcome.REFUSED, {"code": error.code, **error.params})
        return
    counts, errors = take_client_rows(actor, rows, job.parameters["known"])
    _end(item, JobItem.Outcome.DONE, {"counts": counts, "errors": errors})
    record(actor, "collaborations.client_import.finished", about=job, after=counts)


@transaction.atomic
def give_up_client_import_item(*, item: JobItem) -> None:
    """Refuse an import whose every try failed, so that its job ends; the error stays in `last_error`."""
    _end(item, JobItem.Outcome.REFUSED, {"code": FAILED})


def _end(item: JobItem, outcome: str, detail: dict[str, Any]) -> None:
    file, item.file = item.file, None
    item.save(update_fields=["file"])
    if file is not None:
        discard_file(file)
    finish_item(item, outcome, detail=detail)


def _read_rows(job: Job, actor: Actor, content: bytes) -> Iterator[ReadClient]:
    place = Place(actor.place.language, frozenset(code for code, _name in settings.LANGUAGES))
    table = read_table(content)
    next(table)  # the head
    for read, (number, cells) in enumerate(table):
        if read == MOST_ROWS:
            raise FormatError("table_too_many_rows", limit=MOST_ROWS)
        yield read_client(number, cells, job.parameters["columns"], place=place, country=actor.place.country)


def take_client_rows(
    actor: Actor, rows: Sequence[ReadClient], known: Known
) -> tuple[dict[str, int], list[tuple[int, str, str, str]]]:
    """Add and update the clients that rows name; a row with an error is left out as a whole.

    Returns how many were created, updated, skipped and refused, and the errors as (row, column, code, text). Clients
    are known by their tax id, else by their name; those with an account here stay as they are. Four queries, however
    many rows. Runs inside the caller's transaction.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    here = _Known(
        actor.place.country, Client.objects.filter(firm_id=actor.place.id).current().select_related("business")
    )
    created: list[Client] = []
    updated: dict[Any, Client] = {}
    good = [row for row in rows if not row.errors]
    for row in good:
        values = row.values | {"tax_id": compact_tax_id(row.values.get("tax_id", ""))}
        found = here.find(values["tax_id"], values["name"])
        if found is None:
            client = Client(pk=uuid7(), firm_id=actor.place.id, since=actor.today(), **values)
            client.tags = _joined([], row.tags)
            set_client_keys(client)
            created.append(client)
            here.add(client)
        elif known == "update" and found.is_outside and _apply(found, values, row.tags) and not found._state.adding:
            updated[found.pk] = found
    Client.objects.bulk_create(created, batch_size=500)
    columns = ["name", "tax_id", "software", "contact_name", "email", "phone", "tags", "sort_key", "search_text"]
    Client.objects.bulk_update(updated.values(), columns, batch_size=500)
    counts = {"created": len(created), "updated": len(updated), "refused": len(rows) - len(good)}
    counts["skipped"] = len(good) - len(created) - len(updated)
    return counts, [(row.number, *error) for row in rows for error in row.errors]


class _Known:
    """The firm's clients, found by tax id in any spelling, else by name; one with another tax id is never meant."""

    def __init__(self, country: str, clients: Iterable[Client]) -> None:
        self._country = country
        self._by_tax_id: dict[str, Client] = {}
        self._by_name: dict[str, list[Client]] = {}
        for client in clients:
            self.add(client)

    def add(self, client: Client) -> None:
        tax_ids = {client.tax_id, client.business.tax_id if client.business else ""}
        for spelling in (one for tax_id in tax_ids for one in same_tax_ids(tax_id, self._country)):
            self._by_tax_id.setdefault(spelling, client)
        self._by_name.setdefault(sort_key(client.name), []).append(client)

    def find(self, tax_id: str, name: str) -> Client | None:
        for spelling in same_tax_ids(tax_id, self._country):
            if spelling in self._by_tax_id:
                return self._by_tax_id[spelling]
        alike = self._by_name.get(sort_key(name), ())
        return next((one for one in alike if not tax_id or not one.tax_id), None)


def _apply(client: Client, values: Mapping[str, str], tags: Sequence[str]) -> bool:
    """Set what the row says; whether anything changed. An empty cell changes nothing."""
    wanted: dict[str, Any] = {name: value for name, value in values.items() if value}
    wanted["tags"] = _joined(client.tags, tags)
    changed = {name: value for name, value in wanted.items() if getattr(client, name) != value}
    for name, value in changed.items():
        setattr(client, name, value)
    set_client_keys(client)
    return bool(changed)


def _joined(tags: Sequence[str], more: Sequence[str]) -> list[str]:
    """The tags with those that are new, as many as a client takes."""
    there = {plain(tag): tag for tag in tags}
    for tag in more:
        there.setdefault(plain(tag[:LONGEST_TAG]), tag[:LONGEST_TAG])
    return list(there.values())[: Client.MOST_TAGS]

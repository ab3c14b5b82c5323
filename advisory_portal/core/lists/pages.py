"""The pages of an import of a list: the file, what its columns are, a preview, how far it is, what was left out.

The doors belong to the apps: they say who is let in, and give the pages what is theirs as `ListPages`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from advisory_portal.core.access import WorkspaceRequest
from advisory_portal.core.files import file_response
from advisory_portal.core.formatting import format_number
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.lists.forms import ColumnsForm
from advisory_portal.core.lists.jobs import LIST, ListKind, counts_of
from advisory_portal.core.models import Job
from advisory_portal.formats.tables import Row, write_csv

LATEST_JOBS = 10
SAMPLE_ROWS = 3
SHOWN_ERRORS = 100
Words = str | Promise
USUAL_TILES: dict[str, Words] = {
    "created": pgettext_lazy("rows of a list", "Created"),
    "updated": gettext_lazy("Updated"),
    "skipped": gettext_lazy("Left as they were"),
    "refused": gettext_lazy("Not imported"),
}


class ReadLine(Protocol):
    """A row as its app read it; the errors are (column, code, text of the cell)."""

    @property
    def number(self) -> int: ...

    @property
    def errors(self) -> list[tuple[str, str, str]]: ...


@dataclass(frozen=True, slots=True)
class ListPages:
    """What the pages of the lists of one kind differ in.

    `steps` are the names of their addresses: `upload`, `columns`, `preview`, `start`, `job`, `report`, and `back`,
    where one came from, which the page calls `back`. `names` says what columns are called, `wrong` what is meant by
    the codes of errors. `read` reads rows of a job as its columns say, `text` shows a cell of one.
    """

    kind: ListKind
    title: Words
    explained: Words
    active: str
    back: Words
    steps: Mapping[str, str]
    upload: type[forms.Form]
    names: Mapping[str, Words]
    wrong: Mapping[str, Words]
    tiles: Mapping[str, Words]
    read: Callable[[Job, Sequence[Row]], Sequence[ReadLine]]
    text: Callable[[Any, str], str]


def import_steps(current: int) -> list[tuple[str, str]]:
    """The steps of an import for the stepper: file, columns, preview, import; `current` counts from 0, 4 is the end."""
    labels = (_("File"), _("Columns"), _("Preview"), _("Import"))
    states = ["done" if at < current else "current" if at == current else "todo" for at in range(len(labels))]
    return list(zip(labels, states, strict=True))


def own_list(request: WorkspaceRequest, pages: ListPages, job_id: UUID) -> Job:
    """The import of this id, of the organisation and of this kind. Raises Http404."""
    return get_object_or_404(Job.objects.visible_to(request.actor).of_kind(pages.kind.job), pk=job_id)


def to_step(request: WorkspaceRequest, pages: ListPages, step: str, job: Job) -> HttpResponse:
    """On to a page of the import."""
    return redirect(pages.steps[step], request.actor.place.slug, job.pk)


def upload_page(request: WorkspaceRequest, pages: ListPages, take: Callable[..., Job]) -> HttpResponse:
    """Asks for the file, and gives `take` its name and content, and the contents of other files by their fields."""
    form = pages.upload(request.POST or None, request.FILES or None)
    taken: list[Job] = []

    def send() -> None:
        upload = form.cleaned_data["upload"]
        more = {name: file.read() for name, file in form.cleaned_data.items() if file and file is not upload}
        # One byte more than the limit is enough to refuse it.
        content = upload.read(pages.kind.limit + 1)
        taken.append(take(actor=request.actor, name=upload.name, content=content, **more))

    if submit(form, send):
        return to_step(request, pages, "columns", taken[0])
    jobs = Job.objects.visible_to(request.actor).of_kind(pages.kind.job).order_by("-id")[:LATEST_JOBS]
    context = {"pages": pages, "form": form, "jobs": jobs, "steps": import_steps(0)}
    return (form_again if request.method == "POST" else render)(request, "core/list_file.html", context)


class SampleColumn(NamedTuple):
    """A column of the file: its name there, what it holds in the first rows, and the field that says what it is."""

    head: str
    sample: list[str]
    field: forms.BoundField


def columns_page(
    request: WorkspaceRequest, pages: ListPages, job_id: UUID, form_of: type[ColumnsForm], choose: Callable[..., None]
) -> HttpResponse:
    """Asks what the columns are, and gives what was said to `choose`."""
    job = own_list(request, pages, job_id)
    if job.parameters["is_started"]:
        return to_step(request, pages, "job", job)
    form = form_of(request.POST or None, parameters=job.parameters, names=pages.names)
    if submit(form, lambda: choose(actor=request.actor, job=job, **form.import_values())):
        return to_step(request, pages, "preview", job)
    context = {"pages": pages, "job": job, "form": form, "columns": _samples(job, form), "steps": import_steps(1)}
    return (form_again if request.method == "POST" else render)(request, "core/list_columns.html", context)


def _samples(job: Job, form: ColumnsForm) -> list[SampleColumn]:
    rows = [cells for _number, cells in job.parameters["rows"][:SAMPLE_ROWS]]
    return [
        SampleColumn(head or _("Without a name"), [cells[at] if at < len(cells) else "" for cells in rows], field)
        for at, (head, field) in enumerate(zip(job.parameters["head"], form.column_fields(), strict=True))
    ]


def preview_page(request: WorkspaceRequest, pages: ListPages, job_id: UUID) -> HttpResponse:
    """The first rows as they would be read."""
    job = own_list(request, pages, job_id)
    if job.parameters["is_started"]:
        return to_step(request, pages, "job", job)
    context = {"pages": pages, "job": job, "preview": preview_of(job, pages), "steps": import_steps(2)}
    return render(request, "core/list_preview.html", context)


class PreviewCell(NamedTuple):
    """A cell as it would be read, or as it stands with what is wrong with it."""

    text: str
    error: str


class Preview(NamedTuple):
    """The first rows of an import as they would be read: heads, and for each row its number and cells."""

    heads: list[str]
    rows: list[tuple[int, list[PreviewCell]]]
    wrong: int


def preview_of(job: Job, pages: ListPages) -> Preview:
    """The first rows of an import's file, read as its columns say."""
    columns = [column for column in job.parameters["columns"] if column]
    read = pages.read(job, job.parameters["rows"])
    rows = [(row.number, [_cell(row, column, pages) for column in columns]) for row in read]
    return Preview([str(pages.names[column]) for column in columns], rows, sum(bool(row.errors) for row in read))


def _cell(row: ReadLine, column: str, pages: ListPages) -> PreviewCell:
    for wrong, code, text in row.errors:
        if wrong == column:
            return PreviewCell(text or pages.text(row, column), str(pages.wrong[code]))
    return PreviewCell(pages.text(row, column), "")


def job_page(request: WorkspaceRequest, pages: ListPages, job_id: UUID) -> HttpResponse:
    """How far an import is, and what was left out so far."""
    job = own_list(request, pages, job_id)
    if not job.parameters["is_started"]:
        return to_step(request, pages, "columns", job)
    refused = {item.name == LIST: refusal_text(item.detail) for item in job.items.filter(detail__has_key="code")}
    counts = counts_of(job, list(pages.tiles))
    found = list(islice(_errors(job, pages), SHOWN_ERRORS + 1))
    context = {
        "pages": pages,
        "job": job,
        "steps": import_steps(4 if job.finished_at else 3),
        "tiles": [(label, format_number(counts[name])) for name, label in pages.tiles.items()],
        "refusal": refused.get(True, ""),
        "refused_beside": refused.get(False, ""),
        "errors": found[:SHOWN_ERRORS],
        "more_than": SHOWN_ERRORS if len(found) > SHOWN_ERRORS else None,
    }
    return render(request, "core/_list_job.html" if is_htmx(request) else "core/list_job.html", context)


def report_file(request: WorkspaceRequest, pages: ListPages, job_id: UUID) -> HttpResponse:
    """All that was left out, as a CSV."""
    head = [_("Row"), _("Column"), _("Cell"), _("What is wrong")]
    errors = _errors(own_list(request, pages, job_id), pages)
    content = b"".join(write_csv([head, *([str(number), *rest] for number, *rest in errors)]))
    return file_response(content, name=f"{_('Not imported')}.csv", content_type="text/csv; charset=utf-8")


def _errors(job: Job, pages: ListPages) -> Iterator[tuple[int, str, str, str]]:
    """What was wrong, read piece by piece: row, column, text of the cell, what is wrong with it."""
    items = job.items.filter(detail__has_key="errors").exclude(detail__errors=[]).order_by("position")
    for errors in items.values_list("detail__errors", flat=True).iterator(chunk_size=20):
        for number, column, code, text in errors:
            yield number, str(pages.names[column]) if column else "", text, str(pages.wrong[code])

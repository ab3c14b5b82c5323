"""Imports of clients as their pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from advisory_portal.core.models import Job
from collaborations.rules.client_rows import ReadClient, read_client
from collaborations.words.clients import CLIENT_COLUMNS
from documents.rules.contact_rows import Place
from documents.words import CELL_ERRORS

SAMPLE = 3


def import_steps(current: int) -> list[tuple[str, str]]:
    """The steps of an import for the stepper: file, columns, preview, import; `current` counts from 0, 4 is the end."""
    labels = (_("File"), _("Columns"), _("Preview"), _("Import"))
    states = ["done" if at < current else "current" if at == current else "todo" for at in range(len(labels))]
    return list(zip(labels, states, strict=True))


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column of the file: its name there, what it holds in the first rows, and the field that says what it is."""

    head: str
    sample: list[str]
    field: forms.BoundField


def sample_columns(job: Job, fields: list[forms.BoundField]) -> list[SampleColumn]:
    """The columns of an import's file with their first three cells."""
    rows = [cells for _number, cells in job.parameters["rows"][:SAMPLE]]
    return [
        SampleColumn(head or _("Without a name"), [cells[at] if at < len(cells) else "" for cells in rows], bound)
        for at, (head, bound) in enumerate(zip(job.parameters["head"], fields, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell as it would be read, or as it stands with what is wrong with it."""

    text: str
    error: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of an import as they would be read: heads, and for each row its number and cells."""

    heads: list[str]
    rows: list[tuple[int, list[PreviewCell]]]
    wrong: int


def preview_rows(job: Job) -> Preview:
    """The first twenty rows of an import's file, read as its columns say. Makes no query."""
    columns = [column for column in job.parameters["columns"] if column]
    read = [_read(job, number, cells) for number, cells in job.parameters["rows"]]
    rows = [(row.number, [_cell(row, column) for column in columns]) for row in read]
    heads = [str(CLIENT_COLUMNS[column]) for column in columns]
    return Preview(heads, rows, sum(bool(row.errors) for row in read))


def _read(job: Job, number: int, cells: list[str]) -> ReadClient:
    firm = job.actor["organisation"]
    place = Place(firm["language"], frozenset(code for code, _name in settings.LANGUAGES))
    return read_client(number, cells, job.parameters["columns"], place=place, country=firm["country"])


def _cell(row: ReadClient, column: str) -> PreviewCell:
    for wrong, code, text in row.errors:
        if wrong == column:
            return PreviewCell(text, str(CELL_ERRORS[code]))
    return PreviewCell(", ".join(row.tags) if column == "tags" else row.values.get(column, ""), "")


Error = tuple[int, str, str, str]


def error_rows(job: Job) -> Iterator[Error]:
    """The errors of an import: row, column, text of the cell, what is wrong with it; in the order of the file."""
    for errors in job.items.filter(detail__has_key="errors").values_list("detail__errors", flat=True):
        for number, column, code, text in errors:
            yield number, str(CLIENT_COLUMNS[column]), text, str(CELL_ERRORS[code])


def report_rows(job: Job) -> Iterator[list[str]]:
    """All the errors of an import as rows of a CSV, with a head."""
    yield [_("Row"), _("Column"), _("Cell"), _("What is wrong")]
    for number, column, text, words in error_rows(job):
        yield [str(number), column, text, words]

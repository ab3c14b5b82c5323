"""Imports of lists as their page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from advisory_portal.core.formatting import format_date, format_number
from advisory_portal.core.models import Job
from catalog.rules.cells import ReadRow
from catalog.words import CELL_ERRORS

Error = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file as it would be read: cells of (text, what is wrong)."""

    number: int
    cells: list[tuple[str, str]]


def preview_rows(
    read: list[ReadRow], columns: list[str], names: Mapping[str, Promise]
) -> tuple[list[str], list[PreviewRow], int]:
    """Heads, the first rows, and how many of them would be left out."""
    used = [column for column in columns if column]
    rows = [PreviewRow(row.number, [_cell(row, column) for column in used]) for row in read]
    return [str(names[column]) for column in used], rows, sum(bool(row.errors) for row in read)


def _cell(row: ReadRow, column: str) -> tuple[str, str]:
    value = row.values.get(column, "")
    for wrong, code, text in row.errors:
        if wrong == column:
            return text or _text(value), str(CELL_ERRORS[code])
    return " > ".join(value) if column == "category" else _text(value), ""


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, list):
        return ", ".join(": ".join(one) if isinstance(one, list) else one for one in value)
    return str(value)


def all_errors(job: Job, names: Mapping[str, Promise]) -> Iterator[Error]:
    """All the errors of an import, read piece by piece: row, column, text of the cell, what is wrong with it."""
    items = job.items.filter(detail__has_key="errors").exclude(detail__errors=[]).order_by("position")
    for errors in items.values_list("detail__errors", flat=True).iterator(chunk_size=20):
        for number, column, code, text in errors:
            yield number, str(names[column]) if column else "", text, str(CELL_ERRORS[code])

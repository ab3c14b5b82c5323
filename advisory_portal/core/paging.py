"""Keyset pages: the cost of a page follows its length, not how far into the list it lies."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)
COUNT_CAP = 1_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, and the values of `after`/`before` that lead on and back (empty: nowhere)."""

    rows: Sequence[Row]
    next: str
    previous: str


@dataclass(frozen=True)
class CappedCount:
    """How many there are, counted no further than COUNT_CAP."""

    number: int

    @property
    def is_capped(self) -> bool:
        return self.number > COUNT_CAP

    def __str__(self) -> str:
        return f"{COUNT_CAP:,}+" if self.is_capped else f"{self.number:,}"


def capped_count(rows: models.QuerySet[Any]) -> CappedCount:
    """Count at most COUNT_CAP + 1 rows."""
    return CappedCount(rows.order_by()[: COUNT_CAP + 1].count())


def keyset_page(rows: models.QuerySet[Row], *, order: str, size: int, after: str = "", before: str = "") -> Page[Row]:
    """One page of rows sorted by `order` ("-issued_on") and then by id in the same direction.

    `after` and `before` are cursors of an earlier page; one that cannot be read counts as the first page. One
    row more than the page is fetched to know whether there is another.
    """
    column, descending = order.lstrip("-"), order.startswith("-")
    backwards = bool(before)
    cursor = _read_cursor(before or after, rows.model, column)
    if cursor is None:
        backwards = False
    else:
        rows = rows.filter(_beyond(column, cursor, lower=descending != backwards))
    sign = "-" if descending != backwards else ""
    found = list(rows.order_by(f"{sign}{column}", f"{sign}id")[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], "", "")
    has_next = backwards or more
    has_previous = more if backwards else cursor is not None
    return Page(
        found,
        next=_cursor(found[-1], column) if has_next else "",
        previous=_cursor(found[0], column) if has_previous else "",
    )


def _beyond(column: str, cursor: tuple[Any, str], *, lower: bool) -> Q:
    value, row_id = cursor
    way = "lt" if lower else "gt"
    # Said twice so that the planner uses the index range on the column and the tie only within it.
    return Q(**{f"{column}__{way}e": value}) & (Q(**{f"{column}__{way}": value}) | Q(**{f"id__{way}": row_id}))


def _cursor(row: models.Model, column: str) -> str:
    value = getattr(row, column)
    text = value.isoformat() if isinstance(value, date) else value if isinstance(value, int) else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, str(row.pk)]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, model: type[models.Model], column: str) -> tuple[Any, str] | None:
    if not cursor:
        return None
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _typed(model._meta.get_field(column), value), str(_typed(model._meta.pk, row_id))
    except Exception:  # whatever somebody typed into the address: the first page
        return None


def _typed(field: Any, value: Any) -> Any:
    """The value as the database takes it for the field. Raises some exception where it would not."""
    found = field.to_python(value)
    field.run_validators(found)
    if found is None or "\x00" in str(found):
        raise ValueError
    str(found).encode()  # half a surrogate pair is no text
    return found

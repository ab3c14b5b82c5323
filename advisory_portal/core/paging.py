"""Keyset pages: the cost of a page follows its length, not how far into the list it lies."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from django.db import models
from django.db.models import Q


class Keyed(Protocol):
    """A row, or its values, with its id."""

    @property
    def pk(self) -> Any: ...


Row = TypeVar("Row", bound=Keyed)
Model = TypeVar("Model", bound=models.Model)
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


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows a page takes: `size` of those sorted by `column` and then by id, after or before a cursor.

    The cursor is the value of the column and the id of the row beyond which the page lies, None for the first page.
    """

    column: str
    descending: bool
    size: int
    backwards: bool = False
    cursor: tuple[Any, Any] | None = None

    @classmethod
    def asked(cls, model: type[models.Model], *, order: str, size: int, after: str = "", before: str = "") -> Cut:
        """As an address asks for it; a cursor that cannot be read counts as the first page."""
        column, descending = order.lstrip("-"), order.startswith("-")
        cursor = _read_cursor(before or after, model, column)
        return cls(column, descending, size, bool(before) and cursor is not None, cursor)

    @property
    def parameters(self) -> dict[str, Any]:
        """The cursor as parameters of a prepared statement: `value` and `row`."""
        return {} if self.cursor is None else {"value": self.cursor[0], "row": self.cursor[1]}

    @property
    def shape(self) -> Cut:
        """The same for every cursor, for a statement that is written once."""
        return self if self.cursor is None else replace(self, cursor=("", ""))

    def given(self, parameters: Mapping[str, Any]) -> Cut:
        """The shape with the cursor of these parameters."""
        return self if self.cursor is None else replace(self, cursor=(parameters["value"], parameters["row"]))

    def apply(self, rows: models.QuerySet[Any, Any]) -> models.QuerySet[Any, Any]:
        """The page's rows and one more, from which one knows whether there is another page."""
        if self.cursor is not None:
            rows = rows.filter(_beyond(self.column, self.cursor, lower=self.descending != self.backwards))
        sign = "-" if self.descending != self.backwards else ""
        return rows.order_by(f"{sign}{self.column}", f"{sign}id")[: self.size + 1]

    def page(self, found: list[Row]) -> Page[Row]:
        """The page of what `apply` found."""
        more = len(found) > self.size
        found = found[: self.size]
        if self.backwards:
            found.reverse()
        if not found:
            return Page([], "", "")
        has_next = self.backwards or more
        has_previous = more if self.backwards else self.cursor is not None
        return Page(
            found,
            next=_cursor(found[-1], self.column) if has_next else "",
            previous=_cursor(found[0], self.column) if has_previous else "",
        )


def keyset_page(
    rows: models.QuerySet[Model], *, order: str, size: int, after: str = "", before: str = ""
) -> Page[Model]:
    """One page of rows sorted by `order` ("-issued_on") and then by id in the same direction.

    `after` and `before` are cursors of an earlier page; one that cannot be read counts as the first page. One
    row more than the page is fetched to know whether there is another.
    """
    cut = Cut.asked(rows.model, order=order, size=size, after=after, before=before)
    return cut.page(list(cut.apply(rows)))


def _beyond(column: str, cursor: tuple[Any, Any], *, lower: bool) -> Q:
    value, row_id = cursor
    way = "lt" if lower else "gt"
    # Said twice so that the planner uses the index range on the column and the tie only within it.
    return Q(**{f"{column}__{way}e": value}) & (Q(**{f"{column}__{way}": value}) | Q(**{f"id__{way}": row_id}))


def _cursor(row: Keyed, column: str) -> str:
    value = getattr(row, column)
    text = value.isoformat() if isinstance(value, date) else value if isinstance(value, int) else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, str(row.pk)]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, model: type[models.Model], column: str) -> tuple[Any, Any] | None:
    if not cursor:
        return None
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _typed(model._meta.get_field(column), value), _typed(model._meta.pk, row_id)
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

"""Statements that every page asks: the ORM writes them once per process, and a connection plans them once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from random import randrange
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection, models

Parameter = UUID | str | date | datetime | Decimal | list[UUID]
_STAND_INS: dict[type, Callable[[], Parameter]] = {
    UUID: uuid4,
    str: lambda: str(uuid4()),
    Decimal: lambda: Decimal(randrange(10**15)) / 1000,
    list: lambda: [uuid4()],
    date: lambda: date(1, 1, 1) + timedelta(days=randrange(500_000)),
    datetime: lambda: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=randrange(10**15)),
}


class _PlannedOnce(psycopg.Cursor[Any]):
    """Gives PostgreSQL the parameters apart from the text, and lets it keep what it made of the text."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_PlannedOnce":
        return super().execute(query, params, prepare=True, **options)


class Prepared:
    """A `values_list` queryset of named parameters, compiled when it is first asked.

    `build` takes its parameters by keyword and returns the queryset; each is a UUID, a list of them, a text, a number,
    a date or a moment that the queryset compares with a column as it is. Compiling such a queryset costs as much as
    running it, and so does planning it, which a connection does once (settings.DATABASE_PREPARED); a statement about
    a list is planned each time, because the plan follows the list's length. Source: docs/performance.md.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Any]"], **kinds: type) -> None:
        self._build = build
        self._kinds = kinds

    @cached_property
    def _compiled(self) -> tuple[str, list[str]]:
        """The SQL with the values that are always there written into it, and the names of its parameters in order."""
        return _compiled(self._build, self._kinds, lambda name: "%s")

    def rows(self, **parameters: Parameter) -> Sequence[tuple[Any, ...]]:
        """The rows as the database gives them: values are not converted by model fields."""
        sql, names = self._compiled
        asked = [parameters[name] for name in names]
        # The plan must follow a list.
        return _planned_anew(sql, asked) if list in self._kinds.values() else _planned_once(sql, asked)

    def first(self, **parameters: Parameter) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.rows(**parameters)
        return rows[0] if rows else None


def text_of(build: Callable[..., "models.QuerySet[Any, Any]"], **kinds: type) -> str:
    """The SQL of a queryset as `Prepared` takes it, with its parameters as `%(name)s`: a part of what is `Written`."""
    return _compiled(build, kinds, lambda name: f"%({name})s")[0]


def _compiled(
    build: Callable[..., "models.QuerySet[Any, Any]"], kinds: Mapping[str, type], place: Callable[[str], str]
) -> tuple[str, list[str]]:
    """The SQL with the values that are always there written into it, and the names of its parameters in order."""
    stand_ins: dict[str, Parameter] = {}
    for name, kind in kinds.items():
        while (one := _STAND_INS[kind]()) in stand_ins.values():
            pass  # no two may be mistaken for each other
        stand_ins[name] = one
    sql, values = build(**stand_ins).query.sql_with_params()
    names = [_name_of(value, stand_ins) for value in values]
    missing = set(kinds) - set(names)
    if missing:
        raise ValueError(f"The statement does not compare {sorted(missing)} as they are.")
    write = psycopg.ClientCursor(_connected()).mogrify
    written = [
        place(name) if name else write("%s", [value]).replace("%", "%%")
        for name, value in zip(names, values, strict=True)
    ]
    return sql.replace("%%", "%%%%") % tuple(written), [name for name in names if name]


class Written:
    """A statement written as text, with its parameters as `%(name)s`: lists as the text of an array (`array_text`).

    A connection plans it once, as `Prepared`; `rows_planned_anew` plans it for the parameters at hand, which pays where
    a list may be long.
    """

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        return _planned_once(self._sql, parameters)

    def rows_planned_anew(self, **parameters: Any) -> list[tuple[Any, ...]]:
        return _planned_anew(self._sql, parameters)


def array_text(ids: Iterable[str]) -> str:
    """Ids as the text of an array: writing a list of UUIDs costs twenty times as much."""
    return f"{{{','.join(ids)}}}"


def _planned_anew(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _planned_once(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement that the connection plans once, except where somebody wants to read whole statements.

    A connection keeps its cursor for them, because making one costs as much as asking.
    """
    if connection.queries_logged:
        return _planned_anew(sql, parameters)
    opened: Any = _connected()
    kept = opened.__dict__.get("planned_once")
    if kept is None:
        kept = opened.planned_once = _PlannedOnce(opened)
    cursor = connection.make_cursor(kept)
    cursor.execute(sql, parameters)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _connected() -> "psycopg.Connection[Any]":
    """This thread's connection, opened if it is not."""
    if connection.connection is None:
        connection.ensure_connection()
    opened: psycopg.Connection[Any] = connection.connection
    return opened


def _name_of(value: object, stand_ins: dict[str, Parameter]) -> str | None:
    """The parameter that the value stands in for, if it is one."""
    return next((name for name, one in stand_ins.items() if type(one) is type(value) and one == value), None)

"""Statements that every page asks: the ORM writes them once per process, not once per request."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import randrange
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models

Parameter = UUID | str | date | datetime | list[UUID]
_STAND_INS: dict[type, Callable[[], Parameter]] = {
    UUID: uuid4,
    str: lambda: str(uuid4()),
    list: lambda: [uuid4()],
    date: lambda: date(1, 1, 1) + timedelta(days=randrange(500_000)),
    datetime: lambda: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=randrange(10**15)),
}


class Prepared:
    """A `values_list` queryset of named parameters, compiled when it is first asked.

    `build` takes its parameters by keyword and returns the queryset; each is a UUID, a list of them, a text, a date or
    a moment that the queryset compares with a column as it is. Compiling such a queryset costs as much as running it.
    Source: docs/performance.md.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Any]"], **kinds: type) -> None:
        self._build = build
        self._kinds = kinds

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str | None, Any]]]:
        """The SQL, and for each of its parameters its name, or None and the value that is always there."""
        stand_ins = {name: _STAND_INS[kind]() for name, kind in self._kinds.items()}
        sql, values = self._build(**stand_ins).query.sql_with_params()
        places = [(_name_of(value, stand_ins), value) for value in values]
        missing = set(self._kinds) - {name for name, _value in places}
        if missing:
            raise ValueError(f"The statement does not compare {sorted(missing)} as they are.")
        return sql, places

    def rows(self, **parameters: Parameter) -> Sequence[tuple[Any, ...]]:
        """The rows as the database gives them: values are not converted by model fields."""
        sql, places = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if name is None else parameters[name] for name, value in places])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def first(self, **parameters: Parameter) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.rows(**parameters)
        return rows[0] if rows else None


def _name_of(value: object, stand_ins: dict[str, Parameter]) -> str | None:
    """The parameter that the value stands in for, if it is one."""
    return next((name for name, one in stand_ins.items() if type(one) is type(value) and one == value), None)

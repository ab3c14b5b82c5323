"""Statements that every page asks: the ORM writes them once per process, not once per request."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models


class Prepared:
    """A `values_list` queryset of named parameters, compiled when it is first asked.

    `build` takes its parameters by keyword and returns the queryset; each is a UUID or a text that the queryset
    compares with a column as it is. Compiling such a queryset costs as much as running it. Source: docs/performance.md.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Any]"], **kinds: type[UUID] | type[str]) -> None:
        self._build = build
        self._kinds = kinds

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str | None, Any]]]:
        """The SQL, and for each of its parameters its name, or None and the value that is always there."""
        stand_ins = {name: uuid4() if kind is UUID else str(uuid4()) for name, kind in self._kinds.items()}
        sql, values = self._build(**stand_ins).query.sql_with_params()
        names = {value: name for name, value in stand_ins.items()}
        places = [(names.get(value) if isinstance(value, UUID | str) else None, value) for value in values]
        missing = set(self._kinds) - {name for name, _value in places}
        if missing:
            raise ValueError(f"The statement does not compare {sorted(missing)} as they are.")
        return sql, places

    def rows(self, **parameters: UUID | str) -> Sequence[tuple[Any, ...]]:
        """The rows as the database gives them: values are not converted by model fields."""
        sql, places = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if name is None else parameters[name] for name, value in places])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def first(self, **parameters: UUID | str) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.rows(**parameters)
        return rows[0] if rows else None

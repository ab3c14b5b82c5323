"""Imports of lists as their pages show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from advisory_portal.core.formatting import format_date, format_number
from catalog.rules.cells import ReadRow


def cell_text(row: ReadRow, column: str) -> str:
    """What a column of a row was read as."""
    value = row.values.get(column, "")
    return " > ".join(value) if column == "category" else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, list):
        return ", ".join(": ".join(one) if isinstance(one, list) else one for one in value)
    return str(value)

"""Cells of lists that people bring: what columns are called, and what numbers, quantities and texts mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from advisory_portal.core.text import clean_line, plain
from catalog.rules.quantities import MOST_QUANTITY

Reader = Callable[[str], Any]  # of the text of a cell; raises ValueError with a code of `words.CELL_ERRORS`
_PRICE_LIMIT = Decimal(10) ** 10


@dataclass(slots=True)
class ReadRow:
    """A row as it was read: values by column, those that were empty left out; errors are (column, code, text)."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str, str]] = field(default_factory=list)


def guessed(head: Sequence[str], heads: Mapping[str, Sequence[str]]) -> list[str]:
    """What the columns of a file seem to be, each at most once; "" for one that is not known.

    `heads` are the names that a column may have, in plain words: no capitals, no accents.
    """
    column_of = {word: column for column, words in heads.items() for word in words}
    found: list[str] = []
    for text in head:
        column = column_of.get(" ".join(re.findall(r"[a-z0-9]+", plain(text))), "")
        found.append("" if column in found else column)
    return found


def read_cells(
    number: int, cells: Sequence[str], columns: Sequence[str], readers: Mapping[str, Reader], *, needed: Sequence[str]
) -> ReadRow:
    """A row's cells as its columns say; what is needed and not there is an error of its own."""
    row = ReadRow(number)
    for cell, column in zip(cells, columns, strict=False):
        text = cell.strip() if column == "description" else clean_line(cell)
        if not column or not text:
            continue
        try:
            row.values[column] = readers[column](text)
        except ValueError as error:
            row.errors.append((column, str(error), text[:100]))
    wrong = {column for column, _code, _text in row.errors}
    row.errors += [(one, "missing", "") for one in needed if one not in row.values and one not in wrong]
    return row


def line_of(longest: int) -> Reader:
    """Reads a text of at most so many characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError("too_long")
        return text

    return read


def signed(text: str) -> Decimal:
    """A number with a point or a comma before its decimals. Raises ValueError."""
    kept = re.sub(r"[\s€$£%]", "", text)
    if "," in kept and "." in kept:
        kept = kept.replace(",", "") if kept.rindex(".") > kept.rindex(",") else kept.replace(".", "")
    try:
        number = Decimal(kept.replace(",", "."))
    except InvalidOperation:
        raise ValueError("number") from None
    if not number.is_finite() or abs(number) >= _PRICE_LIMIT or number != round(number, 8):
        raise ValueError("number")
    return number


def not_negative(text: str) -> Decimal:
    """A number that is not negative. Raises ValueError."""
    number = signed(text)
    if number < 0:
        raise ValueError("number")
    return number


def quantity_of(text: str) -> Decimal:
    """A quantity above zero. Raises ValueError."""
    number = signed(text)
    if not 0 < number <= MOST_QUANTITY:
        raise ValueError("number")
    return number

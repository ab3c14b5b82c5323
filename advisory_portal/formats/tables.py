"""Tables that people bring and take away: CSV in the usual encodings and with the usual separators, and XLSX.

Every cell is text, as a person reads it in a spreadsheet; rows count from 1 as they do there.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from advisory_portal.formats.archive import is_zip
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.workbook import clean_cell, read_workbook, write_workbook

MOST_COLUMNS = 60
MOST_ROWS = 200_000
MOST_IN_CELL = 32_767  # as in a spreadsheet
DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_SAMPLE_ROWS = 30
_SAMPLE_BYTES = 256 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)

Row = tuple[int, list[str]]

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "csv_line", "read_table", "write_csv", "write_workbook"]


def read_table(data: bytes) -> Iterator[Row]:
    """The rows of a CSV or XLSX file (its first sheet) that are not empty: the row's number, and its cells.

    A CSV is UTF-8, UTF-16 (with its mark, or known by its NUL bytes) or Windows-1252; the separator is guessed among
    comma, semicolon, tab and bar. Of an XLSX formulas give their last value, macros are never looked at. A leading
    apostrophe that guards a formula in our own CSV is taken off. Raises FormatError, at once or while rows are read:
    table_empty, table_encoding, table_nul, table_quotes, table_too_many_rows, table_too_many_columns, table_cell,
    table_foreign, workbook_broken, workbook_too_large.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise FormatError("empty")
    if is_zip(data):
        return _checked(read_workbook(data, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS))
    for magic, name in ((b"%PDF", "PDF"), (b"\xd0\xcf\x11\xe0", "XLS"), (b"<?xml", "XML"), (b"\x1f\x8b", "GZIP")):
        if data.startswith(magic):
            raise FormatError("table_foreign", type=name)
    return _checked(_csv_rows(data))


def _checked(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows with something in them, within the limits."""
    for number, cells in rows:
        cells = [clean_cell(cell) for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if number > MOST_ROWS + 1:  # the head is a row too
            raise FormatError("table_too_many_rows", limit=MOST_ROWS)
        if len(cells) > MOST_COLUMNS:
            raise FormatError("table_too_many_columns", limit=MOST_COLUMNS, line=number)
        if any(len(cell) > MOST_IN_CELL for cell in cells):
            raise FormatError("table_cell", limit=MOST_IN_CELL, line=number)
        yield number, cells


def _csv_rows(data: bytes) -> Iterator[Row]:
    encoding = _encoding(data)
    delimiter, declared = _delimiter(data, encoding)
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(_without_nul(lines), delimiter=delimiter)
    number = 0
    try:
        for cells in reader:
            number += 1
            if declared and number == 1:
                continue
            yield number, [_unguarded(cell) for cell in cells]
    except csv.Error:
        raise FormatError("table_quotes", line=number + 1) from None


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\x00" in line:
            raise FormatError("table_nul")
        yield line


def _encoding(data: bytes) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _proven(data, name)
    head = data[:400]
    if head[1::2].count(0) > len(head) // 4:
        return _proven(data, "utf-16-le")
    if head[0::2].count(0) > len(head) // 4:
        return _proven(data, "utf-16-be")
    try:
        return _proven(data, "utf-8")
    except FormatError:
        return _proven(data, "cp1252")


def _proven(data: bytes, encoding: str) -> str:
    """The encoding, if all of the data can be read in it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(view[start : start + _CHUNK], start + _CHUNK >= len(data))
    except UnicodeDecodeError:
        raise FormatError("table_encoding") from None
    return encoding


def _delimiter(data: bytes, encoding: str) -> tuple[str, bool]:
    """The separator, and whether the first line does nothing but name it ("sep=;", as spreadsheets write)."""
    text = codecs.getincrementaldecoder(encoding)().decode(data[:_SAMPLE_BYTES])
    first = text.split("\n", 1)[0].strip("\ufeff\r")
    if declared := _DECLARED.match(first):
        return declared[1], True
    return max(DELIMITERS, key=lambda one: _likelihood(text, one)), False


def _likelihood(text: str, delimiter: str) -> tuple[float, int]:
    """How sure the separator is: the share of the first rows that agree on a number of columns, and that number."""
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return 0.0, 0
    whole = rows[:-1] if len(rows) > 1 and len(text) >= _SAMPLE_BYTES // 2 else rows  # the last may be cut off
    lengths = Counter(len(row) for row in whole if any(row))
    if not lengths:
        return 0.0, 0
    columns, agreeing = max(lengths.items(), key=lambda pair: (pair[1], pair[0]))
    return (agreeing / lengths.total(), columns) if columns > 1 else (0.0, 1)


# --- Writing -------------------------------------------------------------------------------------------------


def csv_line(cells: Sequence[str]) -> str:
    """One row of CSV. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow([_guarded(cell) for cell in cells])
    return line.getvalue()


def write_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV file piece by piece: UTF-8 with its mark, commas, CRLF."""
    yield codecs.BOM_UTF8
    for cells in rows:
        yield csv_line(cells).encode()


def _guarded(cell: str) -> str:
    # A cell that looks guarded already is guarded again, so that reading gives back exactly what was written.
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell

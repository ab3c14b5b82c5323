"""Bank statements: camt.053, Norma 43, OFX, and tables as CSV or XLSX, told by their content."""

import re
from collections.abc import Sequence

from advisory_portal.formats.bank.camt053 import read_camt053
from advisory_portal.formats.bank.columns import ColumnMapping, guess_mapping, head_key
from advisory_portal.formats.bank.norma43 import is_norma43, read_norma43
from advisory_portal.formats.bank.ofx import is_ofx, read_ofx
from advisory_portal.formats.bank.statement import Statement, StatementLine, check_size, line_keys
from advisory_portal.formats.bank.table import TableHead, read_head, read_table_statement
from advisory_portal.formats.errors import FormatError

__all__ = [
    "ColumnMapping",
    "Statement",
    "StatementLine",
    "TableHead",
    "guess_mapping",
    "head_key",
    "is_table",
    "line_keys",
    "read_head",
    "read_statement",
]

_FOREIGN = (
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"\x89PNG"), "PNG"),
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"GIF8"), "GIF"),
    (re.compile(rb"\x1f\x8b"), "GZIP"),
    (re.compile(rb"Rar!"), "RAR"),
    (re.compile(rb"7z\xbc\xaf"), "7-Zip"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "XLS"),
    (re.compile(rb"\{\\rtf"), "RTF"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{1:|:20:)"), "MT940"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]\s*[\"{\[]"), "JSON"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|table)\b", re.IGNORECASE), "HTML"),
    (re.compile(rb"!Type:", re.IGNORECASE), "QIF"),
)


def read_statement(data: bytes, name: str = "", *, mapping: ColumnMapping | None = None) -> Sequence[Statement]:
    """The statements in a file, whatever it is called: `name` only serves to know a Norma 43 file that begins badly.

    `mapping` is for tables; without it one is guessed, and FormatError("table_columns") says that a person must help
    (`read_head` gives what to show). Every refusal is a FormatError with code, words and, where there is one, line.
    """
    check_size(data)
    _refuse_foreign(data)
    if is_ofx(data):
        return read_ofx(data)
    if _is_xml(data):
        return read_camt053(data)
    if is_norma43(data) or name.lower().endswith((".n43", ".q43", ".aeb43", ".c43")):
        return read_norma43(data)
    return [read_table_statement(data, mapping)]


def is_table(data: bytes) -> bool:
    """Whether the file would be read as a table, for which a mapping may be given. Raises FormatError."""
    check_size(data)
    _refuse_foreign(data)
    return not (is_ofx(data) or _is_xml(data) or is_norma43(data))


def _refuse_foreign(data: bytes) -> None:
    for beginning, kind in _FOREIGN:
        if beginning.match(data[:1_000]):
            raise FormatError("statement_foreign", type=kind)


def _is_xml(data: bytes) -> bool:
    return data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")

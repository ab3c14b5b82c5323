"""XLSX through openpyxl, within limits: workbooks are archives that anybody can make."""

import io
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from advisory_portal.formats.errors import FormatError

MEGABYTE = 1_000_000
MAX_UNPACKED_MEGABYTES = 300
MAX_STRINGS_MEGABYTES = 60  # openpyxl holds every shared text at once
MAX_RATIO = 200  # unpacked to packed size, of members over a megabyte
MAX_MEMBERS = 2_000
_SCANNED = 1 << 16
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)} | {0x7F: None}
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def clean_cell(text: str) -> str:
    """A cell's text without control characters and without space around it."""
    return text.translate(_CONTROL).strip()


def read_workbook(data: bytes, *, most_rows: int, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet: number and cells as text. One row and one column more than the most are read.

    What the file claims about its size is not believed. Raises FormatError.
    """
    _check_members(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that openpyxl leaves out
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = next((one for one in book.worksheets if hasattr(one, "reset_dimensions")), None)
            if sheet is None:
                raise FormatError("workbook_broken")
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_row=most_rows + 2, max_col=most_columns + 1, values_only=True)
            for number, cells in enumerate(rows, start=1):
                yield number, [_text(cell) for cell in cells]
    except FormatError:
        raise
    except Exception:  # openpyxl raises whatever a damaged part makes it meet
        raise FormatError("workbook_broken") from None


def _check_members(data: bytes) -> None:
    """Refuse what would unpack to too much, and what defines entities, before anything is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            # zipfile never unpacks more of a member than its entry declares: this bounds what comes out.
            unpacked = sum(member.file_size for member in members)
            if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_MEGABYTES * MEGABYTE:
                raise FormatError("workbook_too_large", limit=MAX_UNPACKED_MEGABYTES)
            for member in members:
                _check_member(archive, member)
            if "xl/workbook.xml" not in archive.namelist():
                raise FormatError("table_foreign", type="ZIP")
    except FormatError:
        raise
    except Exception:  # zipfile raises whatever a damaged archive makes it meet
        raise FormatError("workbook_broken") from None


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    is_strings = member.filename.lower().endswith("sharedstrings.xml")
    if is_strings and member.file_size > MAX_STRINGS_MEGABYTES * MEGABYTE:
        raise FormatError("workbook_too_large", limit=MAX_STRINGS_MEGABYTES)
    if member.file_size > MEGABYTE and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        raise FormatError("member_bomb", name=member.filename[-60:])
    if member.filename.lower().endswith((".xml", ".rels")):
        with archive.open(member) as stream:
            # A document type stands before the root element; no program that makes workbooks writes one.
            if b"<!DOCTYPE" in stream.read(_SCANNED):
                raise FormatError("workbook_broken")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}" if abs(value) < 1e30 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def write_workbook(rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """An XLSX file of one sheet whose cells are all text, so that nothing in it is ever a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title="".join(one for one in title if one not in "[]:*?/\\")[:31] or "1")
    for cells in rows:
        sheet.append(
            [_text_cell(sheet, clean_cell(cell)) if cell.startswith(("=", "#")) else clean_cell(cell) for cell in cells]
        )
    with tempfile.SpooledTemporaryFile(max_size=MEGABYTE) as written:
        book.save(written)
        written.seek(0)
        return written.read()


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"
    return cell

"""Tables to take away: text as text, amounts as numbers, days as days."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from advisory_portal.formats.tables import write_csv
from bookkeeping.rows.reports import plain_amount

Cell = str | Decimal | date
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def written(rows: Iterable[Sequence[Cell]], file_format: str, title: str) -> bytes:
    """A file of one table, CSV or XLSX. Days in CSV are ISO; nothing is ever a formula."""
    if file_format == "csv":
        return b"".join(write_csv([_text(cell) for cell in row] for row in rows))
    book, stream = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    book.save(stream)
    return stream.getvalue()


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return plain_amount(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def _cell(sheet: Any, value: Cell) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    return cell

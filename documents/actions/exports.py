"""A list of documents as a table for other programs."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from documents.models import Kind
from documents.models.document import Documents
from documents.words import state_label

COLUMNS = (
    "number", "issued_on", "due_on", "contact_name", "contact__tax_id", "kind", "state", "currency", "tax_exclusive",
    "tax_total", "tax_inclusive", "withheld", "payable", "settled", "sent_at", "reviewed_at", "reviewed_by_name",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(stream: IO[bytes], documents: Documents, file_format: str) -> int:
    """Write the documents by date, a row each, as CSV or XLSX; how many there were. A thousand in memory at once.

    CSV is UTF-8 with its mark, so that spreadsheets read the accents. Text that a spreadsheet would compute is
    quoted. Amounts are plain numbers with a point, dates are ISO in CSV and dates in XLSX.
    """
    rows = documents.order_by("issued_on", "id").values_list(*COLUMNS).iterator(chunk_size=1_000)
    if file_format == "xlsx":
        return _write_xlsx(stream, rows)
    text = TextIOWrapper(stream, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(_heads())
    number = 0
    for row in rows:
        writer.writerow([_quoted(value) for value in _words(row)])
        number += 1
    text.flush()
    text.detach()  # the stream stays open for its owner
    return number


def _write_xlsx(stream: IO[bytes], rows: Iterator[tuple[Any, ...]]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Documents"))
    sheet.append(_heads())
    number = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in _words(row)])
        number += 1
    book.save(stream)
    return number


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"  # text, even where it begins as a formula does
    return cell


def _heads() -> list[str]:
    return [
        _("Number"), _("Date"), _("Due"), _("Contact"), _("Tax id"), _("Kind"), _("State"), _("Currency"),
        _("Total without tax"), _("Tax amount"), _("Total with tax"), _("Withheld"), _("Amount due"), _("Paid so far"),
        _("Sent"), _("Reviewed"), _("Reviewed by"), _("Open"),
    ]  # fmt: skip


def _words(row: tuple[Any, ...]) -> list[Any]:
    """A row with its kind and state in words, moments as days, and what is still open at its end."""
    values = dict(zip(COLUMNS, row, strict=True))
    values["state"] = state_label(values["kind"], values["state"])
    values["kind"] = str(Kind(values["kind"]).label)
    for name in ("sent_at", "reviewed_at"):
        values[name] = values[name].date() if values[name] else None
    is_open = row[COLUMNS.index("state")] in ("issued", "partially_paid")
    return [*values.values(), values["payable"] - values["settled"] if is_open else None]


def _quoted(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value

"""CSV and XLSX as people bring them: every usual encoding and separator, and files made to hurt."""

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from advisory_portal.formats import tables, workbook
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import csv_line, read_table, write_csv
from advisory_portal.formats.workbook import write_workbook

HEAD, JOSE = ["Nombre", "Teléfono", "País"], ["Niño, José", "1;2", "España|x"]


def rows_of(data):
    return list(read_table(data))


def refusal(data):
    with pytest.raises(FormatError) as caught:
        rows_of(data)
    return caught.value.code


def quoted(*rows, separator=","):
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_and_separators_are_found(encoding, separator):
    data = quoted(HEAD, JOSE, separator=separator).encode(encoding)
    assert rows_of(data) == [(1, HEAD), (2, JOSE)]


def test_rows_count_as_in_a_spreadsheet_and_empty_ones_are_left_out():
    data = b'a,b\r\n\r\n,,\r\n"two\nlines", x \r\nlast'
    assert rows_of(data) == [(1, ["a", "b"]), (4, ["two\nlines", "x"]), (5, ["last"])]


def test_a_first_line_that_names_the_separator_is_no_row():
    assert rows_of(b"sep=;\r\na,b;c\r\n1;2\r\n") == [(2, ["a,b", "c"]), (3, ["1", "2"])]


def test_quotes_inside_quotes_and_one_column_are_read():
    assert rows_of(b'name\r\n"say ""hi"""\r\n') == [(1, ["name"]), (2, ['say "hi"'])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", None),
        (b" \r\n\t", "empty"),
        (b"a,b\r\nx\x00,1\r\n" + b"x,y\r\n" * 200, "table_nul"),
        (b"a,b\r\n\x81\x8d\x8f,\x90\r\n", "table_encoding"),
        (b"\xff\xfea", "table_encoding"),
        (b"%PDF-1.7", "table_foreign"),
        (b"\xd0\xcf\x11\xe0 old", "table_foreign"),
        (b"<?xml version='1.0'?>", "table_foreign"),
        (b'a,b\r\n"' + b"x" * 200_000, "table_quotes"),
        (b"a," * 60 + b"b\r\n", "table_too_many_columns"),
        (b"a\r\n" + b"x" * 40_000, "table_cell"),
    ],
)
def test_what_is_no_table_is_refused(data, code):
    if code is None:
        assert rows_of(data) == []
    else:
        assert refusal(data) == code


def test_more_rows_than_the_most_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert len(rows_of(b"h\r\n1\r\n2\r\n3\r\n")) == 4
    assert refusal(b"h\r\n1\r\n2\r\n3\r\n4\r\n") == "table_too_many_rows"
    assert refusal(write_workbook([["h"], *[["x"]] * 4], title="x")) == "table_too_many_rows"


# --- XLSX ----------------------------------------------------------------------------------------------------


def saved(book):
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def with_member(name, content, *, compression=zipfile.ZIP_DEFLATED):
    """A good workbook in which one member is another."""
    data, written = io.BytesIO(), io.BytesIO(write_workbook([["a"], ["b"]], title="x"))
    with zipfile.ZipFile(written) as good, zipfile.ZipFile(data, "w", compression) as made:
        for member in good.namelist():
            if member != name:
                made.writestr(member, good.read(member))
        made.writestr(name, content)
    return data.getvalue()


def test_cells_of_every_kind_become_text():
    book = Workbook()
    sheet = book.active
    sheet.append(["Name", 34600111222, 1.5, True, None, 1e20])
    sheet.append(["=1+1", "  x "])
    assert rows_of(saved(book)) == [
        (1, ["Name", "34600111222", "1.5", "yes", "", "100000000000000000000"]),
        (2, ["", "x"]),
    ]


def test_dates_become_iso():
    book = Workbook()
    book.active.append([date(2026, 3, 2), datetime(2026, 3, 2, 10, 30)])
    assert rows_of(saved(book)) == [(1, ["2026-03-02", "2026-03-02 10:30:00"])]


def test_rows_far_apart_and_columns_far_out_cost_nothing():
    book = Workbook()
    book.active["A1"] = "head"
    book.active["A150000"] = "far"
    assert rows_of(saved(book)) == [(1, ["head"]), (150_000, ["far"])]
    book.active["XFD2"] = "out"
    assert rows_of(saved(book))[1:] == [(150_000, ["far"])]
    book.active["BI3"] = "61st"
    assert refusal(saved(book)) == "table_too_many_columns"


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 nothing", "workbook_broken"),
        (with_member(SHEET, b"<worksheet><sheetData><row>"), "workbook_broken"),
        (with_member(SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'), "workbook_broken"),
        (with_member(SHEET, b"<worksheet>" + b" " * 5_000_000), "member_bomb"),
        (with_member("xl/sharedStrings.xml", b"0" * 61_000_000, compression=zipfile.ZIP_STORED), "workbook_too_large"),
        (with_member("xl/media/a.bin", b"0" * 301_000_000), "workbook_too_large"),
    ],
    ids=["no archive", "cut off", "entities", "bomb", "strings", "size"],
)
def test_workbooks_made_to_hurt_are_refused(data, code):
    assert refusal(data) == code


def test_an_archive_that_is_no_workbook_is_named():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "x")
    assert refusal(data.getvalue()) == "table_foreign"


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_MEMBERS", 3)
    assert refusal(write_workbook([["a"]], title="x")) == "workbook_too_large"


def test_macros_are_never_looked_at():
    assert rows_of(with_member("xl/vbaProject.bin", b"macros")) == [(1, ["a"]), (2, ["b"])]


# --- Writing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+34 600", "-1", "@sum", "\tx", "\rx", "'=x"])
def test_cells_that_look_like_formulas_are_guarded(cell):
    assert csv_line([cell]).strip("\r\n").strip('"').startswith("'")


def test_a_workbook_holds_text_and_no_formula():
    data = write_workbook([["=1+1", "#N/A", "x\x01y"]], title="a/b:c")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read(SHEET)
    assert rows_of(data) == [(1, ["=1+1", "#N/A", "xy"])]


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)
TABLE = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=2, max_size=5)


@given(TABLE)
def test_what_was_written_is_read_back(table):
    written = [["Name", "City"], *table]
    expected = list(enumerate(written, start=1))
    assert rows_of(b"".join(write_csv(written))) == expected
    assert rows_of(write_workbook(written, title="x")) == expected

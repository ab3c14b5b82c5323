"""Every format together: told by content, refused by name, fast, and lines known again by their keys."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advisory_portal.formats.bank import Statement, StatementLine, line_keys, read_statement
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.workbook import write_workbook
from tests.formats.bank_samples import camt, line, many_lines, n43, ofx, statement, table

DAY = date(2026, 1, 15)
# What the fields of Norma 43 and cp1252 can carry, single spaces between words.
WORDS = st.lists(st.text("ABCÑé&<>'0", min_size=1, max_size=9), min_size=1, max_size=12).map(" ".join)
CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def statements(draw: st.DrawFn, **fixed: object) -> Statement:
    """A statement that every format can carry."""
    steps = draw(st.lists(st.tuples(st.integers(0, 3), CENTS.filter(bool), WORDS), min_size=1, max_size=8))
    day, lines = DAY, []
    for index, (step, amount, text) in enumerate(steps):
        day += timedelta(days=step)
        lines.append(line(day, str(amount), text, value_on=day, **{k: f"{v}{index}" for k, v in fixed.items()}))
    return statement(lines, opening=str(draw(CENTS)), number="")


def without_format(one: Statement) -> Statement:
    return replace(one, format="", number="", account_number="")


@settings(deadline=None)
@given(statements(bank_id="B", reference="R"), st.integers(2, 8))
def test_camt_round_trip(written: Statement, version: int) -> None:
    (found,) = read_statement(camt(written, version=version))
    assert without_format(found) == without_format(written)


@settings(deadline=None)
@given(statements())
def test_norma43_round_trip(written: Statement) -> None:
    coded = [replace(one, code="04/161") for one in written.lines]
    number = replace(written, account_number="210004180200051332", lines=tuple(coded))
    (found,) = read_statement(n43(number))
    assert without_format(found) == without_format(number)


@settings(deadline=None)
@given(statements(bank_id="B"), st.integers(1, 2))
def test_ofx_round_trip(written: Statement, version: int) -> None:
    typed = replace(written, opening=None, lines=tuple(replace(one, code="OTHER") for one in written.lines))
    (found,) = read_statement(ofx(typed, version=version))
    assert without_format(found) == without_format(typed)


@settings(deadline=None)
@given(statements(), st.sampled_from(";\t"), st.booleans())
def test_table_round_trip(written: Statement, delimiter: str, newest_first: bool) -> None:
    (found,) = read_statement(table(written, delimiter=delimiter, newest_first=newest_first))
    plain = [replace(one, balance_after=None) for one in found.lines]
    assert (found.opening, found.closing, found.account_iban) == (
        written.opening,
        written.closing,
        written.account_iban,
    )
    assert [(one.booked_on, one.amount, one.text) for one in plain] == [
        (one.booked_on, one.amount, one.text) for one in written.lines
    ]


# --- Keys ----------------------------------------------------------------------------------------------------

PIECES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4)
FEW = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 2), st.sampled_from("ab")), max_size=30)


def made(raw: list[tuple[int, int, str]]) -> list[StatementLine]:
    """Lines of few days, amounts and texts, so that many are equal."""
    return [
        line(DAY + timedelta(days=step), str(amount), text)
        for step, amount, text in sorted(raw, key=lambda one: one[0])
    ]


def overlapping(count: int, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces from anywhere to anywhere, and two that make the whole."""
    middle = cuts[0][0] % (count + 1) if cuts else 0
    return [*(tuple(sorted((a % (count + 1), b % (count + 1)))) for a, b in cuts), (middle, count), (0, middle)]  # type: ignore[list-item]


def test_equal_lines_of_one_day_have_keys_of_their_own() -> None:
    same = [line(DAY, "5.00", "Coffee")] * 3
    keys = line_keys(same)
    assert len(set(keys)) == 3
    assert line_keys(same[:2]) == keys[:2]


@pytest.mark.parametrize(
    "other",
    [
        line(DAY, "5.00", "Tea"),
        line(DAY, "5.01", "Coffee"),
        line(DAY, "-5.00", "Coffee"),
        line(DAY + timedelta(days=1), "5.00", "Coffee"),
        line(DAY, "5.00", "Coffee", counterparty_name="Bar"),
        line(DAY, "5.00", "Coffee", reference="1"),
        line(DAY, "5.00", "Coffee", balance_after=Decimal(7)),
        line(DAY, "5.00", "Coffee", bank_id="1"),
    ],
)
def test_different_lines_have_different_keys(other: StatementLine) -> None:
    assert line_keys([line(DAY, "5.00", "Coffee")]) != line_keys([other])


def test_what_says_the_same_has_the_same_key() -> None:
    one = line(DAY, "5.00", "Coffee", bank_id="1")
    assert line_keys([one]) == line_keys([replace(one, amount=Decimal("5"), text="Coffee in Bilbao", value_on=DAY)])
    assert line_keys([one, one]) != line_keys([one, replace(one, amount=Decimal("6"))])  # a reference used twice


@settings(deadline=None)
@given(FEW, PIECES, st.randoms())
def test_overlapping_statements_of_whole_days_add_nothing_twice(
    raw: list[tuple[int, int, str]], cuts: list[tuple[int, int]], order: object
) -> None:
    lines = made(raw)
    whole = line_keys(lines)
    assert len(set(whole)) == len(lines)
    pieces = [[one for one in lines if a <= (one.booked_on - DAY).days < b] for a, b in overlapping(5, cuts)]
    order.shuffle(pieces)  # type: ignore[attr-defined]
    assert {key for piece in pieces for key in line_keys(piece)} == set(whole)


@settings(deadline=None)
@given(FEW, PIECES, st.booleans(), st.randoms())
def test_with_references_or_balances_any_cut_will_do(
    raw: list[tuple[int, int, str]], cuts: list[tuple[int, int]], has_ids: bool, order: object
) -> None:
    lines = made(raw)
    balance = Decimal(0)
    for index, one in enumerate(lines):
        balance += one.amount
        lines[index] = replace(one, bank_id=f"B{index}") if has_ids else replace(one, balance_after=balance)
    pieces = [lines[a:b] for a, b in overlapping(len(lines), cuts)]
    order.shuffle(pieces)  # type: ignore[attr-defined]
    assert {key for piece in pieces for key in line_keys(piece)} == set(line_keys(lines))


def test_keys_survive_the_file() -> None:
    lines = [replace(one, balance_after=None) for one in many_lines(600)]
    (whole,) = read_statement(camt(statement(lines)))
    halves = [read_statement(camt(statement(part)))[0] for part in (lines[:500], lines[250:])]
    assert {key for half in halves for key in line_keys(half.lines)} == set(line_keys(whole.lines))


# --- Recognition, hostility, size ----------------------------------------------------------------------------

ONE = statement([line(DAY, "5.00", "Coffee", value_on=DAY)])
NORMA = replace(ONE, account_number="210004180200051332")
WRITERS: dict[str, Callable[[], bytes]] = {
    "camt053": lambda: camt(ONE),
    "norma43": lambda: n43(NORMA),
    "ofx": lambda: ofx(ONE),
    "table": lambda: table(ONE),
}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", ["", "statement.pdf", "x.csv", "x.xml", "x.ofx"])
def test_content_tells_the_format_whatever_the_name(kind: str, name: str) -> None:
    assert [one.format for one in read_statement(WRITERS[kind](), name)] == [kind]


@pytest.mark.parametrize("kind", WRITERS)
def test_utf_8_mark_is_no_obstacle(kind: str) -> None:
    assert [one.format for one in read_statement(b"\xef\xbb\xbf" + WRITERS[kind]())] == [kind]


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"", "empty", None),
        (b"\r\n \x00\x1a", "empty", None),
        (b"%PDF-1.7 statement", "statement_foreign", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "statement_foreign", "XLS"),
        (b":20:STARTUMS\r\n:25:1234/5\r\n", "statement_foreign", "MT940"),
        (b"{1:F01BANK}{2:", "statement_foreign", "MT940"),
        (b'[{"amount": 1}]', "statement_foreign", "JSON"),
        (b"<!DOCTYPE html><table>", "statement_foreign", "HTML"),
        (b"<html><table></table></html>", "statement_foreign", "HTML"),
        (b"!Type:Bank\nD1/1\n", "statement_foreign", "QIF"),
        (b"PK\x03\x04....", "workbook_broken", None),
        (bytes(range(1, 256)) * 4, "table_encoding", None),
        (b"Fecha;Importe\x00\n1;2\n", "table_nul", None),
    ],
)
def test_foreign_file_is_named(data: bytes, code: str, kind: str | None) -> None:
    with pytest.raises(FormatError) as refused:
        read_statement(data, "statement.csv")
    assert (refused.value.code, refused.value.params.get("type")) == (code, kind)
    assert str(refused.value)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([*WRITERS, ""]), st.integers(0, 2_000))
@example(b"\x01", "", 0)  # a sign that is no text: rows with nothing in them
def test_any_bytes_are_read_or_refused(noise: bytes, kind: str, at: int) -> None:
    data = WRITERS[kind]() if kind else b""
    for broken in (data[:at] + noise, data[:at] + noise + data[at + len(noise) :], noise + data):
        try:
            read_statement(broken)
        except FormatError as refused:
            assert str(refused)


@pytest.mark.parametrize("beginning", [b"<Document>", b"<OFX>", b"11" + b"0" * 78 + b"\n", b"Fecha;Importe\n", b"\x00"])
def test_fifty_megabytes_of_nothing_are_refused_quickly(beginning: bytes) -> None:
    before = time.process_time()
    with pytest.raises(FormatError):
        read_statement(beginning + b"<" * 50_000_000)
    assert time.process_time() - before < 10


def test_sixty_megabytes_are_the_limit() -> None:
    with pytest.raises(FormatError) as refused:
        read_statement(camt(ONE) + b" " * 60_000_000)
    assert str(refused.value) == "The file is larger than 60 MB."


@pytest.mark.parametrize("kind", ["camt053", "norma43", "ofx", "table"])
def test_twenty_thousand_lines_are_read_in_seconds(kind: str) -> None:
    lines = many_lines(20_000)
    written = statement(lines, account_format=kind)
    data = {"camt053": camt, "norma43": n43, "ofx": ofx, "table": table}[kind](written)
    before = time.process_time()
    (found,) = read_statement(data)
    keys = line_keys(found.lines)
    assert time.process_time() - before < 5
    assert (len(found.lines), len(set(keys)), found.closing) == (20_000, 20_000, written.closing)


def test_workbook_of_a_list_that_is_no_statement() -> None:
    with pytest.raises(FormatError) as refused:
        read_statement(write_workbook([["Name", "Street"], ["Delta", "Mayor 1"]], title="x"))
    assert refused.value.code == "table_columns"

"""Norma 43: the real sample, every record, and what is wrong with files that were cut or changed."""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from advisory_portal.formats.bank import read_statement
from advisory_portal.formats.errors import FormatError
from tests.formats.bank_samples import IBAN, N43_ACCOUNT, line, n43, statement

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank" / "norma43-sample.n43"
DAY = date(2026, 1, 15)
FEE = line(DAY, "-21.50", "COMISIÓN DE MANTENIMIENTO", value_on=date(2026, 1, 14), code="17/040", reference="REF-1")
INCOME = line(DAY, "121.00", "TRANSFERENCIA DE ÑANDÚ SL", value_on=DAY, code="02/005")
WRITTEN = replace(statement([FEE, INCOME], account_format="norma43"), format="norma43", number="")


def refusal(data: bytes, name: str = "") -> FormatError:
    with pytest.raises(FormatError) as refused:
        read_statement(data, name)
    assert str(refused.value)
    return refused.value


@pytest.mark.skipif(not os.environ.get("CI"), reason="reads ../shared/")
def test_real_sample() -> None:
    (found,) = read_statement(SAMPLE.read_bytes())
    assert (found.account_number, found.account_iban, found.currency) == ("0" * 18, "", "EUR")
    assert (found.opening, found.closing) == (Decimal("0.00"), Decimal("101.96"))
    assert (found.starts_on, found.ends_on) == (date(2016, 2, 1), date(2016, 5, 31))
    assert [(str(one.amount), one.text, one.reference) for one in found.lines] == [
        ("-178.30", "TRANSFERENC. A TEST PARTNER", "000975737917"),
        ("280.29", "TRANSFERENC. TEST PARTNER 2", ""),
        ("-0.03", "COMISIÓN", "5540014210128010"),
    ]


@pytest.mark.parametrize("end", ["\r\n", "\n", ""])
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8", "utf-8-sig"])
def test_statement_is_read_as_written(end: str, encoding: str) -> None:
    assert read_statement(n43(WRITTEN, end=end, encoding=encoding)) == [WRITTEN]


def test_iban_is_computed() -> None:
    assert (WRITTEN.account_number, WRITTEN.account_iban) == (N43_ACCOUNT, IBAN)
    assert read_statement(n43(WRITTEN))[0].account_iban == IBAN


def test_several_accounts_and_joined_files() -> None:
    other = replace(
        WRITTEN, account_iban="ES1000492352082414205416", account_number="004923522414205416", currency="USD"
    )
    assert read_statement(n43(WRITTEN, other)) == [WRITTEN, other]
    assert read_statement(n43(WRITTEN) + n43(other) + b"\x1a") == [WRITTEN, other]


def test_overdrawn_account() -> None:
    overdrawn = replace(WRITTEN, opening=Decimal("-500.00"), closing=Decimal("-400.50"))
    assert read_statement(n43(overdrawn)) == [overdrawn]


def test_records_without_their_last_spaces() -> None:
    data = b"\n".join(record.rstrip() for record in n43(WRITTEN).split(b"\r\n"))
    assert read_statement(data) == [WRITTEN]


def test_texts_that_fill_their_places_run_on() -> None:
    long = replace(INCOME, text="A" * 37 + "BC" + "D" * 36 + " E")
    written = statement([long], account_format="norma43", number="")
    assert read_statement(n43(written))[0].lines[0].text == long.text


def test_amount_in_another_currency_is_said() -> None:
    record = b"2401840" + b"%014d" % 13000
    data = n43(WRITTEN).replace(b"\r\n33", b"\r\n" + record.ljust(80) + b"\r\n33")
    assert read_statement(data)[0].lines[1].text == "TRANSFERENCIA DE ÑANDÚ SL USD 130.00"
    assert read_statement(data.replace(b"2401840", b"2401978"))[0].lines[1].text == INCOME.text


def test_sign_of_the_closing_balance_may_be_missing() -> None:
    data = n43(WRITTEN)
    at = data.index(b"\r\n33") + 2 + 58
    assert read_statement(data[:at] + b"0" + data[at + 1 :]) == [WRITTEN]


def changed(find: bytes, put: bytes) -> bytes:
    data = n43(WRITTEN)
    assert data.count(find) >= 1
    return data.replace(find, put)


@pytest.mark.parametrize(
    ("data", "code", "line_number"),
    [
        (n43(WRITTEN)[: 82 * 3], "n43_unfinished", 3),
        (n43(WRITTEN)[: 82 * 6], "n43_unfinished", 6),
        (n43(WRITTEN)[: 82 * 2 + 30], "n43_unfinished", 3),
        (n43(WRITTEN)[: 82 * 3 + 30], "n43_field", 4),
        (changed(b"2" + b"%014d" % 12100, b"2" + b"%014d" % 12101), "n43_sums", 6),
        (changed(b"2" + b"%014d" % 19950 + b"978 ", b"2" + b"%014d" % 19951 + b"978 "), "statement_unbalanced", 6),
        (changed(b"9" * 18 + b"000006", b"9" * 18 + b"000008"), "n43_records", 7),
        (changed(b"0418260115", b"0418261315"), "n43_field", 2),
        (changed(b"0418260115", b"04182601X5"), "n43_field", 2),
        (changed(b"9783OWNER", b"0003OWNER"), "n43_field", 1),
        (changed(b"\r\n2301COMI", b"\r\n9901COMI"), "n43_order", 3),
        (changed(b"\r\n2301TRANS", b"\r\n1101TRANS"), "n43_order", 5),
        (changed(b"\r\n2301TRANS", b"!\r\n2301TRANS"), "n43_field", 4),
    ],
)
def test_bad_file_is_refused_with_its_line(data: bytes, code: str, line_number: int) -> None:
    error = refusal(data)
    assert (error.code, error.line) == (code, line_number)


def test_lost_movement_shows_in_the_sums() -> None:
    records = n43(WRITTEN).split(b"\r\n")
    error = refusal(b"\r\n".join(records[:3] + records[5:]))
    assert (error.code, error.params["found"]) == ("n43_sums", "1 × 21.50, 0 × 0")
    assert error.params["stated"] == "1 × 21.50, 1 × 121.00"


def test_movement_of_nothing_counts_on_either_side() -> None:
    nothing = line(DAY, "0.00", value_on=DAY, code="99/000")
    written = statement([nothing], account_format="norma43", number="")
    data = n43(written)
    assert read_statement(data) == [written]
    moved = data.replace(b"00000" + b"0" * 14 + b"00001", b"00001" + b"0" * 14 + b"00000")
    assert moved != data
    assert read_statement(moved) == [written]


def test_name_tells_a_file_that_begins_badly() -> None:
    assert refusal(b"2" + n43(WRITTEN), "month.N43").code in ("n43_order", "n43_field")

"""OFX in both syntaxes, as strict and as loose as banks write it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.bank import read_statement
from advisory_portal.formats.errors import FormatError
from tests.formats.bank_samples import IBAN, line, ofx, statement

DAY = date(2026, 1, 15)
PAID = line(
    DAY, "-6.60", "POS; MCDONALD'S & Söhne", bank_id="0001", code="POS", counterparty_name="MCDONALD'S", reference="R9"
)
GOT = line(date(2026, 1, 16), "121.00", "Étoile", bank_id="0002", code="CREDIT", value_on=date(2026, 1, 17))
WRITTEN = replace(statement([PAID, GOT], number=""), format="ofx", opening=None)


def refusal(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as refused:
        read_statement(data)
    assert str(refused.value)
    return refused.value


def changed(find: bytes, put: bytes, version: int = 1) -> bytes:
    data = ofx(WRITTEN, version=version)
    assert find in data
    return data.replace(find, put)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("card", [False, True])
def test_statement_is_read_as_written(version: int, card: bool) -> None:
    assert read_statement(ofx(WRITTEN, version=version, card=card)) == [WRITTEN]


def test_several_accounts() -> None:
    other = replace(WRITTEN, account_iban="", account_number="4444-1", currency="CAD")
    assert read_statement(ofx(WRITTEN, other)) == [WRITTEN, other]


@pytest.mark.parametrize(
    ("find", "put"),
    [
        (b"-6.60", b"-6,60"),
        (b"<CURDEF>EUR", b"<CURDEF></CURDEF><ORIGCURRENCY><CURSYM>EUR</ORIGCURRENCY>"),
        (b"<TRNTYPE>POS", b"<BLANK><TRNTYPE>POS"),
        (b"<TRNTYPE>POS", b"<EMPTY></EMPTY><TRNTYPE>POS</TRNTYPE>"),
        (b"<STMTTRN>", b"<stmttrn>"),
        (b"OFXHEADER:100", b"\r\n\r\n\r\nOFXHEADER:100"),
        (b"<BANKTRANLIST>", b"<!-- a <comment> --><BANKTRANLIST>"),
        (b"<MEMO>POS; MCDONALD'S &amp; ", b"<MEMO><![CDATA[POS; MCDONALD'S & S\xf6hne]]></MEMO><X>"),
        (b"20260115120000.000[+1:CET]", b"20260115"),
        (b"20260115120000.000[+1:CET]", b"202601151200[-3:GMT]"),
    ],
)
def test_loose_files_say_the_same(find: bytes, put: bytes) -> None:
    data = changed(find, put)
    if b"CURDEF></CURDEF" in data:  # the currency is then only in a movement
        data = data.replace(b"<ORIGCURRENCY><CURSYM>EUR</ORIGCURRENCY>", b"")
        data = data.replace(b"<NAME>", b"<ORIGCURRENCY><CURSYM>EUR</ORIGCURRENCY><NAME>")
    assert read_statement(data) == [WRITTEN]


def test_movement_without_an_id_has_none() -> None:
    assert [one.bank_id for one in read_statement(changed(b"<FITID>0001", b""))[0].lines] == ["", "0002"]


def test_lines_are_oldest_first() -> None:
    reverse = replace(WRITTEN, lines=WRITTEN.lines[::-1])
    assert read_statement(ofx(reverse)) == [WRITTEN]


def test_balance_of_a_later_day_does_not_close_the_period() -> None:
    assert read_statement(changed(b"<DTASOF>20260116", b"<DTASOF>20260120"))[0].closing is None
    assert read_statement(changed(b"<DTASOF>20260116", b"<DTASOF>20260115"))[0].closing == Decimal("214.40")
    assert read_statement(changed(b"<BALAMT>214.40", b"<BALAMT>"))[0].closing is None


def test_account_of_the_other_side() -> None:
    data = changed(b"<NAME>", f"<BANKACCTTO><BANKID>1<ACCTID>{IBAN}</BANKACCTTO><NAME>".encode())
    assert read_statement(data)[0].lines[0].counterparty_account == IBAN


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ofx(WRITTEN)[:900], "ofx_unfinished"),
        (ofx(WRITTEN)[:-6], "ofx_unfinished"),
        (changed(b"</STMTTRN>\n<STMTTRN>", b"<STMTTRN>"), "ofx_unfinished"),
        (changed(b"</STMTTRN>\n</BANKTRANLIST>", b"</BANKTRANLIST>"), "ofx_unfinished"),
        (ofx(), "ofx_nothing"),
        (changed(b"<TRNAMT>-6.60", b""), "missing"),
        (changed(b"<DTPOSTED>20260115120000.000[+1:CET]", b""), "missing"),
        (changed(b"<DTPOSTED>20260115", b"<DTPOSTED>20260230"), "bad_date"),
        (changed(b"-6.60", b"-1.006,60"), "statement_amount"),
        (changed(b"-6.60", b"NaN"), "statement_amount"),
        (changed(b"<CURDEF>EUR", b"<CURDEF>EU"), "bad_currency"),
        (changed(b"<NAME>", b"<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY><NAME>"), "statement_currency"),
        (changed(b"<OFX>", b'<!DOCTYPE OFX [<!ENTITY a "b">]><OFX>', 2), "ofx_markup"),
    ],
)
def test_bad_file_is_refused_by_name(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_refusal_points_at_the_line_of_the_movement() -> None:
    data = changed(b"121.00", b"12l.00")
    assert refusal(data).line == data[: data.rindex(b"<STMTTRN>")].count(b"\n") + 1


def test_entities_are_decoded_once() -> None:
    data = changed(b"POS; MCDONALD'S &amp; ", b"&amp;lt;b&amp;gt; ")
    assert read_statement(data)[0].lines[0].text == "&lt;b&gt; Söhne"

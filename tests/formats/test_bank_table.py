"""Tables of banks: the columns, the dates and the figures as seven languages write them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.bank import ColumnMapping, guess_mapping, head_key, is_table, read_head, read_statement
from advisory_portal.formats.bank.columns import guess_mark, guess_order, read_day, read_number
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import write_workbook
from tests.formats.bank_samples import IBAN, line, statement, table

DAY, NEXT = date(2026, 1, 15), date(2026, 1, 16)
LINES = [
    line(DAY, "-1021.50", 'Recibo "luz"; enero', value_on=DAY, balance_after=Decimal("978.50")),
    line(DAY, "1121.00", "Transferencia de Ñandú", value_on=DAY, balance_after=Decimal("2099.50")),
    line(NEXT, "-0.50", "Comisión", value_on=NEXT, balance_after=Decimal("2099.00")),
]
WRITTEN = replace(statement(LINES, opening="2000.00", account_format="table", number=""), format="table")

HEADS = [
    ("Fecha;Fecha valor;Concepto;Importe;Saldo;Divisa", "es"),
    ("Data operació;Data valor;Concepte;Import;Saldo;Divisa", "ca"),
    ("Date;Date de valeur;Libellé;Montant;Solde;Devise", "fr"),
    ("Buchungstag;Valutadatum;Verwendungszweck;Betrag;Saldo nach Buchung;Währung", "de"),
    ("Data;Data valuta;Descrizione;Importo;Saldo;Divisa", "it"),
    ("Data Mov.;Data Valor;Descrição;Montante;Saldo contabilístico;Moeda", "pt"),
    ("Date;Value date;Description;Amount;Balance;Currency", "en"),
]


def refusal(data: bytes, mapping: ColumnMapping | None = None) -> FormatError:
    with pytest.raises(FormatError) as refused:
        read_statement(data, mapping=mapping)
    assert str(refused.value)
    return refused.value


def test_statement_is_read_as_written_in_either_direction() -> None:
    assert read_statement(table(WRITTEN)) == [WRITTEN]
    assert read_statement(table(WRITTEN, newest_first=True)) == [WRITTEN]
    assert read_statement(table(WRITTEN, delimiter=",", mark=".")) == [WRITTEN]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert read_statement(table(WRITTEN).decode().encode(encoding)) == [WRITTEN]


def test_workbook_says_the_same() -> None:
    rows = [
        ["Cuenta", IBAN],
        ["Fecha", "Fecha valor", "Concepto", "Importe", "Saldo", "Divisa"],
        *(
            [f"{one.booked_on}", f"{one.value_on}", one.text, f"{one.amount}", f"{one.balance_after}", "EUR"]
            for one in LINES
        ),
    ]
    assert read_statement(write_workbook(rows, title="Movimientos")) == [WRITTEN]


@pytest.mark.parametrize(("head", "language"), HEADS)
def test_heads_of_seven_languages(head: str, language: str) -> None:
    data = table(WRITTEN).decode().replace("Fecha operación;Fecha valor;Concepto;Importe;Saldo;Divisa", head)
    assert read_statement(data.encode()) == [WRITTEN], language


def test_debit_and_credit_columns_with_and_without_signs() -> None:
    for sign in ("", "-"):
        rows = (
            "Date,Details,Paid out,Paid in,Balance",
            f"03 Jan 2026,Rent,{sign}500.00,,500.00",
            "04 Jan 2026,Sale,,20,520.00",
        )
        (found,) = read_statement("\n".join(rows).encode())
        assert [one.amount for one in found.lines] == [Decimal("-500.00"), Decimal("20")]
        assert (found.opening, found.closing, found.currency) == (Decimal("1000.00"), Decimal("520.00"), "")


def test_counterparty_reference_and_id() -> None:
    data = (
        "Completed Date,Description,Payee,Counterparty IBAN,Reference,Transaction ID,Amount\n"
        f"2026-01-15 10:11:12,Card,Ñandú SL,{IBAN},NOTPROVIDED,tx-1,-5.00\n"
    )
    (found,) = read_statement(data.encode())
    assert found.lines == (
        line(DAY, "-5.00", "Card", counterparty_name="Ñandú SL", counterparty_account=IBAN, bank_id="tx-1"),
    )
    assert (found.opening, found.closing) == (None, None)


def test_notes_and_sums_below_are_left_out() -> None:
    data = table(WRITTEN) + b";;Total;2000,00;;\r\nImpreso el 17/01/2026\r\n"
    assert read_statement(data) == [WRITTEN]


def test_mapping_given_by_a_person_and_remembered_by_its_head() -> None:
    data = b"Wann;Was;Wieviel\n31.12.2025;Miete;-1.000,00\n02.01.2026;Kunde;5,00\n"
    assert refusal(data).code == "table_columns"
    head = read_head(data)
    assert (head.head_row, head.head, head.guess) == (1, ("Wann", "Was", "Wieviel"), None)
    assert head.sample[0] == ("31.12.2025", "Miete", "-1.000,00")
    assert head.key == head_key(["WANN ", "Was:", "Wieviel"]) != head_key(["Was", "Wann", "Wieviel"])
    mapping = ColumnMapping(head_row=1, date=0, date_order="dmy", decimal_mark=",", amount=2, text=(1,))
    (found,) = read_statement(data, mapping=mapping)
    assert [(one.booked_on, one.amount, one.text) for one in found.lines] == [
        (date(2025, 12, 31), Decimal("-1000.00"), "Miete"),
        (date(2026, 1, 2), Decimal("5.00"), "Kunde"),
    ]


def test_guess_of_words_and_cells() -> None:
    head = ["Fecha", "Concepto", "Más datos", "Importe", "Saldo", "Nº"]
    rows = [["01/02/2026", "a", "b", "-1.234,56", "10,00", "1"], ["13/02/2026", "a", "b", "7,00", "17,00", "2"]]
    guess = guess_mapping(head, rows, head_row=3)
    assert guess == ColumnMapping(
        head_row=3, date=0, date_order="dmy", decimal_mark=",", amount=3, balance=4, text=(1, 2)
    )
    assert guess_mapping(head, [["x", "a", "b", "1,00"]]) is None
    assert guess_mapping(["Fecha", "Concepto"], [["01/02/2026", "a"]]) is None


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("15/01/2026", "dmy", DAY),
        ("01/15/2026", "mdy", DAY),
        ("15.1.26", "dmy", DAY),
        ("15-ene-2026", "dmy", DAY),
        ("15 janv. 2026", "dmy", DAY),
        ("15. Jän. 2026", "dmy", DAY),
        ("15 gennaio 2026", "dmy", DAY),
        ("2026-01-15T23:59:59", "dmy", DAY),
        ("2026/01/15", "mdy", DAY),
        ("20260115", "dmy", DAY),
        ("15/01/2026 08:00", "dmy", DAY),
        ("26-01-15", "ymd", DAY),
        ("30/02/2026", "dmy", None),
        ("15/01", "dmy", None),
        ("Total", "dmy", None),
        ("", "dmy", None),
    ],
)
def test_dates(cell: str, order: str, day: date | None) -> None:
    assert read_day(cell, order) == day


@pytest.mark.parametrize(
    ("cell", "mark", "number"),
    [
        ("1.234.567,89", ",", "1234567.89"),
        ("1,234,567.89", ".", "1234567.89"),
        ("1'234.50", ".", "1234.50"),
        ("1\u202f234,50 €", ",", "1234.50"),
        ("-12,5", ",", "-12.5"),
        ("−12,50", ",", "-12.50"),
        ("12,50-", ",", "-12.50"),
        ("(12.50)", ".", "-12.50"),
        ("+12", ".", "12"),
        ("€ 12.00", ".", "12.00"),
        ("EUR 12.00", ".", "12.00"),
        (",5", ",", "0.5"),
        ("0.30000000000000004", ".", "0.3"),
        ("1049.6299999999999", ".", "1049.63"),
        ("1.23.456,00", ",", None),
        ("12.34", ",", None),
        ("1e5", ".", None),
        ("NaN", ".", None),
        ("-", ",", None),
        ("", ",", None),
    ],
)
def test_figures(cell: str, mark: str, number: str | None) -> None:
    found = read_number(cell, mark)
    assert (None if found is None else str(found)) == number


def test_marks_and_orders_are_guessed_of_many() -> None:
    assert guess_mark(["1.234", "2,50"]) == ","
    assert guess_mark(["1,234", "2.50"]) == "."
    assert (guess_mark(["1.234", "2.000"]), guess_mark(["1,234"]), guess_mark(["12"])) == (",", ".", ".")
    assert guess_order(["01/02/2026", "13/02/2026"]) == "dmy"
    assert guess_order(["02/01/2026", "02/13/2026"]) == "mdy"
    assert guess_order(["01/30/2026", "02/01/2026", "02/02/2026"]) == "mdy"
    assert guess_order(["01/02/2026", "01/03/2026", "01/04/2026"]) == "mdy"  # days in a row, not months
    assert guess_order(["26-01-30", "26-01-31", "26-02-01"]) == "ymd"


def changed(find: str, put: str) -> bytes:
    data = table(WRITTEN).decode()
    assert find in data
    return data.replace(find, put).encode()


@pytest.mark.parametrize(
    ("data", "code", "line_number"),
    [
        (changed("2.099,50", "2.099,51"), "table_balance", 6),
        (changed("-0,50", "-0,5x"), "statement_amount", 7),
        (changed("-0,50", "-99999999999999,00"), "statement_amount", 7),
        (changed("2.099,00;EUR", "2.099,00;USD"), "statement_currency", 7),
        (changed("16/01/2026;16/01/2026", "1x/01/2026;16/01/2026"), "table_date", 7),
        (table(replace(WRITTEN, lines=())), "table_columns", None),
        (b"hello world\nof text\n", "table_columns", None),
    ],
)
def test_bad_table_is_refused_with_its_line(data: bytes, code: str, line_number: int | None) -> None:
    error = refusal(data)
    assert (error.code, error.line) == (code, line_number)


def test_table_without_rows_for_its_mapping() -> None:
    mapping = ColumnMapping(head_row=9, date=0, date_order="dmy", decimal_mark=",", amount=3)
    assert refusal(table(WRITTEN), mapping).code == "table_only_head"


def test_only_tables_take_a_mapping() -> None:
    assert is_table(table(WRITTEN))
    assert not is_table(b"<Document/>")

"""Figures, dates, currencies, texts and repeats, in whatever document they stand."""

import pickle
from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.invoice import MAX_LINES, MAX_REPEATS, NAME_LENGTH, NOTE_LENGTH, NUMBER_LENGTH
from tests.formats.edits import edited, refusal_of
from tests.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice

PAYABLE = b'<cbc:PayableAmount currencyID="EUR">34.10</cbc:PayableAmount>'


def payable(value: str, attribute: str = 'currencyID="EUR"') -> bytes:
    amount = f"<cbc:PayableAmount {attribute}>{value}</cbc:PayableAmount>"
    return edited(ubl_invoice(), PAYABLE, amount.encode())


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("+5", "5"),
        ("-5.1", "-5.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007.10", "7.10"),
        (" \n 12.34\t", "12.34"),
        ("1<!-- a comment -->2", "12"),
        ("<![CDATA[12]]>", "12"),
        ("&#49;2", "12"),
        ("12.3450000", "12.345"),
        ("99999999999999999.999", "99999999999999999.999"),
    ],
)
def test_amount_is_read_as_given(given: str, read: str) -> None:
    found = read_invoice(payable(given)).payable
    assert str(found) == read


@pytest.mark.parametrize(
    "given",
    [
        "1,50",
        "1.234,56",
        "1 000",
        "1e3",
        "NaN",
        "INF",
        "-Infinity",
        "--1",
        "+-1",
        ".",
        "-",
        "0x1F",
        "1_000",
        "١٢",
        "ten",
        "5€",
    ],
)
def test_what_is_no_decimal_is_refused_with_its_line(given: str) -> None:
    data = payable(given)
    error = refusal_of(data)
    line = data[: data.index(b"<cbc:PayableAmount")].count(b"\n") + 1
    assert (error.code, error.element, error.line) == ("bad_number", "cbc:PayableAmount", line)
    assert str(error) == f'Line {line}: cbc:PayableAmount is not a number: "{given}".'


@pytest.mark.parametrize("given", ["100000000000000000", "0.0001", "1" * 5000, "0." + "1" * 5000])
def test_amount_beyond_its_column_is_refused(given: str) -> None:
    error = refusal_of(payable(given))
    assert (error.code, error.params["digits"], error.params["decimals"]) == ("number_range", 17, 3)
    assert len(str(error)) < 250


def test_price_and_quantity_have_twelve_and_eight_digits() -> None:
    fits = "123456789012.12345678"
    line = read_invoice(ubl_invoice(lines=[("Bread", fits, fits, 1, 0)])).lines[0]
    assert (str(line.quantity), str(line.unit_price)) == (fits, fits)
    assert refusal_of(ubl_invoice(lines=[("Bread", "1234567890123", 1, 1, 0)])).element == "cbc:InvoicedQuantity"
    error = refusal_of(ubl_invoice(lines=[("Bread", 1, "0.123456789", 1, 0)]))
    assert (error.code, error.element, error.params["decimals"]) == ("number_range", "cbc:PriceAmount", 8)


def test_percent_has_three_and_six_digits() -> None:
    data = ubl_invoice(lines=[("Bread", 1, 1, None, 21)])
    wanted = b"<cbc:Percent>21</cbc:Percent>"
    assert read_invoice(edited(data, wanted, b"<cbc:Percent>999.123456</cbc:Percent>")).taxes[0].percent == Decimal(
        "999.123456"
    )
    assert refusal_of(edited(data, wanted, b"<cbc:Percent>1000</cbc:Percent>")).code == "number_range"
    assert refusal_of(edited(data, wanted, b"<cbc:Percent>1.1234567</cbc:Percent>")).code == "number_range"


def test_totals_are_kept_as_given_however_wrong() -> None:
    found = read_invoice(ubl_invoice(lines_net="1", tax_exclusive="2", tax_total="3", tax_inclusive="4", payable="5"))
    assert (found.lines_net, found.tax_exclusive, found.tax_total) == (1, 2, 3)
    assert (found.tax_inclusive, found.payable) == (4, 5)


def test_totals_left_out_are_zero() -> None:
    data = edited(ubl_invoice(), b'<cbc:PrepaidAmount currencyID="EUR">0</cbc:PrepaidAmount>', b"")
    found = read_invoice(data)
    assert (found.prepaid, found.rounding, found.allowances, found.charges) == (0, 0, 0, 0)
    assert found.tax_total_in_tax_currency is None


@pytest.mark.parametrize(
    "given", ["2026-03-02", "2026-03-02Z", "2026-03-02+14:00", "2026-03-02-05:00", " 2026-03-02\n"]
)
def test_date_is_read_without_its_time_zone(given: str) -> None:
    assert read_invoice(ubl_invoice(issued_on=given)).issued_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    "given",
    [
        "02/03/2026",
        "2026-02-30",
        "2026-3-2",
        "20260302",
        "2026-W10-1",
        "2026-03-02T10:00:00",
        "0000-01-01",
        "x",
    ],
)
def test_what_is_no_date_is_refused_with_its_line(given: str) -> None:
    error = refusal_of(ubl_invoice(issued_on=given))
    assert (error.code, error.element, error.line) == ("bad_date", "cbc:IssueDate", 7)
    assert str(error) == f'Line 7: cbc:IssueDate is not a date: "{given}".'


@pytest.mark.parametrize("given", ["eur", "EURO", "€", "E1R"])
def test_what_is_no_currency_is_refused(given: str) -> None:
    error = refusal_of(ubl_invoice(currency=given))
    assert (error.code, error.element) == ("bad_currency", "cbc:DocumentCurrencyCode")


def test_currency_unknown_to_the_caller_is_refused() -> None:
    assert read_invoice(cii_invoice(currency="CHF"), currencies={"CHF"}).currency == "CHF"
    with pytest.raises(FormatError) as caught:
        read_invoice(cii_invoice(currency="CHF"), currencies={"EUR"})
    assert str(caught.value).endswith('ram:InvoiceCurrencyCode is not a known currency: "CHF".')


def test_amount_in_another_currency_is_refused() -> None:
    error = refusal_of(payable("34.10", 'currencyID="USD"'))
    assert (error.code, error.element) == ("currency_mismatch", "cbc:PayableAmount")
    assert str(error).endswith("cbc:PayableAmount is in USD, but the invoice is in EUR.")


@pytest.mark.parametrize("name", [b"PriceAmount", b"LineExtensionAmount", b"TaxableAmount", b"TaxAmount"])
def test_every_amount_must_be_in_the_currency_of_the_invoice(name: bytes) -> None:
    data = edited(ubl_invoice(), b'<cbc:%s currencyID="EUR"' % name, b'<cbc:%s currencyID="USD"' % name)
    assert refusal_of(data).code == "currency_mismatch"


def test_tax_total_in_a_third_currency_is_refused() -> None:
    data = edited(cii_invoice(), b'<ram:TaxTotalAmount currencyID="EUR"', b'<ram:TaxTotalAmount currencyID="USD"')
    assert refusal_of(data).code == "currency_mismatch"


def test_amount_without_currency_is_in_that_of_the_invoice() -> None:
    assert read_invoice(payable("34.10", "")).payable == Decimal("34.10")


@pytest.mark.parametrize("name", [b"PayableAmount", b"IssueDate", b"ID", b"DocumentCurrencyCode"])
def test_field_given_twice_is_refused(name: bytes) -> None:
    data = ubl_invoice()
    start = data.index(b"<cbc:" + name)
    end = data.index(b"</cbc:" + name + b">") + len(name) + 7
    error = refusal_of(data[:end] + data[start:end] + data[end:])
    assert (error.code, error.element) == ("repeated", f"cbc:{name.decode()}")


def test_tax_total_given_twice_is_refused() -> None:
    total = b'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">1</cbc:TaxAmount></cac:TaxTotal>'
    data = edited(ubl_invoice(), b"<cac:LegalMonetaryTotal>", total + b"<cac:LegalMonetaryTotal>")
    assert refusal_of(data).code == "repeated"


@pytest.mark.parametrize(("value", "read"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_flag_is_read(value: str, read: bool) -> None:
    charge = f"<cbc:ChargeIndicator>{value}</cbc:ChargeIndicator><cbc:Amount>1</cbc:Amount>"
    element = f"<cac:AllowanceCharge>{charge}</cac:AllowanceCharge>".encode()
    data = edited(ubl_invoice(), b"<cac:TaxTotal>", element + b"<cac:TaxTotal>")
    assert [item.is_charge for item in read_invoice(data).allowances_charges] == [read]


@pytest.mark.parametrize("value", ["yes", "TRUE", "2"])
def test_what_is_no_flag_is_refused(value: str) -> None:
    charge = f"<cac:AllowanceCharge><cbc:ChargeIndicator>{value}</cbc:ChargeIndicator></cac:AllowanceCharge>"
    error = refusal_of(edited(ubl_invoice(), b"<cac:TaxTotal>", charge.encode() + b"<cac:TaxTotal>"))
    assert (error.code, error.element) == ("bad_flag", "cbc:ChargeIndicator")


def test_missing_flag_is_refused() -> None:
    charge = b"<cac:AllowanceCharge><cbc:Amount>1</cbc:Amount></cac:AllowanceCharge>"
    error = refusal_of(edited(ubl_invoice(), b"<cac:TaxTotal>", charge + b"<cac:TaxTotal>"))
    assert (error.code, error.element) == ("missing", "cbc:ChargeIndicator")


def test_texts_have_limits() -> None:
    longest = {"number": "N" * NUMBER_LENGTH, "seller_name": "S" * NAME_LENGTH, "note": "t" * NOTE_LENGTH}
    found = read_invoice(ubl_invoice(**longest))
    assert (found.number, found.seller.name, found.notes[0].text) == tuple(longest.values())
    for field, text in longest.items():
        error = refusal_of(ubl_invoice(**{field: text + "x"}))
        assert (error.code, error.params["limit"]) == ("too_long", len(text))


def test_attribute_has_a_limit() -> None:
    data = edited(ubl_invoice(), b'unitCode="C62"', b'unitCode="%s"' % (b"C" * (NAME_LENGTH + 1)))
    assert (refusal_of(data).code, refusal_of(data).element) == ("too_long", "@unitCode")


def test_white_space_in_a_name_is_one_space_and_line_breaks_in_a_note_stay() -> None:
    found = read_invoice(ubl_invoice(buyer_name=" Two \n  words\t", note="  One\r\n two "))
    assert (found.buyer.name, found.notes[0].text) == ("Two words", "One\n two")


@pytest.mark.parametrize("make", [ubl_invoice, ubl_credit_note, cii_invoice])
def test_five_thousand_lines_are_the_limit(make: object) -> None:
    assert callable(make)
    assert len(read_invoice(make(lines=[("Bread", 1, 1, 1, 0)] * MAX_LINES)).lines) == MAX_LINES
    error = refusal_of(make(lines=[("Bread", 1, 1, 1, 0)] * (MAX_LINES + 1)))
    assert (error.code, error.params["limit"]) == ("too_many", MAX_LINES)


def test_other_elements_have_a_limit_too() -> None:
    note = b"<cbc:Note>n</cbc:Note>"
    data = edited(
        ubl_invoice(note=""),
        b"<cbc:DocumentCurrencyCode>",
        note * MAX_REPEATS + b"<cbc:DocumentCurrencyCode>",
    )
    assert len(read_invoice(data).notes) == MAX_REPEATS
    error = refusal_of(edited(data, note, note + note))
    assert (error.code, error.element, error.params["limit"]) == ("too_many", "cbc:Note", MAX_REPEATS)


def test_damaged_attachment_is_refused() -> None:
    reference = (
        b"<cac:AdditionalDocumentReference><cbc:ID>d</cbc:ID><cac:Attachment>"
        b"<cbc:EmbeddedDocumentBinaryObject>QUJD!</cbc:EmbeddedDocumentBinaryObject>"
        b"</cac:Attachment></cac:AdditionalDocumentReference>"
    )
    data = edited(ubl_invoice(), b"<cac:AccountingSupplierParty>", reference + b"<cac:AccountingSupplierParty>")
    error = refusal_of(data)
    assert (error.code, error.element) == (
        "bad_attachment",
        "cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
    )


def test_refusal_survives_pickling() -> None:
    error = refusal_of(payable("ten"))
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.code, copy.line, copy.params) == (
        str(error),
        "bad_number",
        error.line,
        error.params,
    )

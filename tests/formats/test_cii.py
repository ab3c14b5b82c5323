"""What a cross industry invoice may say in its own ways, and what it must say."""

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.invoice import PaymentMeans
from tests.formats.edits import edited, refusal_of
from tests.formats.full import CII
from tests.formats.samples import cii_invoice


@pytest.mark.parametrize("code", ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "532"])
def test_type_code_tells_a_credit_note(code: str) -> None:
    assert read_invoice(cii_invoice(type_code=code)).kind == "credit_note"


@pytest.mark.parametrize("code", ["380", "384", "389", "326", "751"])
def test_other_type_codes_are_invoices(code: str) -> None:
    assert read_invoice(cii_invoice(type_code=code)).kind == "invoice"


def test_payment_reference_without_payment_means_is_kept() -> None:
    data = CII
    while b"<ram:SpecifiedTradeSettlementPaymentMeans>" in data:
        start = data.index(b"<ram:SpecifiedTradeSettlementPaymentMeans>")
        end = data.index(b"</ram:SpecifiedTradeSettlementPaymentMeans>") + 43
        data = data[:start] + data[end:]
    assert read_invoice(data).payment_means == (PaymentMeans(reference="ref", mandate="mandate"),)


def test_invoice_without_any_payment_means_has_none() -> None:
    data = cii_invoice()
    start = data.index(b"<ram:SpecifiedTradeSettlementPaymentMeans>")
    end = data.index(b"</ram:SpecifiedTradeSettlementPaymentMeans>") + 43
    assert read_invoice(data[:start] + data[end:]).payment_means == ()


def test_date_in_another_format_is_refused_with_its_line() -> None:
    data = edited(cii_invoice(), b'"102">20260302', b'"610">202603')
    error = refusal_of(data)
    line = data[: data.index(b'"610"')].count(b"\n") + 1
    assert (error.code, error.line, error.element) == (
        "date_format",
        line,
        "ram:IssueDateTime/udt:DateTimeString",
    )
    assert error.params["value"] == "610"


@pytest.mark.parametrize("value", [b"2026-03-02", b"20260230", b"2026032", b"202603021", b"0000\xd9\xa11\xd9\xa11"])
def test_wrong_date_is_refused(value: bytes) -> None:
    assert refusal_of(edited(cii_invoice(), b"20260302", value)).code == "bad_date"


@pytest.mark.parametrize(
    "element",
    [
        "rsm:ExchangedDocument",
        "ram:TypeCode",
        "ram:IssueDateTime",
        "ram:InvoiceCurrencyCode",
        "ram:ApplicableHeaderTradeAgreement",
        "ram:ApplicableHeaderTradeSettlement",
        "ram:SellerTradeParty",
        "ram:BuyerTradeParty",
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        "ram:TaxBasisTotalAmount",
        "ram:GrandTotalAmount",
        "ram:DuePayableAmount",
        "ram:LineID",
        "ram:AssociatedDocumentLineDocument",
        "ram:SpecifiedTradeProduct",
        "ram:NetPriceProductTradePrice",
        "ram:ChargeAmount",
        "ram:SpecifiedLineTradeDelivery",
        "ram:BilledQuantity",
        "ram:SpecifiedLineTradeSettlement",
        "ram:SpecifiedTradeSettlementLineMonetarySummation",
        "ram:LineTotalAmount",
    ],
)
def test_required_element_left_out_is_named(element: str) -> None:
    whole = cii_invoice()
    start = whole.index(f"<{element}".encode())
    if element == "ram:TypeCode":  # of the document, not of a tax
        assert whole[start:].startswith(b"<ram:TypeCode>380")
    end = whole.index(f"</{element}>".encode()) + len(element) + 3
    error = refusal_of(whole[:start] + whole[end:])
    assert (error.code, str(error.element).split("/")[0]) == ("missing", element)


@pytest.mark.parametrize(
    ("text", "element"),
    [(b"<ram:ID>F-2026-0001</ram:ID>", "ram:ID"), (b"<ram:Name>Delta Tools SL</ram:Name>", "ram:Name")],
)
def test_missing_number_or_name_is_named(text: bytes, element: str) -> None:
    error = refusal_of(edited(cii_invoice(), text, b""))
    assert (error.code, error.element) == ("missing", element)


def test_invoice_without_lines_is_refused() -> None:
    error = refusal_of(cii_invoice(lines=[]))
    assert (error.code, error.element) == ("missing", "ram:IncludedSupplyChainTradeLineItem")

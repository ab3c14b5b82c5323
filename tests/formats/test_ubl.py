"""What UBL may say in several ways, and what it must say."""

from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.invoice import PrecedingInvoice
from tests.formats.edits import edited, refusal_of
from tests.formats.full import UBL
from tests.formats.samples import ubl_credit_note, ubl_invoice


def test_credit_note_is_told_by_its_root_and_due_beside_its_payment_means() -> None:
    found = read_invoice(ubl_credit_note(due_on="2026-05-06", lines=[("Bread", 3, "1.10", None, 10)]))
    assert (found.kind, found.type_code, found.due_on) == ("credit_note", "381", date(2026, 5, 6))
    assert found.preceding_invoices == (PrecedingInvoice(number="F-2025-0900"),)
    assert [(line.quantity, line.unit, line.net) for line in found.lines] == [(3, "C62", Decimal("3.30"))]


def test_invoice_root_with_the_code_of_a_credit_note_is_a_credit_note() -> None:
    assert read_invoice(ubl_invoice(type_code="381")).kind == "credit_note"


def test_last_of_several_payment_due_dates_is_the_due_date() -> None:
    means = b"<cac:PaymentMeans><cbc:PaymentDueDate>%s</cbc:PaymentDueDate></cac:PaymentMeans>"
    several = means % b"2026-05-01" + means % b"2026-07-01" + means % b"2026-06-01"
    data = edited(ubl_invoice(due_on=""), b"<cac:TaxTotal>", several + b"<cac:TaxTotal>")
    assert read_invoice(data).due_on == date(2026, 7, 1)


def test_delivery_without_place_is_only_a_date() -> None:
    delivery = b"<cac:Delivery><cbc:ActualDeliveryDate>2026-05-01</cbc:ActualDeliveryDate></cac:Delivery>"
    found = read_invoice(edited(ubl_invoice(), b"<cac:PaymentMeans>", delivery + b"<cac:PaymentMeans>"))
    assert (found.delivered_on, found.delivery) == (date(2026, 5, 1), None)


def test_project_of_a_credit_note_is_an_additional_reference() -> None:
    reference = (
        b"<cac:AdditionalDocumentReference><cbc:ID>P7</cbc:ID><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode>"
        b"</cac:AdditionalDocumentReference>"
    )
    data = edited(ubl_credit_note(), b"<cac:AccountingSupplierParty>", reference + b"<cac:AccountingSupplierParty>")
    found = read_invoice(data)
    assert (found.project_reference, found.documents) == ("P7", ())


def test_percent_beside_the_category_of_a_tax_group_is_read() -> None:
    data = edited(
        ubl_invoice(lines=[("Bread", 1, 1, None, 7)]),
        b"<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>7</cbc:Percent>",
        b"<cbc:Percent>7</cbc:Percent><cac:TaxCategory><cbc:ID>S</cbc:ID>",
    )
    assert [group.percent for group in read_invoice(data).taxes] == [7]


def test_tax_groups_in_the_tax_currency_are_not_mixed_in() -> None:
    other = UBL.replace(
        b'<cbc:TaxAmount currencyID="EUR">0.11</cbc:TaxAmount>',
        b'<cbc:TaxAmount currencyID="EUR">0.11</cbc:TaxAmount><cac:TaxSubtotal>'
        b'<cbc:TaxableAmount currencyID="EUR">9</cbc:TaxableAmount>'
        b'<cbc:TaxAmount currencyID="EUR">0.11</cbc:TaxAmount></cac:TaxSubtotal>',
    )
    assert other != UBL
    assert read_invoice(other) == read_invoice(UBL)


def test_references_given_twice_are_both_kept() -> None:
    data = edited(UBL, b"<cbc:ID>contract</cbc:ID>", b"<cbc:ID>contract</cbc:ID><cbc:ID>annex</cbc:ID>")
    assert read_invoice(data).contract_reference == "contract, annex"


@pytest.mark.parametrize(
    ("element", "start", "end"),
    [
        ("cbc:ID", b"<cbc:ID>F-2026-0001", b"</cbc:ID>"),
        ("cbc:IssueDate", b"<cbc:IssueDate>", b"</cbc:IssueDate>"),
        ("cbc:InvoiceTypeCode", b"<cbc:InvoiceTypeCode>", b"</cbc:InvoiceTypeCode>"),
        ("cbc:DocumentCurrencyCode", b"<cbc:DocumentCurrencyCode>", b"</cbc:DocumentCurrencyCode>"),
        (
            "cac:AccountingSupplierParty/cac:Party",
            b"<cac:AccountingSupplierParty>",
            b"</cac:AccountingSupplierParty>",
        ),
        (
            "cac:AccountingCustomerParty/cac:Party",
            b"<cac:AccountingCustomerParty>",
            b"</cac:AccountingCustomerParty>",
        ),
        (
            "cac:PartyLegalEntity/cbc:RegistrationName",
            b"<cbc:RegistrationName>Delta",
            b"</cbc:RegistrationName>",
        ),
        (
            "cac:PartyLegalEntity/cbc:RegistrationName",
            "<cbc:RegistrationName>É".encode(),
            b"</cbc:RegistrationName>",
        ),
        ("cbc:TaxAmount", b'<cbc:TaxAmount currencyID="EUR">5.60', b"</cbc:TaxAmount>"),
        ("cbc:TaxAmount", b'<cbc:TaxAmount currencyID="EUR">5.25', b"</cbc:TaxAmount>"),
        ("cbc:TaxableAmount", b"<cbc:TaxableAmount", b"</cbc:TaxableAmount>"),
        ("cac:LegalMonetaryTotal", b"<cac:LegalMonetaryTotal>", b"</cac:LegalMonetaryTotal>"),
        (
            "cbc:LineExtensionAmount",
            b'<cbc:LineExtensionAmount currencyID="EUR">28',
            b"</cbc:LineExtensionAmount>",
        ),
        ("cbc:TaxExclusiveAmount", b"<cbc:TaxExclusiveAmount", b"</cbc:TaxExclusiveAmount>"),
        ("cbc:TaxInclusiveAmount", b"<cbc:TaxInclusiveAmount", b"</cbc:TaxInclusiveAmount>"),
        ("cbc:PayableAmount", b"<cbc:PayableAmount", b"</cbc:PayableAmount>"),
        ("cbc:ID", b"<cbc:ID>1</cbc:ID>", b""),
        ("cbc:InvoicedQuantity", b"<cbc:InvoicedQuantity", b"</cbc:InvoicedQuantity>"),
        (
            "cbc:LineExtensionAmount",
            b'<cbc:LineExtensionAmount currencyID="EUR">25',
            b"</cbc:LineExtensionAmount>",
        ),
        ("cac:Item", b"<cac:Item>", b"</cac:Item>"),
        ("cbc:Name", b"<cbc:Name>Hammer", b"</cbc:Name>"),
        ("cac:Price", b"<cac:Price>", b"</cac:Price>"),
        ("cbc:PriceAmount", b"<cbc:PriceAmount", b"</cbc:PriceAmount>"),
    ],
)
def test_required_element_left_out_is_named(element: str, start: bytes, end: bytes) -> None:
    whole = ubl_invoice()
    first = whole.index(start)
    last = whole.index(end, first + len(start)) + len(end) if end else first + len(start)
    error = refusal_of(whole[:first] + whole[last:])
    assert (error.code, error.element) == ("missing", element)


def test_missing_element_points_at_the_line_of_its_parent() -> None:
    data = edited(ubl_invoice(), b'<cbc:PayableAmount currencyID="EUR">34.10</cbc:PayableAmount>', b"")
    line = data[: data.index(b"<cac:LegalMonetaryTotal>")].count(b"\n") + 1
    assert str(refusal_of(data)) == f"Line {line}: cbc:PayableAmount is missing or empty."


def test_invoice_without_lines_is_refused() -> None:
    with pytest.raises(FormatError) as caught:
        read_invoice(ubl_invoice(lines=[]))
    assert (caught.value.code, caught.value.element) == ("missing", "cac:InvoiceLine")

"""What is written as UBL is valid and reads as it was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.invoice import (
    Delivery,
    Identifier,
    InvoiceFile,
    Note,
    PaymentMeans,
    PrecedingInvoice,
    SupportingDocument,
)
from advisory_portal.formats.ubl_writer import write_ubl
from tests.formats.full import CII, UBL
from tests.formats.norm import faults
from tests.formats.test_official_examples import FIGURES, read, shared_data
from tests.formats.written import as_the_norm_holds, whole


@shared_data
@pytest.mark.parametrize("name", FIGURES)
def test_official_examples_come_out_valid_and_as_they_went_in(name: str) -> None:
    invoice = read(name)
    written = write_ubl(invoice)
    assert faults(written) == []
    assert as_the_norm_holds(read_invoice(written)) == as_the_norm_holds(invoice)


@pytest.mark.parametrize("data", [UBL, CII], ids=["ubl", "cii"])
def test_every_field_survives(data: bytes) -> None:
    invoice = read_invoice(data)
    assert as_the_norm_holds(read_invoice(write_ubl(invoice))) == as_the_norm_holds(invoice)


def test_a_whole_invoice_is_valid_and_reads_as_it_was() -> None:
    written = write_ubl(whole())
    assert faults(written) == []
    assert read_invoice(written) == whole()


def test_a_credit_note_is_a_credit_note() -> None:
    invoice = replace(
        whole(),
        kind="credit_note",
        type_code="381",
        preceding_invoices=(PrecedingInvoice(number="F-1", issued_on=date(2026, 1, 31)),),
    )
    written = write_ubl(invoice)
    assert faults(written) == []
    assert etree.QName(etree.fromstring(written)).localname == "CreditNote"
    assert read_invoice(written) == invoice


def test_amounts_have_two_decimals_and_quantities_no_needless_ones() -> None:
    written = write_ubl(whole()).decode()
    assert '<cbc:PayableAmount currencyID="EUR">121.00</cbc:PayableAmount>' in written
    assert '<cbc:InvoicedQuantity unitCode="HUR">2.5</cbc:InvoicedQuantity>' in written
    assert "<cbc:Percent>21</cbc:Percent>" in written


def test_a_sales_order_alone_has_the_order_that_the_schema_wants() -> None:
    written = write_ubl(replace(whole(), order_reference="", sales_order_reference="SO-1"))
    assert faults(written) == []
    assert read_invoice(written).order_reference == "NA"


def test_no_more_of_a_card_than_its_last_digits() -> None:
    card = PaymentMeans(code="48", card_number="************1234", card_holder="A Holder")
    written = write_ubl(replace(whole(), payment_means=(card,)))
    assert faults(written) == []
    assert b">******1234<" in written


def test_the_direct_debit_creditor_is_told_once() -> None:
    debit = PaymentMeans(code="59", mandate="M-1", debited_account="ES9121000418450200051332")
    invoice = replace(whole(), payment_means=(debit,), creditor_reference="ES12ZZZ123")
    written = write_ubl(invoice)
    assert faults(written) == []
    again = read_invoice(written)
    assert again.creditor_reference == "ES12ZZZ123"
    assert again.seller.identifiers == (Identifier(value="ES12ZZZ123", scheme="SEPA"),)
    assert write_ubl(again) == written


def test_attachments_and_notes_with_subjects_survive() -> None:
    document = SupportingDocument(id="A", filename="a.csv", mime="text/csv", content=b"a,b")
    invoice = replace(whole(), documents=(document,), notes=(Note(text="Two\nlines", subject="AAI"),))
    written = write_ubl(invoice)
    assert faults(written) == []
    assert read_invoice(written) == invoice


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    written = write_ubl(replace(whole(), buyer_reference="a\x00b\x0bc"))
    assert read_invoice(written).buyer_reference == "abc"


def test_a_tax_point_is_a_date_or_a_code() -> None:
    both: InvoiceFile = replace(whole(), tax_point_on=date(2026, 3, 1), tax_point_code="29")
    assert read_invoice(write_ubl(both)).tax_point_code == ""
    assert read_invoice(write_ubl(replace(both, tax_point_on=None))).tax_point_code == "35"


def test_delivery_without_a_place_keeps_its_day() -> None:
    invoice = replace(whole(), delivery=Delivery(name="Warehouse"), delivered_on=date(2026, 3, 1))
    assert read_invoice(write_ubl(invoice)) == invoice


def test_three_decimals_are_not_lost() -> None:
    invoice = replace(whole(), currency="KWD", rounding=Decimal("0.005"))
    assert read_invoice(write_ubl(invoice)).rounding == Decimal("0.005")

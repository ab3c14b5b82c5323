"""What is written as CII is valid for Factur-X EN 16931 and reads as it was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.cii_writer import write_cii
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.invoice import AllowanceCharge, Note, PaymentMeans, PrecedingInvoice, SupportingDocument
from advisory_portal.formats.ubl_writer import write_ubl
from tests.formats.full import CII, UBL
from tests.formats.norm import faults
from tests.formats.test_official_examples import FIGURES, read, shared_data
from tests.formats.written import as_the_norm_holds, whole


@shared_data
@pytest.mark.parametrize("name", FIGURES)
def test_official_examples_come_out_valid_and_as_they_went_in(name: str) -> None:
    invoice = read(name)
    written = write_cii(invoice)
    assert faults(written) == []
    assert as_the_norm_holds(read_invoice(written)) == as_the_norm_holds(invoice)


@pytest.mark.parametrize("data", [UBL, CII], ids=["ubl", "cii"])
def test_every_field_survives(data: bytes) -> None:
    invoice = read_invoice(data)
    assert as_the_norm_holds(read_invoice(write_cii(invoice))) == as_the_norm_holds(invoice)


def test_a_whole_invoice_is_valid_and_reads_as_it_was() -> None:
    written = write_cii(whole())
    assert faults(written) == []
    assert read_invoice(written) == whole()


def test_both_syntaxes_say_the_same() -> None:
    assert read_invoice(write_cii(whole())) == read_invoice(write_ubl(whole()))


def test_a_credit_note_names_what_it_corrects() -> None:
    invoice = replace(
        whole(),
        kind="credit_note",
        type_code="381",
        preceding_invoices=(PrecedingInvoice(number="F-1", issued_on=date(2026, 1, 31)),),
    )
    written = write_cii(invoice)
    assert faults(written) == []
    assert read_invoice(written) == invoice


def test_an_account_that_is_no_iban_is_kept_as_such() -> None:
    invoice = replace(whole(), payment_means=(PaymentMeans(code="30", account="4711"),))
    written = write_cii(invoice)
    assert faults(written) == []
    assert b"<ram:ProprietaryID>4711</ram:ProprietaryID>" in written
    assert read_invoice(written) == invoice


def test_a_reference_without_means_is_kept() -> None:
    invoice = replace(whole(), payment_means=(PaymentMeans(reference="RF18"),))
    written = write_cii(invoice)
    assert b"SpecifiedTradeSettlementPaymentMeans" not in written
    assert read_invoice(written) == invoice


def test_allowances_attachments_and_notes_survive() -> None:
    allowance = AllowanceCharge(
        is_charge=False,
        amount=Decimal("10"),
        reason="Loyal",
        tax_category="S",
        tax_percent=Decimal("21"),
    )
    group = replace(whole().taxes[0], taxable=Decimal("90"), tax=Decimal("18.90"))
    invoice = replace(
        whole(),
        allowances_charges=(allowance,),
        taxes=(group,),
        allowances=Decimal("10"),
        tax_exclusive=Decimal("90"),
        tax_total=Decimal("18.90"),
        tax_inclusive=Decimal("108.90"),
        payable=Decimal("108.90"),
        documents=(SupportingDocument(id="A", filename="a.csv", mime="text/csv", content=b"a,b"),),
        notes=(Note(text="Two\nlines", subject="AAI"),),
    )
    written = write_cii(invoice)
    assert faults(written) == []
    assert read_invoice(written) == invoice


def test_the_judges_find_a_wrong_sum() -> None:
    wrong = replace(whole(), payable=Decimal("120"))
    for data in (write_cii(wrong), write_ubl(wrong)):
        assert any("BR-CO-16" in fault for fault in faults(data))

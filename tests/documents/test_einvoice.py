"""Documents of ours as electronic invoices that the norm accepts, whatever their taxes; refused where it would not."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.invoice import AllowanceCharge, PrecedingInvoice
from documents import einvoice
from documents.actions import credit_document, import_invoice, issue_document
from documents.models import Document, DocumentSettings, Kind
from documents.rules import AdjustmentContent, Tax
from tests.factories import ContactFactory, drafted_document, issued_document, typed_line
from tests.formats.norm import faults
from tests.formats.samples import ubl_invoice
from tests.formats.test_official_examples import FIGURES, FOLDER, shared_data
from tests.formats.written import as_the_norm_holds

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
IBAN = "ES9121000418450200051332"
FULL = Tax("S", Decimal(21))
WITH_SURCHARGE = Tax("S", Decimal(21), Decimal("5.2"))


@pytest.fixture
def hora(delta):
    return ContactFactory(
        organisation=delta, name="Hora SARL", country="FR", tax_id="FR12345678901", email="compta@hora.example"
    )


@pytest.fixture
def read(django_assert_num_queries):
    """Both syntaxes of a document: valid, equal, made without a query; what they say."""

    def both(document):
        found = Document.objects.for_reading().get(pk=document.pk)
        with django_assert_num_queries(0):
            ubl, cii = einvoice.as_ubl(found), einvoice.as_cii(found)
        assert faults(ubl) == []
        assert faults(cii) == []
        assert as_the_norm_holds(read_invoice(ubl)) == as_the_norm_holds(read_invoice(cii))
        return read_invoice(ubl)

    return both


def refusal(document):
    with pytest.raises(einvoice.NotElectronic) as caught:
        einvoice.as_ubl(Document.objects.for_reading().get(pk=document.pk))
    return caught.value.message


def groups(invoice):
    return [(one.category, one.percent, one.taxable, one.tax) for one in invoice.taxes]


def test_an_invoice_says_who_what_and_how_to_pay(read, delta, hora):
    DocumentSettings.objects.create(organisation=delta, iban=IBAN, account_name="Delta SL", bic="CAIXESBBXXX")
    lines = (typed_line("2.5", "1000", "21", discount_percent=Decimal(10), unit="HUR", description="March"),)
    document = issued_document(hora, lines=lines, note="Thank you", buyer_reference="PO 7", terms="30 days")
    made = read(document)
    assert (made.kind, made.type_code, made.number) == ("invoice", "380", document.number)
    assert (made.issued_on, made.due_on, made.payment_terms) == (document.issued_on, document.due_on, "30 days")
    assert (made.seller.name, made.seller.tax_id, made.seller.address.country) == ("Delta", "ESB64717838", "ES")
    assert (made.buyer.endpoint, made.buyer.endpoint_scheme) == ("compta@hora.example", "EM")
    assert [note.text for note in made.notes] == ["Thank you"]
    (means,) = made.payment_means
    assert (means.code, means.account, means.account_name, means.reference) == ("58", IBAN, "Delta SL", made.number)
    (line,) = made.lines
    assert (line.quantity, line.unit, line.net, line.description) == (Decimal("2.5"), "HUR", Decimal(2250), "March")
    assert line.allowances_charges == (
        AllowanceCharge(
            is_charge=False,
            amount=Decimal(250),
            base_amount=Decimal(2500),
            percent=Decimal(10),
            reason="Discount",
        ),
    )
    assert groups(made) == [("S", Decimal(21), Decimal(2250), Decimal("472.5"))]
    assert (made.tax_inclusive, made.prepaid, made.payable) == (Decimal("2722.5"), 0, Decimal("2722.5"))


def test_the_surcharge_is_part_of_the_rate_and_a_note_says_so(read, hora):
    lines = (typed_line(tax=WITH_SURCHARGE),)
    made = read(issued_document(hora, lines=lines))
    assert groups(made) == [("S", Decimal("26.2"), Decimal(100), Decimal("26.2"))]
    assert made.lines[0].tax_percent == Decimal("26.2")
    assert [note.text for note in made.notes] == ["Includes the equivalence surcharge of 5.2 % on €100.00: €5.20."]
    assert made.payable == Decimal("126.2")


def test_goods_with_surcharge_and_services_without_share_a_discount(read, hora):
    lines = (typed_line(price="33.33", tax=WITH_SURCHARGE), typed_line(price="66.67", tax=FULL))
    discount = AdjustmentContent("Loyal", percent=Decimal(10))
    document = issued_document(hora, lines=lines, adjustments=(discount,))
    made = read(document)
    assert [(percent, taxable) for _category, percent, taxable, _tax in groups(made)] == [
        (Decimal(21), Decimal("60.00")),
        (Decimal("26.2"), Decimal("30.00")),
    ]
    assert sum(one.tax for one in made.taxes) == made.tax_total == document.tax_total
    assert sum(one.amount for one in made.allowances_charges) == made.allowances == Decimal(10)
    assert made.payable == document.payable


def test_what_is_withheld_counts_as_paid_in_advance(read, hora):
    document = issued_document(hora, lines=(typed_line(withholding_percent=Decimal(15)),))
    made = read(document)
    assert (made.tax_inclusive, made.prepaid, made.payable) == (Decimal(121), Decimal(15), Decimal(106))
    assert [note.text for note in made.notes] == ["Withheld: 15 % of €100.00, €15.00; it counts as paid in advance."]


@pytest.mark.parametrize(
    ("tax", "group"),
    [
        (Tax("Z", Decimal(0)), ("Z", Decimal(0), Decimal(100), Decimal(0))),
        (Tax("E", Decimal(0), exemption_code="VATEX-EU-132"), ("E", Decimal(0), Decimal(100), Decimal(0))),
        (Tax("E", Decimal(0)), ("E", Decimal(0), Decimal(100), Decimal(0))),
        (Tax("AE", Decimal(0), exemption_code="VATEX-EU-AE"), ("AE", Decimal(0), Decimal(100), Decimal(0))),
        (Tax("K", Decimal(0), exemption_code="VATEX-EU-IC"), ("K", Decimal(0), Decimal(100), Decimal(0))),
        (Tax("G", Decimal(0), exemption_code="VATEX-EU-G"), ("G", Decimal(0), Decimal(100), Decimal(0))),
        (Tax("O", None, exemption_code="VATEX-EU-O"), ("O", None, Decimal(100), Decimal(0))),
        (Tax("L", Decimal(7)), ("L", Decimal(7), Decimal(100), Decimal(7))),
        (Tax("M", Decimal(4)), ("M", Decimal(4), Decimal(100), Decimal(4))),
    ],
    ids=lambda value: value.category if isinstance(value, Tax) else "",
)
def test_every_category_of_tax_is_valid(read, hora, tax, group):
    made = read(issued_document(hora, lines=(typed_line(tax=tax),)))
    assert groups(made) == [group]
    exempt = tax.category in ("E", "AE", "K", "G", "O")
    assert bool(made.taxes[0].exemption_reason or made.taxes[0].exemption_code) == exempt


def test_several_taxes_discounts_and_charges_are_valid(read, hora):
    lines = (
        typed_line("3", "19.995", "21"),
        typed_line("1.5", "12.3456", "10", discount_percent=Decimal("12.5")),
        typed_line("-1", "7", "4"),
        typed_line("1", "50", tax=Tax("E", Decimal(0), exemption_reason="Art. 20")),
    )
    adjustments = (
        AdjustmentContent("Loyal", percent=Decimal(5)),
        AdjustmentContent("Freight", is_charge=True, amount=Decimal("9.99"), tax=FULL),
    )
    document = issued_document(hora, lines=lines, adjustments=adjustments)
    made = read(document)
    assert made.payable == document.payable
    assert made.lines[2].quantity == -1


def test_a_credit_note_names_what_it_corrects(read, hora, dan_here):
    invoice = issued_document(hora)
    credit = credit_document(actor=dan_here, document=invoice, today=invoice.issued_on)
    issue_document(actor=dan_here, document=credit, now=NOW)
    made = read(credit)
    assert (made.kind, made.type_code, made.payable) == ("credit_note", "381", Decimal(121))
    assert made.preceding_invoices == (PrecedingInvoice(number=invoice.number, issued_on=invoice.issued_on),)


def test_a_buyer_outside_the_union_is_known_by_its_registration(read, delta):
    buyer = ContactFactory(organisation=delta, name="Hudson Inc", country="US", tax_id="12-3456789")
    made = read(issued_document(buyer, lines=(typed_line(tax=Tax("G", Decimal(0))),)))
    assert (made.buyer.tax_id, made.buyer.legal_registration_id) == ("", "12-3456789")


def test_an_imported_tax_id_without_its_country_gets_it_and_others_stay(read, dan_here):
    content = ubl_invoice(seller_tax_id="B64717838", buyer_tax_id="FR 40.303.265.045")
    made = read(import_invoice(actor=dan_here, content=content, direction="purchases").document)
    assert (made.seller.tax_id, made.buyer.tax_id) == ("ESB64717838", "FR 40.303.265.045")


def test_units_that_the_norm_does_not_know_are_pieces(read, hora):
    made = read(issued_document(hora, lines=(typed_line(unit="pallets"), typed_line(unit="KGM"), typed_line())))
    assert [line.unit for line in made.lines] == ["C62", "KGM", "C62"]


def test_without_due_date_and_terms_it_is_payable_on_receipt(read, hora):
    made = read(issued_document(hora, due_on=None))
    assert (made.due_on, made.payment_terms) == (None, "Payable on receipt.")


def test_it_speaks_the_documents_language(read, delta):
    hora = ContactFactory(organisation=delta, name="Hora", country="ES", language="es", tax_id="B64717838")
    made = read(issued_document(hora, lines=(typed_line(discount_percent=Decimal(10)),)))
    assert made.lines[0].allowances_charges[0].reason == "Descuento"


# --- Refused -----------------------------------------------------------------------------------------------------


def test_drafts_and_other_kinds_are_no_electronic_invoices(hora):
    assert "Issue this document first" in refusal(drafted_document(hora))
    assert "Only invoices and credit notes" in refusal(issued_document(hora, kind=Kind.QUOTE))


def test_what_is_missing_is_said_with_where_to_complete_it(delta, hora):
    hora.country = ""
    hora.save()
    assert "the customer's country" in refusal(issued_document(hora))
    assert "contact's page" in refusal(Document.objects.get())
    delta.country = ""
    delta.save()
    words = refusal(issued_document(ContactFactory(organisation=delta, country="ES")))
    assert "the seller's country" in words and "Settings" in words


def test_no_tax_id_of_the_seller_is_refused(delta, hora):
    document = issued_document(hora)
    parties = {"seller": {"name": "Delta", "address": {"country": "ES"}}, "buyer": document.parties["buyer"]}
    document.parties = parties
    with pytest.raises(einvoice.NotElectronic, match="seller's tax id"):
        einvoice.as_cii(document)


def test_untaxed_lines_stand_alone(hora):
    lines = (typed_line(), typed_line(tax=Tax("O", None)))
    assert "not subject to tax" in refusal(issued_document(hora, lines=lines))


def test_figures_that_do_not_add_up_are_refused(hora):
    document = Document.objects.for_reading().get(pk=issued_document(hora).pk)
    document.payable += 1
    with pytest.raises(einvoice.NotElectronic, match="add up"):
        einvoice.as_ubl(document)


def test_three_decimals_are_refused(hora):
    document = issued_document(hora, currency="KWD", lines=(typed_line(price="1.235", percent="0"),))
    assert "two decimals" in refusal(document)


# --- The official examples ---------------------------------------------------------------------------------------


@shared_data
@pytest.mark.parametrize("name", FIGURES)
def test_official_examples_come_in_and_go_out_with_the_same_figures(name, read, dan_here):
    content = (FOLDER / name).read_bytes()
    file = read_invoice(content)
    document = import_invoice(actor=dan_here, content=content, direction="sales").document
    without_files = tuple(replace(one, content=None, filename="", mime="") for one in file.documents)
    lines = tuple(replace(line, price_base_quantity=_base(line), unit=line.unit) for line in file.lines)
    plain = replace(file, specification="urn:cen.eu:en16931:2017", documents=without_files, lines=lines)
    assert _comparable(read(document)) == _comparable(plain)


def _base(line):
    return None if line.price_base_quantity == 1 else line.price_base_quantity


def _comparable(invoice):
    """Without what is ours to add: electronic addresses, terms where there are none."""
    held = as_the_norm_holds(invoice)
    plain = {"endpoint": "", "endpoint_scheme": ""}
    terms = "" if held.payment_terms == "Payable on receipt." else held.payment_terms
    lines = tuple(
        replace(line, price_base_unit="" if _base(line) is None else line.price_base_unit) for line in held.lines
    )
    return replace(
        held, seller=replace(held.seller, **plain), buyer=replace(held.buyer, **plain), payment_terms=terms, lines=lines
    )

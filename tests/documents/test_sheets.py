"""A document in finished words, in its own language, without a query."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from django.utils import translation

from documents import pdf
from documents.actions import import_invoice, void_document
from documents.models import Document, DocumentSettings, Kind
from documents.rules import Tax
from documents.sheets import address_lines, document_pdf, file_name, sheet_of
from tests.factories import ContactFactory, drafted_document, issued_document, typed_line
from tests.formats.full import UBL

pytestmark = pytest.mark.django_db
ACCENT = "#123456"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def sheet(django_assert_num_queries):
    def read(document):
        found = Document.objects.for_reading().get(pk=document.pk)
        with django_assert_num_queries(0):
            return sheet_of(found, accent=ACCENT)

    return read


@pytest.fixture
def hora(delta):
    return ContactFactory(organisation=delta, name="Hora SL", language="es", country="FR", tax_id="FR1")


LINES = (
    typed_line("2.5", "1000", "21", "Advice", discount_percent=Decimal(10), description="March", unit="HUR"),
    typed_line("1", "19.995", "4", "Book", unit="C62"),
    typed_line("3", "0.1", "0", "Stamp", unit="XYZ"),
)


def test_an_invoice_in_english(sheet, erin):
    made = sheet(issued_document(erin, lines=LINES, note="Thank you"))
    assert (made.title, made.number, made.language, made.direction) == ("Invoice", "INV-2026-0001", "en", "ltr")
    assert made.headline == "€2,743.60 due 1 April 2026"
    assert made.facts == (("Date", "2 Mar 2026"), ("Due", "1 Apr 2026"))
    cells = ("name", "quantity", "unit", "unit_price", "discount", "tax", "net")
    assert [tuple(getattr(line, cell) for cell in cells) for line in made.lines] == [
        ("Advice", "2.5", "h", "1,000.00", "10 %", "21 %", "€2,250.00"),
        ("Book", "1", "pcs", "19.995", "", "4 %", "€20.00"),
        ("Stamp", "3", "XYZ", "0.10", "", "0 %", "€0.30"),
    ]  # fmt: skip
    assert [line.running for line in made.lines] == ["€2,250.00", "€2,270.00", "€2,270.30"]
    assert made.lines[0].description == ("March",)
    assert made.totals == (
        pdf.Total("Total without tax", "€2,270.30"),
        pdf.Total("Tax", "€473.30"),
        pdf.Total("Amount due", "€2,743.60", emphasis=True),
    )
    assert made.notes == ("Thank you",)
    assert (made.watermark, made.carry, made.adjustments, made.payment) == (None, None, (), ())
    assert (made.customer.heading, made.customer.name) == ("For", "Erin")
    assert (made.business.name, made.business.accent, made.business.tax_id) == ("Delta", ACCENT, "VAT no. B64717838")


def test_a_document_speaks_its_own_language_whatever_is_active(sheet, hora):
    document = issued_document(hora, lines=LINES)
    with translation.override("en"):
        made = sheet(document)
        assert translation.get_language() == "en"
    assert made.language == "es"
    assert (made.title, made.customer.heading) == ("Factura", "Cliente")
    assert made.facts[0] == ("Fecha", "2 mar 2026")
    assert made.lines[0].unit_price == "1.000,00"
    assert made.lines[0].net == "2.250,00\xa0€"
    assert made.customer.address == ("Francia",)


@pytest.mark.parametrize(
    ("kind", "values", "headline", "label"),
    [
        (Kind.INVOICE, {"due_on": None}, "€121.00", None),
        (Kind.QUOTE, {}, "€121.00, valid until 1 April 2026", "Valid until"),
        (Kind.CREDIT_NOTE, {}, "€121.00", "Due"),
        (Kind.INVOICE, {}, "€121.00 due 1 April 2026", "Due"),
    ],
)
def test_the_headline_says_what_matters_of_the_kind(sheet, erin, kind, values, headline, label):
    made = sheet(issued_document(erin, kind=kind, **values))
    assert made.headline == headline
    assert [fact[0] for fact in made.facts] == (["Date", label] if label else ["Date"])
    assert made.totals[-1].label == ("Amount due" if kind == Kind.INVOICE else "Total")
    assert made.totals[-1].emphasis


def test_drafts_and_void_documents_are_marked(sheet, erin, dan_here):
    draft = drafted_document(erin)
    assert (sheet(draft).watermark, sheet(draft).number) == ("DRAFT", "")
    document = issued_document(erin)
    void_document(actor=dan_here, document=document, now=NOON)
    assert sheet(document).watermark == "VOID"
    quote = issued_document(ContactFactory(organisation=erin.organisation, language="es"), kind=Kind.QUOTE)
    void_document(actor=dan_here, document=quote, now=NOON)
    assert sheet(quote).watermark == "ANULADO"


def test_long_documents_carry_their_sum_forward(sheet, erin):
    few, many = (issued_document(erin, lines=LINES[:1] * number) for number in (12, 13))
    assert sheet(few).carry is None
    assert sheet(many).carry == pdf.Carry("Carried forward", "Brought forward")


def test_surcharge_and_withholding_have_rows_of_their_own(sheet, hora):
    tax = Tax("S", Decimal(21), Decimal("5.2"))
    made = sheet(issued_document(hora, lines=(typed_line(tax=tax, withholding_percent=Decimal(15)),)))
    assert made.lines[0].tax == "21 % + 5,2 %"
    assert [(row.label, row.tax) for row in made.taxes] == [
        ("21 %", "21,00\xa0€"),
        ("Recargo de equivalencia 5,2 %", "5,20\xa0€"),
        ("Retención 15 %", "-15,00\xa0€"),
    ]
    assert [(row.label, row.value) for row in made.totals] == [
        ("Total sin IVA", "100,00\xa0€"),
        ("IVA", "21,00\xa0€"),
        ("Recargo de equivalencia", "5,20\xa0€"),
        ("Total con IVA", "126,20\xa0€"),
        ("Retenido", "-15,00\xa0€"),
        ("Importe a pagar", "111,20\xa0€"),
    ]


@pytest.mark.parametrize(("category", "name"), [("L", "IGIC"), ("M", "IPSI")])
def test_what_is_not_vat_is_not_called_so(sheet, hora, category, name):
    made = sheet(issued_document(hora, lines=(typed_line(tax=Tax(category, Decimal(7))),)))
    assert (made.lines[0].tax, made.taxes[0].label) == (f"{name} 7 %", f"{name} 7 %")
    assert (made.columns.tax, made.tax_columns.label) == (name, name)
    assert [row.label for row in made.totals] == [f"Total sin {name}", name, "Importe a pagar"]
    assert "IVA" not in str(made.totals) + str(made.columns) + str(made.tax_columns)


def test_a_purchase_order_is_ours_to_write(sheet, delta, hora):
    made = sheet(issued_document(hora, kind=Kind.PURCHASE_ORDER))
    assert (made.business.name, made.customer.name) == ("Delta", "Hora SL")
    assert sheet(issued_document(hora, kind=Kind.BILL)).business.name == "Hora SL"


def test_the_code_is_for_issued_invoices_in_euro_with_an_account(sheet, hora, delta):
    assert sheet(issued_document(hora)).payment_qr is None
    DocumentSettings.objects.create(organisation=delta, iban="ES9121000418450200051332", bic="CAIXESBBXXX")
    invoice = issued_document(hora)
    made = sheet(invoice)
    assert made.payment_qr.content.split("\n") == [
        *("BCD", "002", "1", "SCT", "CAIXESBBXXX", "Delta", "ES9121000418450200051332", "EUR121.00", "", ""),
        invoice.number,
    ]
    assert ("Cuenta", "ES91 2100 0418 4502 0005 1332") in made.payment
    for other in (
        drafted_document(hora),
        issued_document(hora, currency="USD"),
        issued_document(hora, kind=Kind.PROFORMA),
    ):
        assert sheet(other).payment_qr is None


def test_an_imported_document_tells_all_it_brought(sheet, dan_here):
    document = import_invoice(actor=dan_here, content=UBL, direction="sales").document
    Document.objects.update(language="en")
    made = sheet(document)
    assert made.facts == (
        ("Date", "2 Jan 2026"),
        ("Due", "3 Feb 2026"),
        ("Delivered", "7 Jan 2026"),
        ("Tax point", "4 Jan 2026"),
        ("Period", "5 Jan 2026 – 6 Jan 2026"),
        ("Your reference", "buyer ref"),
        ("Your order", "order"),
        ("Our order", "sales order"),
        ("Contract", "contract"),
        ("Project", "project"),
        ("Delivery note", "despatch"),
        ("Corrects", "N-0"),
        ("Corrects", "N-00"),
    )
    (line,) = made.lines
    assert (line.quantity, line.unit, line.unit_price, line.tax) == ("-2.5", "kg", "0.12345678 / 100", "Exempt")
    assert line.description == ("Long\ntext", "first\nsecond", "Item S1", "Colour: Black")
    assert line.adjustments == (pdf.Adjustment(label="Discount", amount="-SEK\xa01.00", tax=""),)
    assert made.adjustments == (
        pdf.Adjustment(label="Loyal (10 %)", amount="-SEK\xa05.00", tax="25 %"),
        pdf.Adjustment(label="Surcharge", amount="SEK\xa07.00", tax=""),
    )
    assert [(total.label, total.value) for total in made.totals] == [
        ("Sum of lines", "SEK\xa0101.00"),
        ("Discounts", "-SEK\xa0104.00"),
        ("Surcharges", "SEK\xa0105.00"),
        ("Total without tax", "SEK\xa0102.00"),
        ("Tax", "SEK\xa01.23"),
        ("Total with tax", "SEK\xa0103.00"),
        ("Paid in advance", "-SEK\xa0106.00"),
        ("Rounding", "-SEK\xa00.07"),
        ("Amount due", "SEK\xa0108.00"),
    ]
    assert made.taxes == (
        pdf.TaxRow("Exempt", "SEK\xa050.00", "SEK\xa01.23"),
        pdf.TaxRow("Not subject to tax", "SEK\xa00.00", "SEK\xa00.00"),
    )
    assert made.payment == (
        ("Terms", "30 days\nnet"),
        ("Account", "IBAN1"),
        ("Account holder", "Account"),
        ("BIC", "BIC1"),
        ("Reference", "ref"),
        ("Card", "************1234"),
        ("Mandate", "mandate"),
        ("Debited account", "IBAN2"),
    )
    assert made.notes == ("General\nconditions", "Plain #ABC# note")
    assert made.footer == ("AB, capital 1",)
    assert made.business.address == ("S1", "S2", "S3", "Zone City", "Region", "Sweden")
    assert (made.business.tax_id, made.business.email, made.business.phone) == (
        *("VAT no. SE1", "ann@seller.example", "+46 1"),
    )
    assert (made.customer.address, made.customer.tax_id) == ((), "")


def test_a_party_without_tax_id_shows_its_registration(sheet, erin):
    document = drafted_document(erin)
    Document.objects.update(parties={"seller": {"name": "S", "legal_registration_id": "R 1"}, "buyer": {}})
    assert sheet(document).business.tax_id == "Reg. no. R 1"


def test_an_address_is_written_line_by_line():
    address = {"street": "Rue 1", "postcode": "75001", "city": "Paris", "country": "FR"}
    assert list(address_lines(address, Locale("es"))) == ["Rue 1", "75001 Paris", "Francia"]
    assert list(address_lines({"city": "X", "country": "Atlantis"}, Locale("en"))) == ["X", "Atlantis"]
    assert list(address_lines({}, Locale("en"))) == []


def test_a_download_is_named_after_kind_and_number(erin):
    document = issued_document(erin, issued_on=date(2026, 3, 2))
    assert file_name(document) == "Invoice INV-2026-0001"
    document.number = 'a/b\\c:d*e?f"g<h>i|j'
    assert file_name(document) == "Invoice a-b-c-d-e-f-g-h-i-j"


def test_the_document_is_a_pdf(erin, django_assert_num_queries):
    document = Document.objects.for_reading().get(pk=issued_document(erin).pk)
    with django_assert_num_queries(0):
        assert document_pdf(document, accent=ACCENT).startswith(b"%PDF-")

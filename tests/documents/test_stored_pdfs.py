"""An issued document's PDF is made once and kept; an invoice's holds its electronic invoice."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import etree
from pypdf import PdfReader

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, StoredFile
from advisory_portal.formats.einvoice import read_invoice
from documents import actions
from documents.actions import pdf_of, record_payment, void_document
from documents.models import Document, DocumentSettings, FiscalRecord, Kind
from tests.documents.builders import kept_bytes, with_levels
from tests.factories import ContactFactory, drafted_document, issued_document, typed_line
from tests.formats.norm import faults
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
IBAN = "ES9121000418450200051332"


@pytest.fixture
def hora(delta):
    return ContactFactory(organisation=delta, name="Hora SARL", country="FR", tax_id="FR12345678901")


def texts(content):
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def attached(content):
    return {name: data[0] for name, data in PdfReader(io.BytesIO(content)).attachments.items()}


def test_an_issued_document_is_made_once_and_kept(hora, delta):
    document = issued_document(hora)
    first = pdf_of(document)
    file = StoredFile.objects.get()
    assert (file.name, file.content_type) == (f"Invoice {document.number}.pdf", "application/pdf")
    assert document.pdf == file == Document.objects.get(pk=document.pk).pdf
    DocumentSettings.objects.create(organisation=delta, layout="bold", footer="Something new", iban=IBAN)
    delta.accent = "#aa0000"
    delta.save()
    assert pdf_of(Document.objects.get(pk=document.pk)) == first
    assert kept_bytes() == [first]


def test_drafts_and_void_documents_are_made_anew_and_marked(hora, dan_here):
    draft = drafted_document(hora)
    assert "DRAFT" in texts(pdf_of(draft))
    document = issued_document(hora)
    clean = pdf_of(document)
    void_document(actor=dan_here, document=document, now=NOW)
    assert "VOID" in texts(pdf_of(document))
    assert "VOID" in texts(pdf_of(Document.objects.get(pk=document.pk)))
    assert attached(pdf_of(document)) == {}
    assert kept_bytes() == [clean]


def test_a_document_that_became_void_meanwhile_is_not_kept(hora, dan_here):
    document = issued_document(hora)
    stale = Document.objects.get(pk=document.pk)
    void_document(actor=dan_here, document=document, now=NOW)
    assert "VOID" in texts(pdf_of(stale))
    assert kept_bytes() == []


def test_an_invoice_is_a_factur_x_invoice(hora):
    document = issued_document(hora)
    content = pdf_of(document)
    reader = PdfReader(io.BytesIO(content), strict=True)
    (xml,) = attached(content).values()
    assert list(attached(content)) == ["factur-x.xml"]
    assert faults(xml) == []
    assert read_invoice(xml).number == document.number
    catalogue = reader.trailer["/Root"]
    (file,) = catalogue["/AF"]
    assert file["/AFRelationship"] == "/Alternative"
    assert file["/EF"]["/F"]["/Subtype"] == "/text/xml"
    assert "/PageMode" not in catalogue
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue


def test_the_metadata_names_profile_and_file(hora):
    reader = PdfReader(io.BytesIO(pdf_of(issued_document(hora))))
    xmp = etree.fromstring(reader.trailer["/Root"]["/Metadata"].get_data())
    fx = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    assert {one.tag.removeprefix(fx): one.text for one in xmp.iter(f"{fx}*")} == {
        "DocumentFileName": "factur-x.xml",
        "DocumentType": "INVOICE",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    text = "".join(xmp.itertext())
    assert "Factur-X PDFA Extension Schema" in text
    pdfa = "{http://www.aiim.org/pdfa/ns/id/}"
    assert [one.text for one in xmp.iter(f"{pdfa}part", f"{pdfa}conformance")] == ["3", "B"]


@pytest.mark.parametrize("kind", [Kind.QUOTE, Kind.SALES_ORDER, Kind.DELIVERY_NOTE])
def test_other_kinds_hold_no_electronic_invoice(hora, kind):
    assert attached(pdf_of(issued_document(hora, kind=kind))) == {}


def test_what_the_norm_refuses_is_a_pdf_all_the_same(delta):
    somebody = ContactFactory(organisation=delta, country="")
    content = pdf_of(issued_document(somebody))
    assert attached(content) == {}
    assert content.startswith(b"%PDF-")


def test_the_business_sets_layout_footer_and_account(hora, delta):
    DocumentSettings.objects.create(
        organisation=delta, layout="compact", footer="Registro Mercantil", iban=IBAN, account_name="Delta SL"
    )
    words = texts(pdf_of(issued_document(hora)))
    assert "Registro Mercantil" in words
    assert "ES91 2100 0418 4502 0005 1332" in words
    assert "Pay with your banking app" in words


def test_a_suppliers_bill_does_not_wear_our_footer(hora, delta):
    DocumentSettings.objects.create(organisation=delta, footer="Registro Mercantil")
    assert "Registro Mercantil" not in texts(pdf_of(issued_document(hora, kind=Kind.BILL)))


def test_the_fiscal_code_is_on_the_first_page(hora):
    document = issued_document(hora)
    FiscalRecord.objects.create(
        organisation=document.organisation,
        document=document,
        regime="verifactu",
        act="issued",
        position=1,
        content={},
        hash="0" * 64,
        qr_url="https://example.com/?nif=B1",
        recorded_at=NOW,
        state=FiscalRecord.State.WAITING,
    )
    words = texts(pdf_of(document))
    assert "QR tributario:" in words
    assert "VERI*FACTU" in words


def test_what_is_kept_but_not_sent_does_not_claim_to_be_sent(hora):
    document = issued_document(hora)
    FiscalRecord.objects.create(
        organisation=document.organisation,
        document=document,
        regime="verifactu",
        act="issued",
        position=1,
        content={},
        hash="0" * 64,
        qr_url="https://example.com/?nif=B1",
        recorded_at=NOW,
    )
    words = texts(pdf_of(document))
    assert "QR tributario:" in words
    assert "VERI*FACTU" not in words


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_the_same_pdf(hora):
    document = issued_document(hora)
    copies = [Document.objects.get(pk=document.pk) for _ in range(4)]
    contents = together([lambda one=one: pdf_of(one) for one in copies])
    assert len(set(contents)) == 1
    assert StoredFile.objects.count() == 1
    assert kept_bytes() == [contents[0]]


def test_the_code_asks_for_what_is_open(hora, delta, dan_here):
    DocumentSettings.objects.create(organisation=delta, iban=IBAN, account_name="Delta SL")
    document = issued_document(hora)
    record_payment(
        actor=dan_here, document=document, amount=Decimal(121), received_on=document.issued_on,
        method="transfer", reference="", key="1",
    )  # fmt: skip
    assert "banking app" not in texts(pdf_of(Document.objects.get(pk=document.pk)))


# --- Doors -------------------------------------------------------------------------------------------------------


def address(name, document):
    return reverse(f"documents:{name}", args=["delta", document.pk])


def test_staff_download_pdf_and_both_syntaxes_and_are_noted(hora, dan, client_of):
    document, browser = issued_document(hora), client_of(dan)
    pdf = browser.get(address("document_pdf", document))
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    assert pdf["Content-Disposition"] == f'attachment; filename="Invoice {document.number}.pdf"'
    for syntax in ("ubl", "cii"):
        answer = browser.get(address(f"document_{syntax}", document))
        assert answer["Content-Type"] == "application/xml"
        assert f"Invoice {document.number} {syntax.upper()}.xml" in answer["Content-Disposition"]
        assert read_invoice(answer.content).payable == Decimal(121)
    words = HistoryEntry.objects.filter(subject_id=document.pk).order_by("id").values_list("what", flat=True)
    assert list(words)[-3:] == [
        "documents.pdf.downloaded",
        "documents.einvoice.downloaded",
        "documents.einvoice.downloaded",
    ]


def test_a_refused_download_says_why_and_notes_nothing(delta, dan, client_of):
    document = issued_document(ContactFactory(organisation=delta, country=""))
    page = {"HTTP_REFERER": f"http://testserver{address('document', document)}"}
    answer = client_of(dan).get(address("document_ubl", document), follow=True, **page)
    assert "the customer&#39;s country" in answer.content.decode()
    assert not HistoryEntry.objects.filter(what="documents.einvoice.downloaded").exists()


@pytest.mark.parametrize("name", ["document_pdf", "document_ubl", "document_cii"])
def test_strangers_and_wrong_levels_are_turned_away(name, hora, alice, client_of, delta):
    document = issued_document(hora)
    assert client_of(alice).get(address(name, document)).status_code == 404
    nobody = with_levels(delta, contacts=3)
    with pytest.raises(Forbidden):
        actions.download_pdf(actor=nobody, document=document)


def test_lines_of_three_pages_keep_the_attachment(hora):
    document = issued_document(hora, lines=tuple(typed_line() for _ in range(60)))
    content = pdf_of(document)
    assert len(PdfReader(io.BytesIO(content)).pages) >= 2
    assert faults(next(iter(attached(content).values()))) == []

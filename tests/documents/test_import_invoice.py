"""One file becomes one issued document with all that it says, or nothing at all."""

from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.files import read_file
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import HistoryEntry, JobItem, StoredFile
from advisory_portal.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice
from documents.actions import import_invoice
from documents.models import AllowanceCharge, Contact, Document, DocumentLine, Series, TaxLine
from tests.documents.builders import kept_bytes, with_levels
from tests.factories import ContactFactory, OrganisationFactory
from tests.formats.full import UBL
from tests.threads import together

BUYER = ("Étoile Électrique SARL", "customer", "FR40303265045", "compta@etoile.example")
SELLER = ("Delta Tools SL", "supplier", "ESB12345674", "billing@delta.example")
CREATED, DUPLICATE, REFUSED = JobItem.Outcome.CREATED, JobItem.Outcome.DUPLICATE, JobItem.Outcome.REFUSED


@pytest.fixture
def bring(dan_here):
    def run(content, direction="sales", actor=dan_here):
        return import_invoice(actor=actor, content=content, direction=direction)

    return run


def nothing_is_kept():
    models = (Document, Contact, StoredFile, DocumentLine, TaxLine, AllowanceCharge)
    return kept_bytes() == [] and not any(model.objects.exists() for model in models)


@pytest.mark.django_db
def test_every_fact_of_a_file_is_kept(bring, delta):
    report = bring(UBL)
    document = Document.objects.get()
    assert (report.outcome, report.document, report.refusal) == (CREATED, document, None)
    assert report.invoice.number == "N-1"
    expected = {
        "organisation": delta, "kind": "invoice", "state": "issued", "number": "N-1", "series": None,
        "seller_key": "SE1", "is_imported": True, "is_possible_version": False, "contact_name": "Buyer by trade name",
        "language": delta.language,
        "issued_on": date(2026, 1, 2), "due_on": date(2026, 2, 3), "tax_point_on": date(2026, 1, 4),
        "delivered_on": date(2026, 1, 7), "period_start": date(2026, 1, 5), "period_end": date(2026, 1, 6),
        "currency": "SEK", "tax_currency": "EUR", "tax_total_in_tax_currency": Decimal("0.11"),
        "lines_net": Decimal("101.00"), "allowances": Decimal("104.00"), "charges": Decimal("105.00"),
        "tax_exclusive": Decimal("102.00"), "tax_total": Decimal("1.23"), "tax_inclusive": Decimal("103.00"),
        "prepaid": Decimal("106.00"), "rounding": Decimal("-0.07"), "payable": Decimal("108.00"), "settled": 0,
        "search_text": "n-1 buyer by trade name buyer ref order",
    }  # fmt: skip
    assert {name: getattr(document, name) for name in expected} == expected
    assert read_file(document.original) == UBL
    assert (document.original.name, document.original.content_type) == ("N-1.xml", "application/xml")
    assert not Series.objects.exists()
    assert [entry.what for entry in HistoryEntry.objects.order_by("id")] == [
        "documents.contact.created",
        "documents.document.issued",
    ]


@pytest.mark.django_db
def test_parties_references_payment_and_notes_are_kept(bring):
    bring(UBL)
    document = Document.objects.get()
    assert document.parties["seller"] == {
        "name": "Seller AB", "trading_name": "Shop", "legal_registration_id": "reg",
        "legal_registration_scheme": "0007", "tax_id": "SE1", "tax_registration_id": "F-tax",
        "endpoint": "endpoint", "endpoint_scheme": "0088",
        "identifiers": [{"value": "id1", "scheme": "0060"}, {"value": "creditor", "scheme": "SEPA"}],
        "legal_form": "AB, capital 1",
        "address": {"street": "S1", "additional_street": "S2", "third_line": "S3", "city": "City",
                    "postcode": "Zone", "region": "Region", "country": "SE"},
        "contact_name": "Ann", "phone": "+46 1", "email": "ann@seller.example",
    }  # fmt: skip
    others = {name: party for name, party in document.parties.items() if name != "seller"}
    assert others == {
        "buyer": {"name": "Buyer by trade name"},
        "payee": {"name": "Factor"},
        "tax_representative": {"name": "Rep"},
        "delivery": {"name": "Warehouse", "location": {"value": "gln", "scheme": "0088"}, "address": {"city": "Port"}},
    }
    assert document.references == {
        "type_code": "384", "specification": "urn:cen.eu:en16931:2017", "profile": "P1", "tax_point_code": "35",
        "buyer_reference": "buyer ref", "order_reference": "order", "sales_order_reference": "sales order",
        "contract_reference": "contract", "project_reference": "project", "tender_reference": "tender",
        "despatch_reference": "despatch", "receipt_reference": "receipt", "buyer_accounting_reference": "cost",
        "object_identifier": {"value": "object", "scheme": "ABT"},
        "preceding_invoices": [{"number": "N-0", "issued_on": "2025-12-31"}, {"number": "N-00"}],
    }  # fmt: skip
    assert document.payment == {
        "payment_terms": "30 days\nnet",
        "creditor_reference": "creditor",
        "payment_means": [
            {"code": "58", "text": "Transfer", "reference": "ref", "account": "IBAN1", "account_name": "Account",
             "bic": "BIC1"},
            {"code": "48", "text": "By card", "card_number": "************1234", "card_holder": "A Holder"},
            {"code": "59", "mandate": "mandate", "debited_account": "IBAN2"},
        ],
    }  # fmt: skip
    assert document.notes == [{"text": "General\nconditions", "subject": "AAI"}, {"text": "Plain #ABC# note"}]
    assert document.supporting == [
        {
            "id": "doc",
            "description": "Hours",
            "uri": "https://files.example/h",
            "filename": "h.csv",
            "mime": "text/csv",
        },
        {"id": "bare"},
    ]


@pytest.mark.django_db
def test_lines_allowances_charges_and_taxes_are_kept(bring, delta):
    bring(UBL)
    document = Document.objects.get()
    line = document.lines.get()
    expected = {
        "organisation": delta, "position": 1, "identifier": "L1", "name": "Item name", "description": "Long\ntext",
        "note": "first\nsecond", "quantity": Decimal("-2.5"), "unit": "KGM", "unit_price": Decimal("0.12345678"),
        "price_base_quantity": Decimal(100), "discount_percent": 0, "net": Decimal("101.00"), "tax_category": "E",
        "tax_percent": 0,
    }  # fmt: skip
    assert {name: getattr(line, name) for name in expected} == expected
    assert line.detail == {
        "price_base_unit": "GRM", "gross_price": "0.22345678", "price_discount": "0.10",
        "exemption_reason": "Line exempt", "exemption_code": "VATEX-2", "seller_item_id": "S1", "buyer_item_id": "B1",
        "standard_item": {"value": "G1", "scheme": "0160"},
        "classifications": [{"value": "C1", "scheme": "STI", "version": "2"}],
        "attributes": [{"name": "Colour", "value": "Black"}], "origin_country": "DE",
        "period_starts_on": "2026-01-08", "period_ends_on": "2026-01-09", "order_line_reference": "order line",
        "buyer_accounting_reference": "line cost", "object_identifier": {"value": "meter", "scheme": "AWV"},
    }  # fmt: skip
    figures = ("position", "line", "is_charge", "amount", "base_amount", "percent", "reason", "reason_code")
    assert list(document.allowances_charges.values_list(*figures, "tax_category", "tax_percent")) == [
        (1, None, False, Decimal(5), Decimal(50), Decimal(10), "Loyal", "95", "S", Decimal(25)),
        (2, None, True, Decimal(7), None, None, "", "", "", None),
        (3, line.pk, False, Decimal(1), None, None, "", "", "", None),
    ]
    names = ("position", "category", "percent", "taxable", "tax", "exemption_reason", "exemption_code")
    assert list(document.taxes.values_list(*names)) == [
        (1, "E", 0, Decimal(50), Decimal("1.23"), "Exempt", "VATEX-1"),
        (2, "O", None, 0, 0, "", ""),
    ]
    assert [str(one) for one in document.allowances_charges.all()] == ["Loyal", "7.000", "1.000"]
    assert str(document.taxes.first()) == "E 0.000000"


@pytest.mark.django_db
def test_figures_are_kept_as_the_file_gives_them_however_they_add_up(bring):
    odd = {"lines_net": "99.99", "tax_exclusive": "1.01", "tax_total": "7", "tax_inclusive": "3.333", "payable": "-4"}
    bring(ubl_invoice(lines=[("Odd", 3, "1.50", "77.7", 21)], prepaid="5", **odd))
    document = Document.objects.get()
    assert {name: getattr(document, name) for name in odd} == {name: Decimal(value) for name, value in odd.items()}
    assert (document.prepaid, document.lines.get().net) == (5, Decimal("77.7"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "direction", "kind", "contact"),
    [
        (ubl_invoice(), "sales", "invoice", BUYER),
        (cii_invoice(), "sales", "invoice", BUYER),
        (ubl_credit_note(), "sales", "credit_note", BUYER),
        (ubl_invoice(), "purchases", "bill", SELLER),
        (ubl_credit_note(), "purchases", "supplier_credit_note", SELLER),
        (cii_invoice(type_code="381"), "purchases", "supplier_credit_note", SELLER),
    ],
)
def test_the_other_side_becomes_the_contact(bring, content, direction, kind, contact):
    bring(content, direction)
    document, made = Document.objects.get(), Contact.objects.get()
    assert (document.kind, document.seller_key, document.contact, document.contact_key) == (
        *(kind, "ESB12345674", made, made.sort_key),
    )
    assert (made.name, made.kind, made.tax_id, made.email) == contact
    assert (made.street, made.city) == ("High Street 1", "Town")


@pytest.mark.django_db
def test_a_known_contact_is_used_and_gives_its_name_and_language(bring, delta):
    known = ContactFactory(organisation=delta, name="L'Étoile", tax_id="FR 40303265045", language="es")
    bring(ubl_invoice())
    document = Document.objects.get()
    assert (document.contact, document.contact_name, document.language) == (known, "L'Étoile", "es")


@pytest.mark.django_db
def test_the_same_file_again_is_a_duplicate_and_changes_nothing(bring):
    first = bring(ubl_invoice()).document
    for again in (ubl_invoice(), cii_invoice(), ubl_invoice(note="other", due_on="2026-05-01", buyer_name="Other")):
        report = bring(again)
        assert (report.outcome, report.document) == (DUPLICATE, first)
    assert (Document.objects.count(), Contact.objects.count(), StoredFile.objects.count()) == (1, 1, 1)
    assert not Document.objects.get().is_possible_version


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "direction"),
    [
        ({"number": "F-2"}, "sales"),
        ({"seller_tax_id": "ESX"}, "sales"),
        ({}, "purchases"),
    ],
)
def test_another_number_seller_or_kind_is_another_document(bring, changes, direction):
    bring(ubl_invoice())
    assert bring(ubl_invoice(**changes), direction).outcome == CREATED
    assert not Document.objects.filter(is_possible_version=True).exists()


@pytest.mark.django_db
def test_another_business_has_its_own(bring):
    bring(ubl_invoice())
    other = system_actor(OrganisationFactory().workspace)
    assert bring(ubl_invoice(), actor=other).outcome == CREATED
    assert not Document.objects.filter(is_possible_version=True).exists()


@pytest.mark.django_db
def test_another_amount_or_date_under_one_number_are_possible_versions_all(bring):
    first = bring(ubl_invoice()).document
    assert bring(ubl_invoice(payable="1.00")).document.is_possible_version
    assert bring(ubl_invoice(issued_on="2026-03-03")).document.is_possible_version
    assert set(Document.objects.values_list("is_possible_version", flat=True)) == {True}
    assert Document.objects.sharing_number_with(first).count() == 2
    assert bring(ubl_invoice(payable="1.00")).outcome == DUPLICATE


@pytest.mark.django_db
def test_a_seller_without_tax_id_is_known_by_registration_or_name(bring):
    bring(ubl_invoice(seller_tax_id="", seller_name="Año  Nuevo"))
    assert Document.objects.get().seller_key == "ano nuevo"
    assert bring(ubl_invoice(seller_tax_id="", seller_name="AÑO NUEVO")).outcome == DUPLICATE


HOSTILE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF file, not an XML invoice."),
        (HOSTILE, "Line 1: The file has a DOCTYPE, which is not allowed."),
        (b"<a/>", 'Line 1: This is a "a" file, not a UBL invoice or credit note or a CII invoice.'),
        (ubl_invoice(currency="XXX"), 'Line 11: cbc:DocumentCurrencyCode is not a known currency: "XXX".'),
        (ubl_invoice(number=""), "Line 4: cbc:ID is missing or empty."),
        (ubl_invoice(issued_on="2026-02-30"), 'Line 7: cbc:IssueDate is not a date: "2026-02-30".'),
    ],
)
def test_a_refused_file_is_told_with_its_reason_and_leaves_nothing(bring, content, reason):
    report = bring(content)
    assert (report.outcome, report.document, report.invoice) == (REFUSED, None, None)
    assert refusal_text(report.refusal) == reason
    assert nothing_is_kept()
    assert not HistoryEntry.objects.exists()


@pytest.mark.django_db
def test_what_a_file_may_hold_but_a_contact_may_not_is_left_out_of_the_contact(bring):
    strange = {
        "buyer_country": "SPAIN",
        "buyer_email": "ann@x.example, bob@y.example",
        "buyer_name": "ﷺ" * 500,
        "buyer_tax_id": "ß" * 100,
        "buyer_reference": "ﷺ" * 500,
    }
    bring(ubl_invoice(**strange))
    document, contact = Document.objects.get(), Contact.objects.get()
    assert (contact.country, contact.email, contact.tax_id) == ("", "", "ß" * 60)
    buyer = document.parties["buyer"]
    assert (buyer["address"]["country"], buyer["email"]) == ("SPAIN", "ann@x.example, bob@y.example")
    assert len(document.search_text) == 1500


@pytest.mark.django_db
def test_a_file_is_brought_in_by_those_who_manage_its_section(bring, delta):
    for direction, other in (("sales", "purchases"), ("purchases", "sales")):
        with pytest.raises(Forbidden):
            bring(ubl_invoice(), direction, with_levels(delta, **{other: 2, direction: 1}))
    assert nothing_is_kept()


@pytest.mark.django_db(transaction=True)
def test_threads_with_the_same_file_make_one_document_and_one_contact():
    actor = system_actor(OrganisationFactory().workspace)

    def bring(content):
        return lambda: import_invoice(actor=actor, content=content, direction="sales").outcome

    same, other = ubl_invoice(), ubl_invoice(number="F-2")
    results = together([bring(same), bring(same), bring(other), bring(other)])
    assert sorted(results[:2]) == sorted(results[2:]) == [CREATED, DUPLICATE]
    assert (Document.objects.count(), Contact.objects.count(), StoredFile.objects.count()) == (2, 1, 2)

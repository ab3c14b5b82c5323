"""Drafts: kept with their totals as often as somebody types, read back, copied, deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import HistoryEntry
from advisory_portal.formats.samples import ubl_invoice
from documents.actions import (
    content_of,
    delete_draft,
    download_original,
    duplicate_document,
    import_invoice,
    mark_sent,
    review_document,
    save_draft,
)
from documents.actions.drafts import ChangedMeanwhile, NotADraft
from documents.models import AllowanceCharge, Contact, Document, DocumentSettings, Kind, Series
from documents.rules import AdjustmentContent, Tax
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, drafted_document, issued_document, typed_content, typed_line
from tests.threads import together

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 5)
VAT21 = Tax("S", Decimal(21))


def everything(contact, **values):
    """Content in which every field is typed."""
    exempt = Tax("E", Decimal(0), exemption_reason="Because", exemption_code="VATEX-EU-132")
    lines = (
        typed_line("2", "50.005", name="Advice", description="March\nand April", unit="HUR", item_number="A-1"),
        typed_line("-1.5", "19.99999999", "4", discount_percent=Decimal("33.333333"), withholding_percent=Decimal(15)),
        typed_line("1", "5", tax=exempt),
        typed_line("1", "5", tax=Tax("O", None)),
        typed_line("1", "10", tax=Tax("S", Decimal(21), Decimal("5.2"))),
    )
    adjustments = (
        AdjustmentContent("Loyalty", percent=Decimal("2.5")),
        AdjustmentContent("Delivery", is_charge=True, amount=Decimal("6.05"), tax=VAT21),
        AdjustmentContent("Loyalty", percent=Decimal("2.5")),
        AdjustmentContent("Stamp", is_charge=True, percent=Decimal(1), tax=exempt),
    )
    typed = {"delivered_on": date(2026, 3, 1), "language": "es", "buyer_reference": "B 7", "order_reference": "PO 8"}
    typed |= {"note": "Thank you\nvery much", "terms": "At once", "lines": lines, "adjustments": adjustments}
    return typed_content(contact, **typed | values)


@pytest.mark.django_db
def test_a_draft_keeps_what_was_typed_and_its_totals(erin, dan_here, delta):
    Contact.objects.update(language="es", city="Cádiz", tax_id="B1", phone="+34 1")
    lines = (
        typed_line("2", "50.005", name="Advice", description="March", unit="HUR", item_number="A-1"),
        typed_line("1", "19.99", "4", name="Book", discount_percent=Decimal(10)),
        typed_line("1", "5", "0", name="Stamp"),
    )
    content = typed_content(erin, due_on=None, note="Thank you", lines=lines)
    document = Document.objects.get(pk=save_draft(actor=dan_here, kind=Kind.INVOICE, content=content).pk)
    assert (document.state, document.number, document.series, document.seller_key) == ("draft", "", None, "")
    assert (document.contact_name, document.contact_key, document.revision) == ("Erin", "erin", 1)
    assert (document.lines_net, document.tax_exclusive, document.tax_total) == (
        *(Decimal("123.00"), Decimal("123.00"), Decimal("21.72")),
    )
    assert document.tax_inclusive == document.payable == document.outstanding == Decimal("144.72")
    assert (document.notes, document.due_on, str(document)) == ([{"text": "Thank you"}], None, "Erin")
    buyer = {"name": "Erin", "tax_id": "B1", "address": {"city": "Cádiz"}}
    assert document.parties == {
        "seller": {"name": "Delta", "tax_id": "B64717838", "address": {"country": "ES"}},
        "buyer": {**buyer, "email": "erin@customer.example", "phone": "+34 1"},
    }
    columns = ("position", "name", "description", "unit", "net", "tax_category", "discount_percent", "detail")
    assert list(document.lines.values_list(*columns)) == [
        (1, "Advice", "March", "HUR", Decimal("100.01"), "S", 0, {"seller_item_id": "A-1"}),
        (2, "Book", "", "", Decimal("17.99"), "S", 10, {}),
        (3, "Stamp", "", "", Decimal("5.00"), "Z", 0, {}),
    ]
    assert list(document.taxes.values_list("position", "category", "percent", "taxable", "tax")) == [
        (1, "S", 4, Decimal("17.99"), Decimal("0.72")),
        (2, "S", 21, Decimal("100.01"), Decimal("21.00")),
        (3, "Z", 0, Decimal("5.00"), Decimal("0.00")),
    ]
    assert HistoryEntry.objects.get().what == "documents.document.drafted"
    assert str(document.lines.first()) == "Advice"


@pytest.mark.django_db
def test_everything_that_is_typed_is_read_back(erin, dan_here):
    series = Series.objects.create(organisation=erin.organisation, kind=Kind.INVOICE, prefix="X-")
    content = everything(erin, series_id=series.pk)
    document = save_draft(actor=dan_here, kind=Kind.INVOICE, content=content)
    assert content_of(Document.objects.get(pk=document.pk)) == replace(content, delivery={})
    for_reading = Document.objects.for_reading().get(pk=document.pk)
    assert content_of(for_reading) == replace(content, delivery={})
    assert content_of(drafted_document(erin, kind=Kind.BILL, number="R 1")).number == "R 1"
    assert content_of(issued_document(erin)).number == ""


@pytest.mark.django_db
def test_kinds_of_taxes_become_rows_of_their_own(erin):
    document = drafted_document(erin, lines=everything(erin).lines)
    assert list(document.taxes.values_list("kind", "category", "percent", "taxable", "tax", "exemption_reason")) == [
        ("vat", "E", 0, Decimal(5), 0, "Because"),
        ("vat", "O", None, Decimal(5), 0, "Not subject to VAT"),
        ("vat", "S", 4, Decimal(-20), Decimal("-0.80"), ""),
        ("vat", "S", 21, Decimal("110.01"), Decimal("23.10"), ""),
        ("surcharge", "S", Decimal("5.2"), Decimal(10), Decimal("0.52"), ""),
        ("withholding", "", 15, Decimal(-20), Decimal(-3), ""),
    ]
    assert (document.tax_total, document.withheld, document.payable) == (
        *(Decimal("22.82"), Decimal("-3.00"), Decimal("125.83")),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "reason"), [("en", "Exempt from VAT"), ("es", "Exenta de IVA")])
def test_an_exemption_says_why_in_the_language_of_the_document(erin, language, reason):
    lines = (typed_line(tax=Tax("E", Decimal(0))),)
    document = drafted_document(erin, lines=lines, language=language)
    assert document.taxes.get().exemption_reason == reason
    assert content_of(document).lines == lines


@pytest.mark.django_db
def test_exemptions_of_several_reasons_are_one_group_that_says_them_all(erin):
    taxes = [Tax("E", Decimal(0), exemption_code=f"VATEX-EU-{code}") for code in ("151", "132")]
    group = drafted_document(erin, lines=[typed_line(tax=tax) for tax in taxes]).taxes.get()
    assert (group.taxable, group.exemption_code) == (200, "")
    assert group.exemption_reason.count(";") == 1
    assert group.exemption_reason.index("132") < group.exemption_reason.index("151")


@pytest.mark.django_db
def test_a_spread_discount_is_a_row_for_each_tax_and_one_thing_to_read_back(erin):
    lines = (typed_line(price="100"), typed_line(price="50", percent="10"))
    typed = (AdjustmentContent("Loyalty", percent=Decimal(10)), AdjustmentContent("Other", amount=Decimal(3)))
    document = drafted_document(erin, lines=lines, adjustments=typed)
    rows = document.allowances_charges.values_list("reason", "tax_percent", "amount", "base_amount", "percent")
    assert list(rows) == [
        ("Loyalty", 10, 5, 50, 10),
        ("Loyalty", 21, 10, 100, 10),
        ("Other", 10, 1, None, None),
        ("Other", 21, 2, None, None),
    ]
    assert (document.lines_net, document.allowances, document.tax_exclusive) == (150, 18, 132)
    assert content_of(document).adjustments == typed


@pytest.mark.django_db
def test_what_an_imported_document_says_comes_nearest(dan_here):
    lines = [("Hammer", 2, "10.05", None, 21), ("Free", 1, "0", None, 0)]
    document = import_invoice(actor=dan_here, content=ubl_invoice(lines=lines), direction="sales").document
    content = content_of(document)
    assert [(line.quantity, line.unit_price, line.tax.percent) for line in content.lines] == [
        (2, Decimal("10.05"), 21),
        (1, 0, 0),
    ]
    copy = duplicate_document(actor=dan_here, document=document, today=TODAY)
    assert (copy.tax_inclusive, copy.is_imported, copy.number) == (document.tax_inclusive, False, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "typed"),
    [
        ({"quantity": 10, "unit_price": 3, "price_base_quantity": 4, "net": "7.50"}, ("10", "0.75", "0")),
        ({"quantity": 10, "unit_price": 3, "price_base_quantity": 0, "net": "30"}, ("10", "3", "0")),
        ({"quantity": 2, "unit_price": 800, "net": "400"}, ("1", "400", "0")),
        ({"quantity": 2, "unit_price": 800, "net": "-400"}, ("-1", "400", "0")),
        ({"quantity": 2, "unit_price": -800, "net": "-1600"}, ("-2", "800", "0")),
        ({"quantity": 1, "unit_price": 10, "discount_percent": 10, "net": "8"}, ("1", "8", "0")),
        ({"quantity": 1, "unit_price": 10, "discount_percent": 10, "net": "9"}, ("1", "10", "10")),
    ],
)
def test_a_line_of_a_file_is_one_piece_where_its_net_does_not_follow(erin, values, typed):
    document = drafted_document(erin)
    document.lines.update(**values)
    (line,) = content_of(document).lines
    assert (line.quantity, line.unit_price, line.discount_percent) == tuple(map(Decimal, typed))


@pytest.mark.django_db
def test_a_discount_of_a_file_keeps_its_amount_and_tax(erin):
    document = drafted_document(erin)
    own = {"organisation": erin.organisation, "document": document, "amount": 7, "percent": 5, "reason": "Bonus"}
    AllowanceCharge.objects.create(**own, position=1, is_charge=True, tax_category="S", tax_percent=21)
    AllowanceCharge.objects.create(**own, position=2, is_charge=False, line=document.lines.get())
    assert content_of(document).adjustments == (AdjustmentContent("Bonus", True, amount=Decimal(7), tax=VAT21),)


# --- Saving again -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_saving_again_replaces_everything(erin, dan_here):
    draft = save_draft(actor=dan_here, kind=Kind.INVOICE, content=everything(erin))
    other = ContactFactory(organisation=erin.organisation, name="Zoe")
    content = typed_content(other, currency="JPY", lines=(typed_line("3", "333.5"),))
    saved = save_draft(actor=dan_here, kind=Kind.INVOICE, content=content, document=draft, revision=1)
    assert saved.pk == draft.pk
    found = Document.objects.get()
    assert content_of(found) == replace(content, delivery={})
    assert (found.revision, found.contact_name, found.payable, found.currency) == (2, "Zoe", 1211, "JPY")
    assert (found.references, found.notes, found.payment) == ({}, [], {})
    assert (found.allowances, found.withheld, found.allowances_charges.count()) == (0, 0, 0)
    assert list(Document.objects.matching("zoe")) == [found]
    assert HistoryEntry.objects.count() == 1


@pytest.mark.django_db
def test_saving_what_is_there_does_nothing_whatever_the_revision(erin, dan_here):
    content = everything(erin)
    draft = save_draft(actor=dan_here, kind=Kind.INVOICE, content=content)
    line = draft.lines.first().pk
    assert save_draft(actor=dan_here, kind=Kind.INVOICE, content=content, document=draft, revision=0).revision == 1
    assert draft.lines.first().pk == line


@pytest.mark.django_db
def test_the_second_of_two_who_edit_is_told(erin, dan_here):
    draft = drafted_document(erin)
    change = {"actor": dan_here, "kind": Kind.INVOICE, "document": draft}
    save_draft(**change, content=typed_content(erin, note="mine"), revision=1)
    with pytest.raises(ChangedMeanwhile):
        save_draft(**change, content=typed_content(erin, note="yours"), revision=1)
    assert content_of(Document.objects.get()).note == "mine"
    save_draft(**change, content=typed_content(erin, note="forced"))
    assert content_of(Document.objects.get()).note == "forced"


@pytest.mark.django_db(transaction=True)
def test_of_two_threads_that_save_one_revision_one_is_told():
    contact = ContactFactory()
    actor, draft = system_actor(contact.organisation.workspace), drafted_document(contact)

    def save(note):
        content = typed_content(contact, note=note)
        return save_draft(actor=actor, kind=Kind.INVOICE, content=content, document=draft, revision=1).revision

    results = together([lambda note=note: save(note) for note in "abcd"])
    assert [result for result in results if result == 2] == [2]
    assert [type(result) for result in results].count(ChangedMeanwhile) == 3
    assert Document.objects.get().lines.count() == 1


@pytest.mark.django_db
def test_what_was_issued_or_deleted_is_not_saved(erin, dan_here):
    issued, gone = issued_document(erin), drafted_document(erin)
    Document.objects.filter(pk=gone.pk).delete()
    for document in (issued, gone):
        with pytest.raises(NotADraft):
            save_draft(actor=dan_here, kind=Kind.INVOICE, content=typed_content(erin, note="x"), document=document)
    assert Document.objects.get().notes == []


@pytest.mark.django_db
def test_a_draft_takes_the_names_of_the_day_it_is_saved(erin, dan_here, delta):
    draft = drafted_document(erin)
    Contact.objects.update(name="Erin & Sons", sort_key="erin & sons", delivery={"city": "Vic", "country": "ES"})
    saved = save_draft(
        actor=dan_here, kind=Kind.INVOICE, content=typed_content(erin, note="x"), document=draft, revision=1
    )
    assert (saved.contact_name, saved.contact_key) == ("Erin & Sons", "erin & sons")
    assert saved.parties["buyer"]["name"] == "Erin & Sons"
    assert saved.parties["delivery"] == {"address": {"city": "Vic", "country": "ES"}}
    bill = drafted_document(erin, kind=Kind.BILL)
    assert (bill.parties["seller"]["name"], bill.parties["buyer"]["name"]) == ("Erin & Sons", "Delta")
    assert "delivery" not in bill.parties


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "shown"), [("invoice", True), ("proforma", True), ("quote", False), ("bill", False)])
@pytest.mark.parametrize(("currency", "code"), [("EUR", "58"), ("USD", "30")])
def test_what_asks_for_money_says_where_to_pay(erin, kind, shown, currency, code):
    iban = "ES9121000418450200051332"
    DocumentSettings.objects.create(organisation=erin.organisation, iban=iban, account_name="Delta")
    document = drafted_document(erin, kind=kind, currency=currency, terms="Now")
    means = [{"code": code, "account": iban, "account_name": "Delta"}]
    assert document.payment == {"payment_terms": "Now"} | ({"payment_means": means} if shown else {})


@pytest.mark.django_db
def test_a_bill_keeps_the_number_of_its_supplier_and_an_invoice_has_none(erin, delta):
    bill = drafted_document(erin, kind=Kind.BILL, number=" R\n 1 ")
    assert (bill.number, bill.seller_key, bill.series) == ("R 1", "erin", None)
    assert list(Document.objects.matching("r 1")) == [bill]
    Contact.objects.update(tax_id="b-65.410.011")
    erin.refresh_from_db()
    assert drafted_document(erin, kind=Kind.SUPPLIER_CREDIT_NOTE).seller_key == "B65410011"
    assert drafted_document(erin, number="R 1").number == ""


@pytest.mark.django_db
def test_control_characters_are_left_out(erin):
    lines = (replace(typed_line(name="a\x00b\tc"), description="x\x07\n\n y ", unit="H\x00", item_number="\x01"),)
    document = drafted_document(erin, lines=lines, note="\x00a\r\nb", terms="\x00", buyer_reference="c\nd")
    line = document.lines.get()
    assert (line.name, line.description, line.unit, line.detail) == ("ab c", "x\n\ny", "H", {})
    assert (document.notes, document.payment, document.references) == (
        *([{"text": "a\nb"}], {}, {"buyer_reference": "c d"}),
    )


# --- Copies and deletion ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_copy_says_the_same_as_of_today(erin, dan_here):
    source = issued_document(erin, **{name: getattr(everything(erin), name) for name in ("lines", "note", "terms")})
    copy = duplicate_document(actor=dan_here, document=source, today=TODAY)
    expected = replace(content_of(source), issued_on=TODAY, due_on=date(2026, 4, 4), series_id=None)
    assert content_of(Document.objects.get(pk=copy.pk)) == expected
    assert (copy.state, copy.number, copy.kind, copy.source, copy.revision) == ("draft", "", "invoice", source, 1)
    assert copy.payable == source.payable


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "payment_days", "due_on"),
    [
        ("invoice", None, date(2026, 3, 20)),
        ("invoice", 0, date(2026, 3, 5)),
        ("proforma", 60, date(2026, 5, 4)),
        ("bill", 10, date(2026, 3, 15)),
        ("quote", 60, date(2026, 3, 12)),
        ("delivery_note", 60, None),
        ("credit_note", 60, None),
        ("sales_order", 60, None),
    ],
)
def test_a_copy_is_due_as_the_contact_and_the_settings_say(erin, dan_here, kind, payment_days, due_on):
    DocumentSettings.objects.create(organisation=erin.organisation, payment_days=15, quote_days=7)
    Contact.objects.update(payment_days=payment_days)
    copy = duplicate_document(actor=dan_here, document=drafted_document(erin, kind=kind), today=TODAY)
    assert (copy.due_on, copy.number) == (due_on, "")


@pytest.mark.django_db
def test_a_draft_is_deleted_with_its_parts_and_nothing_else_is(erin, dan_here):
    draft, issued = drafted_document(erin), issued_document(erin)
    delete_draft(actor=dan_here, document=draft)
    assert Document.objects.get() == issued
    entry = HistoryEntry.objects.get(what="documents.document.deleted")
    assert (entry.subject_id, entry.actor_name) == (draft.pk, dan_here.name)
    for document in (issued, draft):
        with pytest.raises(NotADraft):
            delete_draft(actor=dan_here, document=document)


# --- Marks --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_review_is_marked_once(erin, dan_here, delta):
    document = issued_document(erin)
    review_document(actor=dan_here, document=document, now=NOW)
    assert (document.reviewed_at, document.reviewed_by_name) == (NOW, dan_here.name)
    review_document(actor=with_levels(delta, sales=2), document=document, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert (document.reviewed_at, document.reviewed_by_name) == (NOW, dan_here.name)
    assert HistoryEntry.objects.filter(what="documents.document.reviewed").count() == 1


@pytest.mark.django_db
def test_sending_is_noted_with_its_last_time(erin, dan_here):
    document = issued_document(erin)
    for moment in (NOW, datetime(2026, 4, 1, tzinfo=UTC)):
        mark_sent(actor=dan_here, document=document, now=moment)
        assert Document.objects.get().sent_at == moment


@pytest.mark.django_db
def test_what_was_not_imported_has_no_original(erin, dan_here):
    with pytest.raises(LookupError):
        download_original(actor=dan_here, document=drafted_document(erin))

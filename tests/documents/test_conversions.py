"""From one document to the next: conversions, credit notes, versions, one invoice of several delivery notes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry
from documents import rules
from documents.actions import (
    content_of,
    convert_document,
    credit_document,
    invoice_deliveries,
    issue_document,
    new_version,
    save_draft,
    void_document,
)
from documents.actions.contents import DoesNotFit
from documents.actions.conversions import AlreadyMade, NotConvertible
from documents.models import Contact, Document, DocumentSettings, Kind
from documents.rules import AdjustmentContent, Tax
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, drafted_document, issued_document, typed_line
from tests.threads import together

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 9)
PAIRS = [(kind, to) for kind, others in rules.CONVERSIONS.items() for to in others]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "to"), PAIRS)
def test_each_kind_leads_to_the_next(erin, dan_here, kind, to):
    discount = (AdjustmentContent("Loyalty", percent=Decimal(5)),)
    source = issued_document(erin, kind=kind, note="x", terms="y", buyer_reference="B", adjustments=discount)
    made = convert_document(actor=dan_here, document=source, to=to, today=TODAY)
    assert (made.kind, made.state, made.number, made.source) == (to, "draft", "", source)
    due_on = None if to in ("sales_order", "delivery_note") else date(2026, 4, 8)
    expected = replace(content_of(source), issued_on=TODAY, due_on=due_on, series_id=None)
    typed = content_of(Document.objects.get(pk=made.pk))
    assert typed == replace(expected, order_reference=typed.order_reference)
    name = {"sales_order": "sales_order_reference", "delivery_note": "despatch_reference"}.get(kind, "order_reference")
    assert made.references == {"buyer_reference": "B", name: source.number}
    assert made in Document.objects.matching("erin")
    entry = HistoryEntry.objects.get(what="documents.document.converted")
    assert (entry.subject_id, entry.after) == (source.pk, {"to": to})


@pytest.mark.django_db
def test_a_reference_of_the_customers_own_stays_and_others_are_handed_on(erin, dan_here):
    quote = issued_document(erin, kind=Kind.QUOTE, order_reference="PO 5")
    order = convert_document(actor=dan_here, document=quote, to=Kind.SALES_ORDER, today=TODAY)
    assert order.references == {"order_reference": "PO 5"}
    issue_document(actor=dan_here, document=order, now=NOW)
    note = convert_document(actor=dan_here, document=order, to=Kind.DELIVERY_NOTE, today=TODAY)
    assert note.references == {"order_reference": "PO 5", "sales_order_reference": order.number}
    issue_document(actor=dan_here, document=note, now=NOW)
    invoice = convert_document(actor=dan_here, document=note, to=Kind.INVOICE, today=TODAY)
    chain = {"order_reference": "PO 5", "sales_order_reference": order.number, "despatch_reference": note.number}
    assert invoice.references == chain
    saved = save_draft(
        actor=dan_here, kind=Kind.INVOICE, content=replace(content_of(invoice), order_reference=""), document=invoice
    )
    assert saved.references == {name: chain[name] for name in ("sales_order_reference", "despatch_reference")}


@pytest.mark.django_db
def test_what_leads_nowhere_is_not_converted(erin, dan_here):
    issued = issued_document(erin, kind=Kind.QUOTE)
    void = issued_document(erin, kind=Kind.QUOTE)
    void_document(actor=dan_here, document=void, now=NOW)
    cases = [
        (issued, Kind.DELIVERY_NOTE),
        (issued, Kind.BILL),
        (issued_document(erin), Kind.QUOTE),
        (drafted_document(erin, kind=Kind.QUOTE), Kind.INVOICE),
        (void, Kind.INVOICE),
    ]
    before = Document.objects.count()
    for document, to in cases:
        with pytest.raises(NotConvertible):
            convert_document(actor=dan_here, document=document, to=to, today=TODAY)
    assert Document.objects.count() == before


@pytest.mark.django_db
def test_what_was_converted_says_so_unless_it_is_wanted_again(erin, dan_here):
    quote = issued_document(erin, kind=Kind.QUOTE)
    convert = {"actor": dan_here, "document": quote, "today": TODAY}
    made = convert_document(**convert, to=Kind.INVOICE)
    with pytest.raises(AlreadyMade, match=r"Invoice \(draft\)") as caught:
        convert_document(**convert, to=Kind.INVOICE)
    assert caught.value.document == made
    issue_document(actor=dan_here, document=made, now=NOW)
    with pytest.raises(AlreadyMade, match=r"QU-2026-0001 was converted already: Invoice INV-2026-0001\."):
        convert_document(**convert, to=Kind.INVOICE)
    assert convert_document(**convert, to=Kind.PROFORMA).kind == "proforma"
    again = convert_document(**convert, to=Kind.INVOICE, again=True)
    assert again.pk != made.pk
    again.delete()
    void_document(actor=dan_here, document=made, now=NOW)
    assert convert_document(**convert, to=Kind.INVOICE).state == "draft"


@pytest.mark.django_db(transaction=True)
def test_of_threads_that_convert_at_once_one_does():
    contact = ContactFactory()
    actor, quote = system_actor(contact.organisation.workspace), issued_document(contact, kind=Kind.QUOTE)
    convert = {"actor": actor, "document": quote, "to": Kind.INVOICE, "today": TODAY}
    results = together([lambda: convert_document(**convert).kind for _ in range(4)])
    assert results.count("invoice") == 1
    assert sum(isinstance(result, AlreadyMade) for result in results) == 3


@pytest.mark.django_db
def test_rights_are_those_of_both_sections(erin, delta):
    order = issued_document(erin, kind=Kind.PURCHASE_ORDER)
    quote = issued_document(erin, kind=Kind.QUOTE)
    for levels in ({"purchases": 1}, {"sales": 2}):
        with pytest.raises(Forbidden):
            convert_document(actor=with_levels(delta, **levels), document=order, to=Kind.BILL, today=TODAY)
    convert_document(actor=with_levels(delta, purchases=2), document=order, to=Kind.BILL, today=TODAY)
    for act in (
        lambda who: new_version(actor=who, document=quote),
        lambda who: credit_document(actor=who, document=issued_document(erin), today=TODAY),
    ):
        with pytest.raises(Forbidden):
            act(with_levels(delta, sales=1, purchases=2))
        act(with_levels(delta, sales=2))


# --- Delivery notes ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_several_delivery_notes_become_one_invoice(erin, dan_here):
    surcharged = Tax("S", Decimal(21), Decimal("5.2"))
    adjustments = (
        (AdjustmentContent("Loyalty", percent=Decimal(10)),),
        (AdjustmentContent("Delivery", is_charge=True, amount=Decimal(6)),),
        (AdjustmentContent("Loyalty", percent=Decimal(10)),),
    )
    lines = (
        (typed_line(price="100", tax=surcharged), typed_line(price="50", percent="10")),
        (typed_line(price="20", name="Second"),),
        (typed_line("-1", price="30", name="Third"),),
    )
    notes = [
        issued_document(erin, kind=Kind.DELIVERY_NOTE, lines=own, adjustments=more)
        for own, more in zip(lines, adjustments, strict=True)
    ]
    invoice = invoice_deliveries(actor=dan_here, documents=notes[::-1], today=TODAY)
    invoice = Document.objects.get(pk=invoice.pk)
    assert (invoice.kind, invoice.state, invoice.issued_on, invoice.due_on) == (
        *("invoice", "draft", TODAY, date(2026, 4, 8)),
    )
    assert content_of(invoice).lines == sum(lines, ())
    assert invoice.references["despatch_reference"] == "DN-2026-0001, DN-2026-0002, DN-2026-0003"
    for column in ("lines_net", "tax_exclusive", "tax_total", "payable"):
        assert getattr(invoice, column) == sum(getattr(note, column) for note in notes)
    assert HistoryEntry.objects.filter(what="documents.document.converted").count() == 3
    for note in notes:
        with pytest.raises(AlreadyMade):
            convert_document(actor=dan_here, document=note, to=Kind.INVOICE, today=TODAY)
    with pytest.raises(AlreadyMade):
        invoice_deliveries(actor=dan_here, documents=notes[2:], today=TODAY)
    assert invoice_deliveries(actor=dan_here, documents=notes[2:], today=TODAY, again=True).lines.count() == 1


@pytest.mark.django_db
def test_delivery_notes_that_differ_do_not_go_together(erin, dan_here, delta):
    note = issued_document(erin, kind=Kind.DELIVERY_NOTE)
    others = [
        issued_document(ContactFactory(organisation=delta), kind=Kind.DELIVERY_NOTE),
        issued_document(erin, kind=Kind.DELIVERY_NOTE, currency="USD"),
        issued_document(erin, kind=Kind.SALES_ORDER),
        drafted_document(erin, kind=Kind.DELIVERY_NOTE),
    ]
    for documents in ([], *([note, other] for other in others)):
        with pytest.raises(NotConvertible):
            invoice_deliveries(actor=dan_here, documents=documents, today=TODAY)
    with pytest.raises(Forbidden):
        invoice_deliveries(actor=with_levels(delta, purchases=2), documents=[note], today=TODAY)
    assert not Document.objects.filter(kind=Kind.INVOICE).exists()


@pytest.mark.django_db
def test_delivery_notes_with_too_many_lines_do_not_go_together(erin, dan_here):
    notes = [issued_document(erin, kind=Kind.DELIVERY_NOTE, lines=(typed_line(),) * 251) for _ in range(2)]
    with pytest.raises(DoesNotFit):
        invoice_deliveries(actor=dan_here, documents=notes, today=TODAY)
    assert not Document.objects.filter(kind=Kind.INVOICE).exists()


# --- Credit notes --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "credit"), rules.CREDITED_BY.items())
@pytest.mark.parametrize("state", ["issued", "partially_paid", "paid"])
def test_a_credit_note_says_what_it_corrects(erin, dan_here, kind, credit, state):
    invoice = issued_document(erin, kind=kind, buyer_reference="B")
    Document.objects.update(state=state)
    note = credit_document(actor=dan_here, document=invoice, today=TODAY)
    assert (note.kind, note.state, note.corrects, note.source) == (credit, "draft", invoice, invoice)
    assert (note.issued_on, note.due_on, note.number, note.payable) == (TODAY, None, "", invoice.payable)
    preceding = [{"number": invoice.number, "issued_on": "2026-03-02"}]
    assert note.references == {"buyer_reference": "B", "preceding_invoices": preceding}
    assert content_of(note).lines == content_of(invoice).lines
    assert credit_document(actor=dan_here, document=invoice, today=TODAY) == note


@pytest.mark.django_db
def test_an_invoice_is_credited_in_parts_and_then_no_more(erin, dan_here):
    invoice = issued_document(erin)
    for price in ("60", "40"):
        note = credit_document(actor=dan_here, document=invoice, today=TODAY)
        content = replace(content_of(note), lines=(typed_line(price=price),))
        note = save_draft(actor=dan_here, kind=Kind.CREDIT_NOTE, content=content, document=note)
        assert (note.corrects, note.references["preceding_invoices"][0]["number"]) == (invoice, invoice.number)
        issue_document(actor=dan_here, document=note, now=NOW)
    with pytest.raises(NotConvertible, match=r"INV-2026-0001 is credited as a whole already\."):
        credit_document(actor=dan_here, document=invoice, today=TODAY)
    void_document(actor=dan_here, document=note, now=NOW)
    assert credit_document(actor=dan_here, document=invoice, today=TODAY).state == "draft"


@pytest.mark.django_db
def test_what_is_no_issued_invoice_is_not_credited(erin, dan_here):
    void = issued_document(erin)
    void_document(actor=dan_here, document=void, now=NOW)
    for document in (issued_document(erin, kind=Kind.QUOTE), drafted_document(erin), void):
        with pytest.raises(NotConvertible):
            credit_document(actor=dan_here, document=document, today=TODAY)


# --- Versions ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_new_version_takes_the_number_and_the_old_one_is_void(erin, dan_here):
    first = issued_document(erin, kind=Kind.QUOTE, note="x")
    second = new_version(actor=dan_here, document=first)
    assert (second.state, second.number, second.version) == ("draft", first.number, 2)
    assert (second.series, second.replaces) == (first.series, first)
    assert content_of(second) == content_of(first)
    assert new_version(actor=dan_here, document=first) == second
    content = replace(content_of(second), lines=(typed_line(price="90"),), issued_on=TODAY, series_id=None)
    second = save_draft(actor=dan_here, kind=Kind.QUOTE, content=content, document=second)
    first.refresh_from_db()
    assert (first.state, second.series) == ("issued", first.series)
    issue_document(actor=dan_here, document=second, now=NOW)
    first.refresh_from_db()
    assert (first.state, second.state, second.number, second.version) == ("void", "issued", first.number, 2)
    assert set(Document.objects.matching(first.number)) == {first, second}
    entry = HistoryEntry.objects.get(what="documents.document.superseded")
    assert (entry.subject_id, entry.after) == (first.pk, {"version": 2})
    third = new_version(actor=dan_here, document=second)
    assert third.version == 3
    assert issued_document(erin, kind=Kind.QUOTE).number == "QU-2026-0002"


@pytest.mark.django_db
def test_a_version_whose_predecessor_was_declared_void_is_issued(erin, dan_here):
    first = issued_document(erin, kind=Kind.QUOTE)
    second = new_version(actor=dan_here, document=first)
    void_document(actor=dan_here, document=first, now=NOW)
    issue_document(actor=dan_here, document=second, now=NOW)
    assert second.state == "issued"
    assert not HistoryEntry.objects.filter(what="documents.document.superseded").exists()


@pytest.mark.django_db
def test_only_issued_quotes_have_versions(erin, dan_here):
    void = issued_document(erin, kind=Kind.QUOTE)
    void_document(actor=dan_here, document=void, now=NOW)
    for document in (issued_document(erin), drafted_document(erin, kind=Kind.QUOTE), void):
        with pytest.raises(NotConvertible):
            new_version(actor=dan_here, document=document)


@pytest.mark.django_db(transaction=True)
def test_threads_that_make_a_version_make_one():
    contact = ContactFactory()
    actor, quote = system_actor(contact.organisation.workspace), issued_document(contact, kind=Kind.QUOTE)
    results = together([lambda: new_version(actor=actor, document=quote).pk for _ in range(4)])
    assert len(set(results)) == 1
    assert Document.objects.count() == 2


@pytest.mark.django_db
def test_what_is_made_is_due_as_the_contact_pays(erin, dan_here):
    DocumentSettings.objects.create(organisation=erin.organisation, payment_days=15)
    quote = issued_document(erin, kind=Kind.QUOTE)
    made = {"actor": dan_here, "document": quote, "to": Kind.INVOICE, "today": TODAY, "again": True}
    assert convert_document(**made).due_on == date(2026, 3, 24)
    Contact.objects.update(payment_days=1)
    assert convert_document(**made).due_on == date(2026, 3, 10)

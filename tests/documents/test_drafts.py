"""The business's own documents: drafted with their totals, issued with numbers that have no gaps, void, reviewed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.states import IllegalMove
from documents.actions import NewLine, draft_document, issue_document, mark_sent, review_document, void_document
from documents.actions.drafts import PREFIXES, NoLines, NotOurs
from documents.models import Contact, Document, Kind, Series
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, DocumentFactory, drafted_document, issued_document
from tests.threads import together

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def lines(*figures):
    return [NewLine("x", *(Decimal(figure) for figure in line)) for line in figures]


@pytest.mark.django_db
def test_a_draft_keeps_what_was_typed_and_its_totals(erin, dan_here, delta):
    Contact.objects.update(language="es", city="Cádiz", tax_id="B1", phone="+34 1")
    erin.refresh_from_db()
    document = draft_document(
        actor=dan_here,
        kind=Kind.INVOICE,
        contact=erin,
        currency="EUR",
        issued_on=date(2026, 3, 2),
        due_on=None,
        note="Thank you",
        lines=[
            NewLine("Advice", Decimal(2), Decimal("50.005"), Decimal(21), description="March", unit="HUR"),
            NewLine("Book", Decimal(1), Decimal("19.99"), Decimal(4), Decimal(10)),
            NewLine("Stamp", Decimal(1), Decimal("5"), Decimal(0)),
        ],
    )
    document = Document.objects.get(pk=document.pk)
    assert (document.state, document.number, document.series, document.seller_key) == ("draft", "", None, "")
    assert (document.contact_name, document.contact_key, document.language) == ("Erin", "erin", "es")
    assert (document.lines_net, document.tax_exclusive, document.tax_total) == (
        *(Decimal("123.00"), Decimal("123.00"), Decimal("21.72")),
    )
    assert document.tax_inclusive == document.payable == document.outstanding == Decimal("144.72")
    assert (document.notes, document.due_on, str(document)) == ([{"text": "Thank you"}], None, "Erin")
    assert document.parties == {
        "seller": {"name": "Delta", "tax_id": "B64717838", "address": {"country": "ES"}},
        "buyer": {
            "name": "Erin",
            "tax_id": "B1",
            "address": {"city": "Cádiz"},
            "email": "erin@customer.example",
            "phone": "+34 1",
        },
    }
    assert list(
        document.lines.values_list("position", "name", "description", "unit", "net", "tax_category", "discount_percent")
    ) == [
        (1, "Advice", "March", "HUR", Decimal("100.01"), "S", 0),
        (2, "Book", "", "", Decimal("17.99"), "S", 10),
        (3, "Stamp", "", "", Decimal("5.00"), "Z", 0),
    ]
    assert list(document.taxes.values_list("position", "category", "percent", "taxable", "tax")) == [
        (1, "S", 4, Decimal("17.99"), Decimal("0.72")),
        (2, "S", 21, Decimal("100.01"), Decimal("21.00")),
        (3, "Z", 0, Decimal("5.00"), Decimal("0.00")),
    ]
    assert HistoryEntry.objects.get().what == "documents.document.drafted"
    assert str(document.lines.first()) == "Advice"


@pytest.mark.django_db
@pytest.mark.parametrize(("net", "percent", "total"), [("138.66", "19", "165.01"), ("8180.00", "9.975", "8995.96")])
def test_a_draft_rounds_its_tax_half_up(erin, net, percent, total):
    assert drafted_document(erin, lines=lines((1, net, percent))).payable == Decimal(total)


@pytest.mark.django_db
def test_a_draft_without_a_note_has_none(erin):
    assert drafted_document(erin).notes == []


@pytest.mark.django_db
def test_documents_are_written_by_those_who_manage_their_section(erin, delta):
    values = {"contact": erin, "currency": "EUR", "issued_on": NOW.date(), "due_on": None, "lines": ()}
    sales, purchases = with_levels(delta, sales=2, purchases=1), with_levels(delta, purchases=2, sales=1)
    for actor, allowed, forbidden in ((sales, Kind.QUOTE, Kind.BILL), (purchases, Kind.BILL, Kind.QUOTE)):
        draft_document(actor=actor, kind=allowed, **values)
        with pytest.raises(Forbidden):
            draft_document(actor=actor, kind=forbidden, **values)
    invoice = issued_document(erin)
    for act in (
        lambda actor: issue_document(actor=actor, document=invoice),
        lambda actor: mark_sent(actor=actor, document=invoice, now=NOW),
        lambda actor: review_document(actor=actor, document=invoice, now=NOW),
        lambda actor: void_document(actor=actor, document=invoice),
    ):
        with pytest.raises(Forbidden):
            act(purchases)
        act(sales)
    assert Document.objects.get(pk=invoice.pk).state == "void"


@pytest.mark.django_db
def test_issuing_gives_the_next_number_and_freezes(erin, dan_here, delta):
    document = drafted_document(erin)
    issue_document(actor=dan_here, document=document)
    assert (document.state, document.number, document.seller_key) == ("issued", "INV-2026-0001", str(delta.pk))
    assert str(document) == "INV-2026-0001"
    assert list(Document.objects.matching("inv-2026-0001 erin")) == [document]
    entry = HistoryEntry.objects.get(what="documents.document.issued")
    assert (entry.subject_name, entry.actor_name) == ("INV-2026-0001", dan_here.name)
    assert str(Series.objects.get()) == "INV-2026"


@pytest.mark.django_db
def test_issuing_again_does_nothing_also_once_money_has_come_in(erin, dan_here):
    document = issued_document(erin)
    issue_document(actor=dan_here, document=document)
    for state in ("partially_paid", "paid"):
        Document.objects.update(state=state)
        issue_document(actor=dan_here, document=document)
        assert (document.state, document.number) == (state, "INV-2026-0001")
    assert HistoryEntry.objects.filter(what="documents.document.issued").count() == 1
    assert Series.objects.get().last_number == 1


@pytest.mark.django_db
def test_numbers_run_by_kind_and_year_and_organisation(erin):
    other = ContactFactory()
    made = [
        issued_document(erin),
        issued_document(erin, kind=Kind.CREDIT_NOTE),
        issued_document(erin, issued_on=date(2027, 1, 1)),
        issued_document(other),
        issued_document(erin),
    ]
    assert [document.number for document in made] == [
        *("INV-2026-0001", "CN-2026-0001", "INV-2027-0001", "INV-2026-0001", "INV-2026-0002"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(PREFIXES))
def test_every_kind_of_ours_has_its_series(erin, kind):
    assert issued_document(erin, kind=kind).number == f"{PREFIXES[kind]}2026-0001"
    assert len(set(PREFIXES.values())) == len(PREFIXES) == 7


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE])
def test_what_suppliers_number_is_not_issued_here(erin, dan_here, kind):
    document = drafted_document(erin, kind=kind)
    with pytest.raises(NotOurs):
        issue_document(actor=dan_here, document=document)
    assert (Document.objects.get().state, Series.objects.count()) == ("draft", 0)


@pytest.mark.django_db
def test_a_document_without_lines_is_not_issued(erin, dan_here):
    document = drafted_document(erin, lines=())
    with pytest.raises(NoLines):
        issue_document(actor=dan_here, document=document)
    assert (Document.objects.get().state, Series.objects.count()) == ("draft", 0)


@pytest.mark.django_db
def test_a_rollback_leaves_no_gap(erin, dan_here):
    lost, kept = drafted_document(erin), drafted_document(erin)
    with pytest.raises(LookupError), transaction.atomic():
        issue_document(actor=dan_here, document=lost)
        raise LookupError
    issue_document(actor=dan_here, document=kept)
    assert kept.number == "INV-2026-0001"
    assert Document.objects.get(pk=lost.pk).state == "draft"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_four_threads_that_issue_forty_drafts_leave_no_gap_and_repeat_none():
    contact = ContactFactory()
    actor = system_actor(contact.organisation.workspace)
    drafts = [drafted_document(contact) for _ in range(40)]

    def issue(some):
        for draft in some:
            issue_document(actor=actor, document=Document.objects.get(pk=draft.pk))

    # Each draft is issued by two of the threads.
    assert together([lambda start=start: issue(drafts[start % 2 :: 2]) for start in range(4)]) == [None] * 4
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == [f"INV-2026-{number:04}" for number in range(1, 41)]
    assert Series.objects.get().last_number == 40
    assert HistoryEntry.objects.filter(what="documents.document.issued").count() == 40


@pytest.mark.django_db
def test_a_void_document_keeps_its_number_and_is_not_issued_again(erin, dan_here):
    document = issued_document(erin)
    void_document(actor=dan_here, document=document)
    void_document(actor=dan_here, document=document)
    assert (document.state, document.number) == ("void", "INV-2026-0001")
    assert HistoryEntry.objects.filter(what="documents.document.void").count() == 1
    with pytest.raises(IllegalMove):
        issue_document(actor=dan_here, document=document)
    assert issued_document(erin).number == "INV-2026-0002"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "partially_paid", "paid"])
def test_a_draft_and_what_was_paid_are_not_declared_void(erin, dan_here, state):
    document = DocumentFactory(contact=erin, state=state)
    with pytest.raises(IllegalMove):
        void_document(actor=dan_here, document=document)


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
def test_names_that_grow_when_they_are_made_plain_fit(delta, dan_here):
    contact = ContactFactory(organisation=delta, name="ﷺ" * 500, search_text="x")
    document = issued_document(contact)
    assert (document.number, len(document.search_text)) == ("INV-2026-0001", 1500)

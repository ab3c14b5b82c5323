"""Issuing: numbers without gaps, dates in order, what the law asks for, what is frozen; and declaring void."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.states import IllegalMove
from documents.actions import (
    issue_document,
    void_document,
)
from documents.actions.issuing import HASHED, PREFIXES, DateOutOfOrder, NotComplete, content_hash
from documents.actions.periods import PeriodClosed
from documents.models import Contact, Document, DocumentSettings, Kind, Series, SeriesCounter
from documents.rules import AdjustmentContent, Tax, exempt_tax
from tests.documents.builders import with_levels
from tests.factories import (
    ContactFactory,
    drafted_document,
    issued_document,
    typed_line,
)
from tests.threads import together

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
K = Tax("K", Decimal(0))


def close(organisation, until=date(2026, 3, 2)):
    DocumentSettings.objects.update_or_create(organisation=organisation, defaults={"closed_until": until})


@pytest.mark.django_db
def test_issuing_gives_the_next_number_and_freezes(erin, dan_here, delta):
    document = drafted_document(erin, buyer_reference="PO 77")
    issue_document(actor=dan_here, document=document, now=NOW)
    assert (document.state, document.number, document.seller_key) == ("issued", "INV-2026-0001", str(delta.pk))
    assert str(document) == "INV-2026-0001"
    assert list(Document.objects.matching("inv-2026-0001 erin po 77")) == [document]
    entry = HistoryEntry.objects.get(what="documents.document.issued")
    assert (entry.subject_name, entry.actor_name) == ("INV-2026-0001", dan_here.name)
    series = Series.objects.get()
    assert (str(series), series.is_default, series.counters.get().year) == ("INV-", True, 2026)


@pytest.mark.django_db
def test_issuing_again_does_nothing_also_once_money_has_come_in(erin, dan_here):
    document = issued_document(erin)
    issue_document(actor=dan_here, document=document, now=NOW)
    for state in ("partially_paid", "paid"):
        Document.objects.update(state=state)
        issue_document(actor=dan_here, document=document, now=NOW)
        assert (document.state, document.number) == (state, "INV-2026-0001")
    assert HistoryEntry.objects.filter(what="documents.document.issued").count() == 1
    assert SeriesCounter.objects.get().last_number == 1


@pytest.mark.django_db
def test_numbers_run_by_kind_and_year_and_organisation(erin):
    other = ContactFactory()
    later = {"issued_on": date(2027, 1, 1), "due_on": None}
    made = [
        issued_document(erin),
        issued_document(erin, kind=Kind.CREDIT_NOTE),
        issued_document(erin, **later),
        issued_document(other),
        issued_document(erin),
    ]
    assert [document.number for document in made] == [
        *("INV-2026-0001", "CN-2026-0001", "INV-2027-0001", "INV-2026-0001", "INV-2026-0002"),
    ]


@pytest.mark.django_db
def test_a_chosen_series_gives_its_own_numbers(erin):
    series = Series.objects.create(
        organisation=erin.organisation, kind=Kind.INVOICE, prefix="B/", digits=2, is_yearly=False
    )
    made = [issued_document(erin, series_id=series.pk, **values) for values in ({}, {"issued_on": date(2026, 4, 1)})]
    assert [document.number for document in (*made, issued_document(erin))] == ["B/01", "B/02", "INV-2026-0001"]
    assert series.counters.get().year == 0
    later = {"issued_on": date(2027, 4, 1), "due_on": None}
    assert issued_document(erin, series_id=series.pk, **later).number == "B/03"


@pytest.mark.django_db
def test_a_series_of_ones_own_may_be_the_usual_one(erin):
    Series.objects.create(organisation=erin.organisation, kind=Kind.INVOICE, prefix="INV-", retired_at=NOW)
    Series.objects.create(organisation=erin.organisation, kind=Kind.INVOICE, prefix="F", is_default=True, digits=1)
    assert issued_document(erin).number == "F2026-1"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(PREFIXES))
def test_every_kind_of_ours_has_its_series(erin, kind):
    assert issued_document(erin, kind=kind).number == f"{PREFIXES[kind]}2026-0001"
    assert len(set(PREFIXES.values())) == len(PREFIXES) == 7


@pytest.mark.django_db
def test_a_recurring_invoice_is_never_issued_itself(erin):
    with pytest.raises(IllegalMove):
        issued_document(erin, kind=Kind.RECURRING_INVOICE)
    assert (Document.objects.get().state, Series.objects.count()) == ("draft", 0)


@pytest.mark.django_db
def test_a_rollback_leaves_no_gap(erin, dan_here):
    lost, kept = drafted_document(erin), drafted_document(erin)
    with pytest.raises(LookupError), transaction.atomic():
        issue_document(actor=dan_here, document=lost, now=NOW)
        raise LookupError
    issue_document(actor=dan_here, document=kept, now=NOW)
    assert kept.number == "INV-2026-0001"
    assert Document.objects.get(pk=lost.pk).state == "draft"


@pytest.mark.django_db(transaction=True)
def test_four_threads_that_issue_forty_drafts_leave_no_gap_and_repeat_none():
    contact = ContactFactory()
    actor = system_actor(contact.organisation.workspace)
    drafts = [drafted_document(contact) for _ in range(40)]

    def issue(some):
        for draft in some:
            issue_document(actor=actor, document=Document.objects.get(pk=draft.pk), now=NOW)

    # Each draft is issued by two of the threads.
    assert together([lambda start=start: issue(drafts[start % 2 :: 2]) for start in range(4)]) == [None] * 4
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == [f"INV-2026-{number:04}" for number in range(1, 41)]
    assert SeriesCounter.objects.get().last_number == 40
    assert HistoryEntry.objects.filter(what="documents.document.issued").count() == 40


@pytest.mark.django_db
def test_rights_are_those_of_the_section(erin, delta):
    sales, purchases = with_levels(delta, sales=2, purchases=1), with_levels(delta, purchases=2, sales=1)
    for mine, kind, theirs in ((sales, Kind.INVOICE, purchases), (purchases, Kind.BILL, sales)):
        document = drafted_document(erin, kind=kind)
        for act in (issue_document, void_document):
            with pytest.raises(Forbidden):
                act(actor=theirs, document=document, now=NOW)
            act(actor=mine, document=document, now=NOW)
        assert Document.objects.get(pk=document.pk).state == "void"


# --- What is missing ----------------------------------------------------------------------------------------


def refused(error, document, now=NOW):
    """What issuing refuses, in words; nothing has changed."""
    with pytest.raises(error) as caught:
        issue_document(actor=system_actor(document.organisation.workspace), document=document, now=now)
    assert (Document.objects.get(pk=document.pk).state, SeriesCounter.objects.count()) == ("draft", 0)
    return caught.value.message


@pytest.mark.django_db
def test_a_document_needs_lines_with_names(erin):
    assert "Add at least one line" in refused(NotComplete, drafted_document(erin, lines=()))
    lines = (typed_line(), typed_line(name=""))
    assert refused(NotComplete, drafted_document(erin, lines=lines)) == "Line 2 has no name. Say what it is."


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["invoice", "bill"])
def test_a_negative_invoice_is_a_credit_note(erin, kind):
    lines = (typed_line("-1"), typed_line("1", "20"))
    assert "Make a credit note instead" in refused(NotComplete, drafted_document(erin, kind=kind, lines=lines))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["credit_note", "supplier_credit_note"])
def test_a_credit_note_is_positive(erin, kind):
    assert "is positive" in refused(NotComplete, drafted_document(erin, kind=kind, lines=(typed_line("-1"),)))


@pytest.mark.django_db
def test_returns_zeros_and_negative_quotes_are_issued(erin):
    assert issued_document(erin, lines=(typed_line("-1"), typed_line("2"))).payable == 121
    assert issued_document(erin, lines=(typed_line("0"),)).payable == 0
    assert issued_document(erin, kind=Kind.QUOTE, lines=(typed_line("-1"),)).payable == -121


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contact", "tax", "needed"),
    [
        ({"is_person": False, "country": "ES"}, "S", True),
        ({"is_person": False, "country": ""}, "S", True),
        ({"is_person": False, "country": "ES", "tax_id": "B1"}, "S", False),
        ({"is_person": True, "country": "ES"}, "S", False),
        ({"is_person": False, "country": "FR"}, "S", False),
        ({"is_person": False, "country": "US"}, "G", False),
        ({"is_person": True, "country": "FR"}, "K", True),
        ({"is_person": False, "country": "FR", "tax_id": "FR1"}, "K", False),
        ({"is_person": True, "country": "US"}, "AE", True),
        ({"is_person": True, "country": "US", "tax_id": "1"}, "AE", False),
    ],
)
@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_who_is_named_with_a_tax_id(erin, contact, tax, needed, kind):
    Contact.objects.update(**contact)
    lines = (typed_line(tax=exempt_tax(tax) if tax != "S" else Tax("S", Decimal(21))),)
    document = drafted_document(erin, kind=kind, lines=lines)
    if needed:
        assert "tax id of Erin" in refused(NotComplete, document)
    else:
        issue_document(actor=system_actor(erin.organisation.workspace), document=document, now=NOW)
        assert document.state == "issued"


@pytest.mark.django_db
def test_other_kinds_need_no_tax_id(erin):
    Contact.objects.update(is_person=False, country="ES")
    for kind in (Kind.QUOTE, Kind.PROFORMA, Kind.DELIVERY_NOTE, Kind.BILL):
        assert issued_document(erin, kind=kind).state == "issued"


@pytest.mark.django_db
@pytest.mark.parametrize("country", ["", "ES", "US", "GB"])
def test_an_intra_community_supply_goes_to_another_country_of_the_eu(erin, country):
    Contact.objects.update(country=country, tax_id="X1")
    words = refused(NotComplete, drafted_document(erin, lines=(typed_line(tax=K),)))
    assert "Correct the country of Erin" in words


@pytest.mark.django_db
def test_an_intra_community_supply_says_when_it_was(erin):
    Contact.objects.update(country="PT", tax_id="PT1")
    lines = (typed_line(tax=K),)
    assert issued_document(erin, lines=lines).delivered_on == date(2026, 3, 2)
    assert issued_document(erin, lines=lines, delivered_on=date(2026, 2, 1)).delivered_on == date(2026, 2, 1)
    assert issued_document(erin).delivered_on is None


# --- Dates --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_dates_run_with_the_numbers_of_a_series(erin, kind):
    last = issued_document(erin, kind=kind, issued_on=date(2026, 3, 4))
    Series.objects.update(digits=6)  # the last number is not written so any more
    for _turn in range(2):
        earlier = drafted_document(erin, kind=kind, issued_on=date(2026, 3, 3))
        with pytest.raises(DateOutOfOrder) as caught:
            issue_document(actor=system_actor(erin.organisation.workspace), document=earlier, now=NOW)
        assert last.number in caught.value.message
        assert "4 Mar 2026" in caught.value.message
        assert (caught.value.field, SeriesCounter.objects.get().last_number) == ("issued_on", 1)
        Series.objects.update(digits=4)
    assert issued_document(erin, kind=kind, issued_on=date(2026, 3, 4)).number.endswith("2")
    other = Series.objects.create(organisation=erin.organisation, kind=kind, prefix="B", is_yearly=False)
    assert issued_document(erin, kind=kind, issued_on=date(2026, 2, 1), series_id=other.pk).number == "B0001"


@pytest.mark.django_db
def test_an_earlier_year_counts_for_itself(erin):
    issued_document(erin, issued_on=date(2026, 1, 2))
    assert issued_document(erin, issued_on=date(2025, 12, 30)).number == "INV-2025-0001"


@pytest.mark.django_db
def test_quotes_and_orders_come_in_any_order(erin):
    for kind in (Kind.QUOTE, Kind.SALES_ORDER, Kind.DELIVERY_NOTE):
        for day in (4, 3):
            assert issued_document(erin, kind=kind, issued_on=date(2026, 3, day)).state == "issued"


@pytest.mark.django_db
def test_an_invoice_is_not_dated_after_today_where_the_business_is(erin):
    # Half past eleven at night in London is the next day in Madrid.
    late = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    tomorrow = drafted_document(erin, issued_on=date(2026, 3, 6))
    assert "in the future" in refused(DateOutOfOrder, tomorrow, now=NOW)
    assert "in the future" in refused(DateOutOfOrder, drafted_document(erin, issued_on=date(2026, 3, 7)), now=late)
    issue_document(actor=system_actor(erin.organisation.workspace), document=tomorrow, now=late)
    assert tomorrow.state == "issued"
    assert issued_document(erin, kind=Kind.QUOTE, issued_on=date(2026, 3, 30)).state == "issued"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["invoice", "quote", "bill"])
def test_a_closed_period_takes_no_document(erin, kind):
    close(erin.organisation)
    words = refused(PeriodClosed, drafted_document(erin, kind=kind))
    assert "closed up to 2 Mar 2026" in words
    assert issued_document(erin, kind=kind, issued_on=date(2026, 3, 3)).state == "issued"


# --- What is frozen -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_names_of_the_day_of_issue_are_kept(erin, dan_here, delta):
    document = drafted_document(erin)
    Contact.objects.update(name="Erin & Sons", city="Vic")
    delta.name = "Delta Bikes"
    delta.save()
    DocumentSettings.objects.create(organisation=delta, iban="ES9121000418450200051332")
    document.refresh_from_db()
    issue_document(actor=dan_here, document=document, now=NOW)
    assert (document.contact_name, document.parties["buyer"]["address"]) == ("Erin & Sons", {"city": "Vic"})
    assert document.parties["seller"]["name"] == "Delta Bikes"
    means = {"code": "58", "account": "ES9121000418450200051332", "reference": "INV-2026-0001"}
    assert document.payment == {"payment_means": [means]}


@pytest.mark.django_db
def test_the_hash_is_of_everything_an_issued_document_says(erin):
    document = issued_document(erin, adjustments=(AdjustmentContent("x", percent=Decimal(1)),))
    assert len(document.content_hash) == 64
    for read in (Document.objects.all(), Document.objects.for_reading()):
        assert content_hash(read.get(pk=document.pk)) == document.content_hash
    for name in HASHED:
        changed = Document.objects.get(pk=document.pk)
        setattr(changed, name, "other")
        assert content_hash(changed) != document.content_hash, name
    assert {*HASHED, "content_hash"} <= {field.attname for field in Document._meta.concrete_fields}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("lines", {"description": "y"}),
        ("lines", {"net": 5}),
        ("taxes", {"tax": 5}),
        ("allowances_charges", {"amount": 5}),
    ],
)
def test_the_hash_is_of_its_parts_too(erin, part, change):
    document = drafted_document(erin, adjustments=(AdjustmentContent("x", percent=Decimal(1)),))
    before = content_hash(document)
    getattr(document, part).update(**change)
    assert content_hash(Document.objects.get()) != before


@pytest.mark.django_db
def test_names_that_grow_when_they_are_made_plain_fit(delta):
    contact = ContactFactory(organisation=delta, name="ﷺ" * 500, search_text="x")
    document = issued_document(contact)
    assert (document.number, len(document.search_text)) == ("INV-2026-0001", 1500)

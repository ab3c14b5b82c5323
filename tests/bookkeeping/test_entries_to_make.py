"""The queue of entries to make is what the journal lacks, after every act and every race."""

import random
from datetime import date

import pytest
from django.utils import timezone

from bookkeeping import actions
from bookkeeping.models import EntryToMake, JournalEntry
from documents.actions import take_back_review, void_document
from documents.models import Kind
from tests.bookkeeping.entries import paid, reviewed
from tests.documents.builders import with_levels
from tests.factories import OrganisationFactory, issued_document, typed_line
from tests.threads import together

pytestmark = pytest.mark.django_db


def queue():
    return [(one.what, one.document, one.dated_on) for one in EntryToMake.objects.order_by("what", "dated_on")]


def test_reviewed_document_and_its_payments_wait(dan_here, erin):
    invoice = issued_document(erin, issued_on=date(2026, 3, 2))
    paid(dan_here, invoice, "20")
    assert queue() == []
    invoice = reviewed(dan_here, erin, issued_on=date(2026, 3, 4))
    paid(dan_here, invoice, "20")
    assert queue() == [("document", invoice, date(2026, 3, 4)), ("payment", invoice, date(2026, 3, 9))]
    actions.post_reviewed(actor=dan_here, now=timezone.now())
    assert queue() == []


def test_payments_of_orders_wait_and_orders_do_not(dan_here, erin):
    order = reviewed(dan_here, erin, kind=Kind.SALES_ORDER)
    paid(dan_here, order, "20")
    assert [row[0] for row in queue()] == ["payment"]


def test_what_moves_nothing_does_not_wait(dan_here, erin):
    reviewed(dan_here, erin, lines=(typed_line("1", "0"),))
    assert queue() == []


def test_entry_of_a_void_document_waits_to_be_taken_back(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    entry = actions.post_document(actor=dan_here, document=invoice)
    take_back_review(actor=dan_here, document=invoice)
    assert queue() == []
    void_document(actor=dan_here, document=invoice, now=timezone.now())
    waiting = EntryToMake.objects.of_void_documents().get()
    assert (waiting.entry, waiting.dated_on) == (entry, entry.dated_on)
    actions.reverse_entry(actor=dan_here, entry=entry, today=dan_here.today())
    assert queue() == []


def test_queue_is_seen_by_whoever_sees_the_journal(dan_here, delta, erin):
    reviewed(dan_here, erin)
    seen = EntryToMake.objects.visible_to
    assert seen(with_levels(delta, journal=1)).count() == 1
    assert seen(with_levels(delta, sales=2)).count() == 0
    assert seen(with_levels(OrganisationFactory(), journal=2)).count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_queue_is_true_after_any_race(dan_here, erin, seed):
    invoice = reviewed(dan_here, erin)
    entry = actions.post_document(actor=dan_here, document=invoice)
    calls = [
        lambda: actions.reverse_entry(actor=dan_here, entry=entry, today=dan_here.today()),
        lambda: void_document(actor=dan_here, document=invoice, now=timezone.now()),
        lambda: take_back_review(actor=dan_here, document=invoice),
        lambda: actions.post_document(actor=dan_here, document=invoice),
    ]
    random.Random(seed).shuffle(calls)
    found = together(calls)
    assert not [one for one in found if isinstance(one, Exception) and not isinstance(one, actions.NotPostable)]
    standing = JournalEntry.objects.filter(source="document", is_reversed=False)
    assert [one.entry for one in EntryToMake.objects.all()] == list(standing)

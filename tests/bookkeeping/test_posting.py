"""Entries of documents, payments and bank lines: once each, balanced, on the accounts of the rules."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import JobItem
from bookkeeping import actions
from bookkeeping.models import (
    BankAccount,
    BankLine,
    EntryToMake,
    JournalEntry,
    Reconciliation,
    Statement,
)
from bookkeeping.tasks import post_entries
from documents.actions import apply_credit, save_settings, take_back_payment, take_back_review, void_document
from documents.models import Kind
from documents.rules import exempt_tax
from tests.bookkeeping.entries import paid, reviewed, said
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, issued_document, typed_line
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier(delta):
    return ContactFactory(organisation=delta, kind="supplier", name="Gears")


def waiting():
    """The documents that wait for their entry, oldest first."""
    return [one.document for one in EntryToMake.objects.of_documents().order_by("dated_on", "id")]


def test_invoice_has_its_entry_once(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    entry = actions.post_document(actor=dan_here, document=invoice)
    assert said(entry) == [("430", 121, 0), ("700", 0, 100), ("477", 0, 21)]
    assert (entry.dated_on, entry.source, entry.document) == (invoice.issued_on, "document", invoice)
    assert entry.text == f"Invoice {invoice.number} · Erin"
    assert [line.text for line in entry.lines.all()] == ["", "21 %", "21 %"]
    assert actions.post_document(actor=dan_here, document=invoice) == entry
    assert JournalEntry.objects.count() == 1


def test_bill_has_its_entry(dan_here, supplier):
    lines = (typed_line(withholding_percent=D(15)),)
    entry = actions.post_document(actor=dan_here, document=reviewed(dan_here, supplier, kind=Kind.BILL, lines=lines))
    assert said(entry) == [("400", 0, 106), ("4751", 0, 15), ("600", 100, 0), ("472", 21, 0)]


@pytest.mark.parametrize("category", ["AE", "K"])
def test_buyer_who_owes_the_tax_owes_and_deducts_it(dan_here, supplier, category):
    lines = (typed_line("1", "200.05", tax=exempt_tax(category)),)
    bill = reviewed(dan_here, supplier, kind=Kind.BILL, lines=lines)
    assert bill.payable == D("200.05")
    assert said(actions.post_document(actor=dan_here, document=bill)) == [
        ("400", 0, D("200.05")),
        ("600", D("200.05"), 0),
        ("472", D("42.01"), 0),
        ("477", 0, D("42.01")),
    ]
    note = reviewed(dan_here, supplier, kind=Kind.SUPPLIER_CREDIT_NOTE, lines=lines)
    assert said(actions.post_document(actor=dan_here, document=note))[2:] == [
        ("472", 0, D("42.01")),
        ("477", D("42.01"), 0),
    ]


def test_seller_of_what_the_buyer_owes_tax_on_owes_none(dan_here, delta):
    erin = ContactFactory(organisation=delta, tax_id="B65410011")
    lines = (typed_line("1", "200", tax=exempt_tax("AE")),)
    entry = actions.post_document(actor=dan_here, document=reviewed(dan_here, erin, lines=lines))
    assert said(entry) == [("430", 200, 0), ("700", 0, 200)]


@pytest.mark.parametrize("kind", [Kind.QUOTE, Kind.SALES_ORDER])
def test_other_kinds_do_not_come_into_the_journal(dan_here, erin, kind):
    with pytest.raises(actions.NotPostable, match="Only issued invoices"):
        actions.post_document(actor=dan_here, document=reviewed(dan_here, erin, kind=kind))


def test_what_was_not_reviewed_is_not_entered(dan_here, erin):
    with pytest.raises(actions.NotPostable, match="Review the document first"):
        actions.post_document(actor=dan_here, document=issued_document(erin))


def test_posting_takes_the_journal(dan_here, delta, erin):
    invoice = reviewed(dan_here, erin)
    with pytest.raises(Forbidden):
        actions.post_document(actor=with_levels(delta, sales=2, banking=2), document=invoice)


def test_closed_period_takes_no_entry(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    save_settings(actor=dan_here, changes={"closed_until": invoice.issued_on})
    with pytest.raises(actions.BooksClosed):
        actions.post_document(actor=dan_here, document=invoice)


def test_rules_of_everybody_and_of_a_contact(dan_here, chart, erin):
    own = actions.add_account(actor=dan_here, code="4300001", name="Erin")
    actions.set_posting_rule(actor=dan_here, part="customer", account=own, contact=erin)
    actions.set_posting_rule(actor=dan_here, part="sales", account=chart["705"])
    assert said(actions.post_document(actor=dan_here, document=reviewed(dan_here, erin)))[:2] == [
        ("4300001", 121, 0),
        ("705", 0, 100),
    ]
    other = ContactFactory(organisation=erin.organisation)
    assert said(actions.post_document(actor=dan_here, document=reviewed(dan_here, other)))[0] == ("430", 121, 0)


def test_another_currency_takes_a_rate(dan_here, erin):
    invoice = reviewed(dan_here, erin, currency="USD")
    with pytest.raises(actions.NoRate) as refused:
        actions.post_document(actor=dan_here, document=invoice)
    assert refused.value.message == "The amounts are in USD. Say how much EUR one USD was worth."
    with pytest.raises(actions.NoRate):
        actions.post_document(actor=dan_here, document=invoice, rate=D(0))
    entry = actions.post_document(actor=dan_here, document=invoice, rate=D("0.9"))
    assert said(entry) == [("430", D("108.9"), 0), ("700", 0, 90), ("477", 0, D("18.9"))]
    assert entry.text.endswith("(USD × 0.9)")


def test_payments_in_another_currency_gain_or_lose(dan_here, erin):
    invoice = reviewed(dan_here, erin, currency="USD")
    first, second = paid(dan_here, invoice, "60"), paid(dan_here, invoice, "61", key="two")
    with pytest.raises(actions.NotPostable, match="Enter the document first"):
        actions.post_settlement(actor=dan_here, settlement=first, rate=D(1))
    actions.post_document(actor=dan_here, document=invoice, rate=D("0.9"))
    gained = actions.post_settlement(actor=dan_here, settlement=first, rate=D(1))
    lost = actions.post_settlement(actor=dan_here, settlement=second, rate=D("0.8"))
    assert said(gained) == [("572", 60, 0), ("430", 0, 54), ("768", 0, 6)]
    assert said(lost) == [("572", D("48.8"), 0), ("430", 0, D("54.9")), ("668", D("6.1"), 0)]


def test_payment_has_its_entry_once(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    payment = paid(dan_here, invoice, "50")
    entry = actions.post_settlement(actor=dan_here, settlement=payment)
    assert said(entry) == [("572", 50, 0), ("430", 0, 50)]
    assert (entry.dated_on, entry.document, entry.settlement) == (date(2026, 3, 9), invoice, payment)
    assert actions.post_settlement(actor=dan_here, settlement=payment) == entry
    cash = actions.post_settlement(actor=dan_here, settlement=paid(dan_here, invoice, "5", method="cash", key="two"))
    assert said(cash) == [("570", 5, 0), ("430", 0, 5)]


def set_off(actor, contact, kinds=(Kind.INVOICE, Kind.CREDIT_NOTE), **values):
    """The settlements of a set-off: on the invoice and on the credit note."""
    invoice, note = (reviewed(actor, contact, kind=kind, **values) for kind in kinds)
    apply_credit(actor=actor, credit_note=note, invoice=invoice, amount=D(121))
    return invoice.settlements.get(), note.settlements.get()


@pytest.mark.parametrize(
    ("kinds", "lines"),
    [
        ((Kind.INVOICE, Kind.CREDIT_NOTE), [("430", 121, 0), ("430", 0, 121)]),
        ((Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE), [("400", 0, 121), ("400", 121, 0)]),
    ],
)
def test_set_off_has_one_entry_of_both_sides(dan_here, erin, kinds, lines):
    sides = set_off(dan_here, erin, kinds)
    assert list(EntryToMake.objects.of_payments().values_list("settlement", flat=True)) == [sides[0].pk]
    entry = actions.post_settlement(actor=dan_here, settlement=sides[1])
    assert (said(entry), entry.settlement) == (lines, sides[0])
    assert entry.text.startswith(f"Set-off on {sides[0].document.number} ·")
    assert actions.post_settlement(actor=dan_here, settlement=sides[0]) == entry
    assert not EntryToMake.objects.of_payments().exists()


def test_set_off_in_another_currency_clears_each_side_at_its_own_rate(dan_here, erin):
    sides = set_off(dan_here, erin, currency="USD")
    with pytest.raises(actions.NotPostable, match="Enter the document first"):
        actions.post_settlement(actor=dan_here, settlement=sides[0])
    for side, rate in zip(sides, ("0.9", "0.8"), strict=True):
        actions.post_document(actor=dan_here, document=side.document, rate=D(rate))
    entry = actions.post_settlement(actor=dan_here, settlement=sides[0])
    assert said(entry) == [("430", D("96.8"), 0), ("430", 0, D("108.9")), ("668", D("12.1"), 0)]


def test_set_off_taken_back_is_entered_the_other_way(dan_here, erin):
    sides = set_off(dan_here, erin)
    actions.post_settlement(actor=dan_here, settlement=sides[0])
    take_back_payment(actor=dan_here, settlement=sides[1])
    back = EntryToMake.objects.of_payments().get().settlement
    assert (back.amount, back.document, back.other_side.amount) == (-121, sides[0].document, -121)
    assert back.other_side.other_side == back
    assert said(actions.post_settlement(actor=dan_here, settlement=back)) == [("430", 0, 121), ("430", 121, 0)]


def bank_line(delta, chart, amount="50", ledger="573"):
    account = BankAccount.objects.create(
        organisation=delta, name="Main", currency="EUR", ledger_account=chart[ledger] if ledger else None
    )
    statement = Statement.objects.create(organisation=delta, account=account, format="csv", imported_by_name="Dan")
    return BankLine.objects.create(
        organisation=delta, account=account, statement=statement, position=0, key="k", booked_on=date(2026, 3, 9),
        amount=D(amount), text="Fees", search_text="fees",
    )  # fmt: skip


def test_reconciliation_with_an_account(dan_here, delta, chart):
    line = bank_line(delta, chart, "-7.50")
    row = Reconciliation.objects.create(
        organisation=delta, line=line, account=chart["626"], amount=D("-7.50"), note="March", made_by_name="Dan"
    )
    entry = actions.post_reconciliation(actor=with_levels(delta, banking=2), reconciliation=row)
    assert said(entry) == [("573", 0, D("7.50")), ("626", D("7.50"), 0)]
    assert (entry.source, entry.text, entry.reconciliation) == ("bank", "Fees", row)
    assert actions.post_reconciliation(actor=dan_here, reconciliation=row) == entry
    actions.reverse_entry(actor=with_levels(delta, banking=2), entry=entry, today=date(2026, 3, 10))
    assert actions.post_reconciliation(actor=dan_here, reconciliation=row) != entry


def test_reconciled_payment_stands_on_its_bank(dan_here, delta, chart, erin):
    payment = paid(dan_here, reviewed(dan_here, erin), "50")
    row = Reconciliation.objects.create(
        organisation=delta, line=bank_line(delta, chart), document=payment.document, settlement=payment,
        amount=D(50), made_by_name="Dan",
    )  # fmt: skip
    entry = actions.post_reconciliation(actor=dan_here, reconciliation=row)
    assert said(entry) == [("573", 50, 0), ("430", 0, 50)]
    assert entry.source == "payment"


def test_all_reviewed_is_posted_by_date(dan_here, erin, supplier):
    later = reviewed(dan_here, erin, issued_on=date(2026, 3, 5))
    bill = reviewed(dan_here, supplier, kind=Kind.BILL)
    dollars = reviewed(dan_here, erin, issued_on=date(2026, 3, 6), currency="USD")
    issued_document(erin, issued_on=date(2026, 3, 7))
    paid(dan_here, later, "21")
    job = actions.post_reviewed(actor=dan_here, now=timezone.now())
    rows = list(job.items.order_by("position").values_list("outcome", "reason"))
    assert rows == [
        ("done", "2026/1"),
        ("done", "2026/2"),
        ("refused", "The amounts are in USD. Say how much EUR one USD was worth."),
        ("done", "2026/3"),
    ]
    assert job.finished_at is not None
    order = JournalEntry.objects.order_by("number").values_list("document", "source")
    assert list(order) == [(bill.pk, "document"), (later.pk, "document"), (later.pk, "payment")]
    assert waiting() == [dollars]


def test_nothing_to_post_is_said(dan_here):
    with pytest.raises(actions.NothingToPost):
        actions.post_reviewed(actor=dan_here, now=timezone.now())


def test_void_documents_are_taken_back(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    entry = actions.post_document(actor=dan_here, document=invoice)
    void_document(actor=dan_here, document=invoice, now=timezone.now())
    actions.post_reviewed(actor=dan_here, now=timezone.now())
    entry.refresh_from_db()
    assert (entry.is_reversed, said(entry.reversed_by)) == (True, [("430", 0, 121), ("700", 100, 0), ("477", 21, 0)])
    with pytest.raises(actions.NotPostable):
        actions.post_document(actor=dan_here, document=invoice)


def test_taken_back_entry_lets_the_document_wait_again(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    entry = actions.post_document(actor=dan_here, document=invoice)
    assert waiting() == []
    actions.reverse_entry(actor=dan_here, entry=entry, today=dan_here.today())
    assert waiting() == [invoice]
    assert actions.post_document(actor=dan_here, document=invoice) != entry


def test_documents_that_wait_are_reviewed_ones(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    take_back_review(actor=dan_here, document=invoice)
    reviewed(dan_here, erin, kind=Kind.QUOTE)
    assert waiting() == []


def test_many_are_left_to_the_sweep(dan_here, erin, monkeypatch):
    monkeypatch.setattr("bookkeeping.actions.posting_jobs.AT_ONCE", 1)
    for day in (1, 2):
        reviewed(dan_here, erin, issued_on=date(2026, 3, day))
    job = actions.post_reviewed(actor=dan_here, now=timezone.now())
    assert (job.done, JournalEntry.objects.count()) == (0, 0)
    assert (post_entries(), JournalEntry.objects.count()) == (2, 2)
    job.refresh_from_db()
    assert (job.done, job.finished_at is not None) == (2, True)


def test_items_that_never_work_are_given_up(dan_here, erin, monkeypatch):
    monkeypatch.setattr("bookkeeping.actions.posting_jobs.AT_ONCE", 0)
    reviewed(dan_here, erin)
    job = actions.post_reviewed(actor=dan_here, now=timezone.now())
    JobItem.objects.filter(job=job).update(attempts=8)
    post_entries()
    assert job.items.get().outcome == "refused"


@pytest.mark.django_db(transaction=True)
def test_posted_once_by_four_at_once(dan_here, erin):
    invoice = reviewed(dan_here, erin)
    found = together([lambda: actions.post_document(actor=dan_here, document=invoice).pk] * 4)
    assert len(set(found)) == 1
    assert JournalEntry.objects.count() == 1


def test_system_posts_too(delta, dan_here, erin):
    entry = actions.post_document(actor=system_actor(delta.workspace), document=reviewed(dan_here, erin))
    assert entry.made_by_name == "Advisory Portal"

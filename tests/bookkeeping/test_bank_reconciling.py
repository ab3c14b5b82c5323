"""Saying what a line was: documents, batches, payments that stand, accounts; once, and back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden, Level, Section
from bookkeeping import actions
from bookkeeping.actions import Pick, Rest
from bookkeeping.models import BankLine, JournalEntry, Reconciliation
from bookkeeping.models.matching import candidates_for, movement_of, past_choices, sure_suggestions
from bookkeeping.rules import Matcher
from bookkeeping.tasks import release_lines
from documents.actions import convert_document, issue_document, record_payment, save_settings, take_back_payment
from documents.models import Document
from tests.bookkeeping.entries import paid, reviewed, said
from tests.bookkeeping.factories_banking import DAY, bank, bank_line
from tests.factories import ContactFactory, issued_document
from tests.threads import together

pytestmark = pytest.mark.django_db


def reconcile(actor, line, *documents, rest=None, key=None, kind="document", **more):
    picks = [Pick(kind, one.pk) for one in documents]
    return actions.reconcile_line(actor=actor, line=line, picks=picks, rest=rest, key=key or uuid4(), **more)


def undo(actor, made):
    return actions.undo_reconciliation(actor=actor, reconciliation=made, now=timezone.now())


def stands(document):
    document.refresh_from_db()
    return document.state, document.settled


def test_line_pays_an_invoice_once(dan_here, erin):
    invoice, line, key = issued_document(erin), bank_line(dan_here), uuid4()
    (made,) = reconcile(dan_here, line, invoice, key=key)
    assert reconcile(dan_here, line, invoice, key=key) == [made]
    assert stands(invoice) == ("paid", Decimal(121))
    assert (line.state, line.left, made.settlement.received_on) == ("reconciled", 0, DAY)
    with pytest.raises(actions.NotReconcilable):
        reconcile(dan_here, line, invoice)


def test_undo_gives_the_money_back_once(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    (made,) = reconcile(dan_here, line, invoice)
    assert undo(dan_here, made) is True
    assert undo(dan_here, made) is False
    line.refresh_from_db()
    assert (stands(invoice), line.state, line.reconciled) == (("issued", 0), "pending", 0)
    reconcile(dan_here, line, invoice)  # and once more
    assert stands(invoice) == ("paid", Decimal(121))


def test_bill_is_paid_by_money_that_goes_out(dan_here, delta):
    supplier = ContactFactory(organisation=delta, kind="supplier")
    bill, line = issued_document(supplier, kind="bill"), bank_line(dan_here, "-121")
    (made,) = reconcile(dan_here, line, bill)
    assert (stands(bill), made.amount) == (("paid", Decimal(121)), Decimal(-121))


def test_several_lines_pay_one_invoice(dan_here, erin):
    invoice = issued_document(erin)
    first = bank_line(dan_here, "100", "First")
    second = bank_line(dan_here, "30", "Second", day=DAY + timedelta(days=1))
    reconcile(dan_here, first, invoice)
    assert stands(invoice) == ("partially_paid", Decimal(100))
    reconcile(dan_here, second, invoice)
    assert (stands(invoice), second.state, second.left) == (("paid", Decimal(121)), "partial", Decimal(9))


def test_batch_must_fit(dan_here, erin):
    invoices = [issued_document(erin) for _each in range(2)]
    short, whole = bank_line(dan_here, "241.99", "Short"), bank_line(dan_here, "242", "Whole")
    with pytest.raises(actions.PartsDoNotFit, match=r"0\.01"):
        reconcile(dan_here, short, *invoices)
    reconcile(dan_here, whole, *invoices)
    assert [stands(one)[0] for one in invoices] == ["paid", "paid"]


def test_charges_go_to_an_account_with_an_entry(dan_here, erin, chart):
    invoice, line = issued_document(erin), bank_line(dan_here, "119")
    made = reconcile(dan_here, line, invoice, rest=Rest(chart["626"], note="Charges"))
    assert [one.amount for one in made] == [Decimal(121), Decimal(-2)]
    assert (stands(invoice)[0], line.state) == ("paid", "reconciled")
    entry = JournalEntry.objects.get(reconciliation=made[1])
    assert said(entry) == [("572", 0, Decimal(2)), ("626", Decimal(2), 0)]
    undo(dan_here, made[1])
    entry.refresh_from_db()
    line.refresh_from_db()
    assert (entry.is_reversed, line.left, line.state) == (True, Decimal(-2), "partial")


def test_whole_line_goes_to_an_account_of_its_own_bank(dan_here, chart):
    own = actions.add_account(actor=dan_here, code="5720001", name="Main account")
    bank(dan_here, ledger_account=own)
    (made,) = reconcile(dan_here, bank_line(dan_here, "-9.50", "Fee"), rest=Rest(chart["626"]))
    assert said(JournalEntry.objects.get()) == [("5720001", 0, Decimal("9.50")), ("626", Decimal("9.50"), 0)]
    assert made.account == chart["626"]


def test_payment_that_stands_is_linked_not_booked_again(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    payment = paid(dan_here, invoice, "121")
    (made,) = reconcile(dan_here, line, payment, kind="payment")
    assert (invoice.settlements.count(), made.settlement) == (1, payment)
    other = bank_line(dan_here, "121", "Other")
    with pytest.raises(actions.NotReconcilable):
        reconcile(dan_here, other, payment, kind="payment")
    undo(dan_here, made)
    assert stands(invoice) == ("paid", Decimal(121))  # it was paid before the line came


def test_payment_taken_back_on_the_document_opens_its_line_again(dan_here, erin):
    invoice, line, other = issued_document(erin), bank_line(dan_here), bank_line(dan_here, "50", "Other")
    payment = paid(dan_here, invoice, "121")
    (made,) = reconcile(dan_here, line, payment, kind="payment")
    (stays,) = reconcile(dan_here, other, issued_document(erin, number="2"))
    take_back_payment(actor=dan_here, settlement=payment)
    assert release_lines() == 1
    for one in (line, made, stays):
        one.refresh_from_db()
    assert (line.state, line.reconciled, made.undone_by_name) == ("pending", 0, "Advisory Portal")
    assert (stays.undone_at, release_lines()) == (None, 0)
    reconcile(dan_here, line, invoice)


def test_what_is_undone_by_hand_is_not_undone_again(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    payment = paid(dan_here, invoice, "121")
    (made,) = reconcile(dan_here, line, payment, kind="payment")
    take_back_payment(actor=dan_here, settlement=payment)
    undo(dan_here, made)
    assert release_lines() == 0
    (booked,) = reconcile(dan_here, line, invoice)
    undo(dan_here, booked)
    assert release_lines() == 0


def test_money_taken_back_goes_back_on_the_account_where_it_stood(dan_here, erin, chart):
    own = actions.add_account(actor=dan_here, code="5720001", name="Main account")
    bank(dan_here, ledger_account=own)
    invoice = reviewed(dan_here, erin)
    (made,) = reconcile(dan_here, bank_line(dan_here), invoice)
    actions.post_reconciliation(actor=dan_here, reconciliation=made)
    undo(dan_here, made)
    back = invoice.settlements.get(amount=-121)
    entry = actions.post_settlement(actor=dan_here, settlement=back)
    assert said(entry) == [("5720001", 0, Decimal(121)), ("430", Decimal(121), 0)]


def test_what_was_seen_must_still_be_open(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    paid(dan_here, invoice, "21")
    with pytest.raises(actions.NotReconcilable):
        actions.reconcile_line(
            actor=dan_here, line=line, picks=[Pick("document", invoice.pk, Decimal(121))], key=uuid4()
        )
    assert line.reconciled == 0


@pytest.mark.parametrize("kind", ["quote", "proforma", "delivery_note"])
def test_what_takes_no_money_is_refused(dan_here, erin, kind):
    with pytest.raises(actions.NotReconcilable):
        reconcile(dan_here, bank_line(dan_here), issued_document(erin, kind=kind))


def test_money_for_an_invoiced_order_goes_to_its_invoice(dan_here, erin):
    order, line = issued_document(erin, kind="sales_order"), bank_line(dan_here)
    assert suggested(dan_here, line)[0].keys == (f"document:{order.pk}",)
    invoice = convert_document(actor=dan_here, document=order, to="invoice", today=DAY)
    issue_document(actor=dan_here, document=invoice, now=timezone.now())
    assert [one.keys for one in suggested(dan_here, line)] == [(f"document:{invoice.pk}",)]
    with pytest.raises(actions.NotReconcilable, match="has its invoice already"):
        reconcile(dan_here, line, order)
    reconcile(dan_here, line, invoice)
    assert stands(invoice) == ("paid", Decimal(121))


def test_document_of_another_business_or_currency_is_refused(dan_here, erin):
    line = bank_line(dan_here)
    for document in (issued_document(ContactFactory()), issued_document(erin, currency="USD")):
        with pytest.raises(actions.NotReconcilable):
            reconcile(dan_here, line, document)


def test_closed_period_is_left_alone(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    save_settings(actor=dan_here, changes={"closed_until": DAY})
    with pytest.raises(actions.BooksClosed):
        reconcile(dan_here, line, invoice)
    assert stands(invoice) == ("issued", 0)


def test_nothing_chosen_is_refused(dan_here):
    with pytest.raises(actions.PartsDoNotFit):
        reconcile(dan_here, bank_line(dan_here))


def test_viewers_reconcile_nothing(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    viewer = replace(dan_here, levels={Section.BANKING: Level.VIEW, Section.SALES: Level.MANAGE})
    with pytest.raises(Forbidden):
        reconcile(viewer, line, invoice)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_reconcile_a_line_one_wins(dan_here, erin):
    first, second, line = issued_document(erin), issued_document(erin), bank_line(dan_here)
    calls = [lambda one=one: reconcile(dan_here, BankLine.objects.get(pk=line.pk), one) for one in (first, second)]
    answers = together(calls)
    assert sorted(type(one).__name__ for one in answers) == ["NotReconcilable", "list"]
    assert sorted(stands(one)[0] for one in (first, second)) == ["issued", "paid"]


@pytest.mark.django_db(transaction=True)
def test_of_two_lines_for_one_document_one_wins(dan_here, erin):
    invoice = issued_document(erin)
    lines = [bank_line(dan_here, "121", "One"), bank_line(dan_here, "121", "Two")]
    answers = together([lambda one=one: reconcile(dan_here, one, invoice) for one in lines])
    assert sorted(type(one).__name__ for one in answers) == ["NotReconcilable", "list"]
    assert stands(invoice) == ("paid", Decimal(121))


@pytest.mark.django_db(transaction=True)
def test_undone_twice_at_once_gives_back_once(dan_here, erin):
    invoice, line = issued_document(erin), bank_line(dan_here)
    (made,) = reconcile(dan_here, line, invoice)
    copies = [Reconciliation.objects.get(pk=made.pk) for _each in range(2)]
    answers = together([lambda one=one: undo(dan_here, one) for one in copies])
    assert sorted(answers) == [False, True]
    assert stands(invoice) == ("issued", Decimal(0))


def suggested(actor, line):
    past = past_choices(actor)
    return Matcher(candidates_for(actor, line, past), past=past).suggest(movement_of(line))


def test_suggestions_find_open_documents_and_payments(dan_here, erin):
    invoice, other = issued_document(erin), issued_document(erin)
    payment = paid(dan_here, other, "121", day=DAY)
    line = bank_line(dan_here, "121", f"Pago {invoice.number}")
    found = suggested(dan_here, line)
    assert found[0].keys == (f"document:{invoice.pk}",)
    assert (f"payment:{payment.pk}",) in [one.keys for one in found]
    reconcile(dan_here, line, invoice)
    assert all(invoice.number not in str(one.reasons) for one in suggested(dan_here, bank_line(dan_here, "7", "x")))


def test_suggestions_remember_the_other_party(dan_here, erin):
    first = bank_line(dan_here, "121", "NORTH 1", counterparty_name="North")
    reconcile(dan_here, first, issued_document(erin))
    issued_document(ContactFactory(organisation=erin.organisation))
    again = issued_document(erin)
    line = bank_line(dan_here, "121", "NORTH 2", counterparty_name="North")
    assert suggested(dan_here, line)[0].keys == (f"document:{again.pk}",)


def test_sure_suggestions_are_confirmed_at_once(dan_here, erin):
    invoices = [issued_document(erin) for _each in range(3)]
    for one in invoices:
        bank_line(dan_here, "121", f"Pago {one.number}")
    bank_line(dan_here, "5", "Something else")
    found = sure_suggestions(dan_here, 100)
    assert len(found) == 3
    chosen = {line.pk: one.keys for line, one in found}
    record_payment(
        actor=dan_here, document=invoices[0], amount=Decimal(121), received_on=DAY, method="cash", reference="", key="k"
    )
    job = actions.confirm_suggestions(actor=dan_here, chosen=chosen, now=timezone.now())
    assert job.items.by_outcome() == {"done": 2, "refused": 1}
    assert Document.objects.filter(state="paid").count() == 3
    with pytest.raises(actions.NothingToReconcile):
        actions.confirm_all(actor=dan_here, now=timezone.now())


def test_document_that_is_not_there_takes_no_money(dan_here, erin):
    with pytest.raises(actions.NotReconcilable):
        reconcile(dan_here, bank_line(dan_here), Document(pk=uuid4()))


def test_rule_needs_words_and_is_kept_once(dan_here, chart):
    with pytest.raises(actions.NotARule):
        actions.keep_bank_rule(actor=dan_here, words=" a ", account=chart["626"], is_income=None)
    first = actions.keep_bank_rule(actor=dan_here, words="Charges", account=chart["626"], is_income=None)
    again = actions.keep_bank_rule(actor=dan_here, words="charges", account=chart["669"], is_income=False)
    assert (first.pk, again.account) == (again.pk, chart["669"])
    actions.forget_bank_rule(actor=dan_here, rule=again)
    actions.forget_bank_rule(actor=dan_here, rule=again)

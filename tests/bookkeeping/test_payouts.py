"""Payouts of gateways: what they hold, the line that pays it out, the entry, and back."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from bookkeeping import actions
from bookkeeping.actions import Rest
from bookkeeping.models import BankAccount, GatewayMoney, JournalEntry, JournalLine, PostingRule
from bookkeeping.models.matching import candidates_for, past_choices, unclaimed_payments
from bookkeeping.models.payouts import held_by_gateway
from documents.actions import learn_fee
from documents.models import Document
from tests.bookkeeping.entries import said
from tests.bookkeeping.factories_banking import bank, bank_line
from tests.bookkeeping.payouts import FIRST, brought, more
from tests.factories import MemberFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


def pay_out(actor, line, *money, method="stripe", key=None, **values):
    return actions.reconcile_payout(
        actor=actor, line=line, method=method, money=[one.pk for one in money], key=key or uuid4(), **values
    )


def undo(actor, made):
    return actions.undo_reconciliation(actor=actor, reconciliation=made, now=timezone.now())


def balance(chart, code):
    """What stands on an account."""
    rows = JournalLine.objects.filter(account=chart[code]).values_list("debit", "credit")
    return sum((debit - credit for debit, credit in rows), Decimal(0))


# --- What gateways hold --------------------------------------------------------------------------------------


def test_money_of_gateways_is_held_and_signed_as_the_bank(dan_here, erin):
    invoice, came = brought(dan_here, erin)
    back = more(invoice, "-21", "0", key="re_1")
    assert [(one.amount, one.fee, one.method, one.currency) for one in (came, back)] == [
        (121, Decimal("2.07"), "stripe", "EUR"), (-21, 0, "stripe", "EUR"),
    ]  # fmt: skip
    note, out = brought(dan_here, erin, kind="credit_note", key="cn", fee=None)
    assert (note.kind, out.amount, out.fee) == ("credit_note", -121, None)
    learn_fee(document=note, source_key="stripe:cn", fee=Decimal("0.5"))
    out.refresh_from_db()
    assert out.fee == Decimal("0.5")


def test_only_gateways_hold_money(dan_here, erin):
    line = bank_line(dan_here, "118.93", "STRIPE")
    _invoice, came = brought(dan_here, erin)
    assert list(held_by_gateway(dan_here, line)) == ["stripe"]
    assert not unclaimed_payments(dan_here, "EUR").exists(), "a gateway's money comes in payouts alone"
    keys = [one.key for one in candidates_for(dan_here, line, past_choices(dan_here))]
    assert not [key for key in keys if key.startswith("payment:")]
    assert GatewayMoney.objects.held().get() == came


def test_payments_by_gateways_wait_on_their_own_accounts(dan_here, erin, chart):
    for number, (method, code) in enumerate({"stripe": "57291", "paypal": "57292", "square": "57293"}.items()):
        _invoice, came = brought(dan_here, erin, method=method, key=str(number))
        entry = actions.post_settlement(actor=dan_here, settlement=came.settlement)
        assert said(entry) == [(code, 121, 0), ("430", 0, 121)]


def test_rule_of_a_gateway_can_be_changed(dan_here, erin, chart):
    actions.set_posting_rule(actor=dan_here, part="clearing_stripe", account=chart["555"])
    _invoice, came = brought(dan_here, erin)
    entry = actions.post_settlement(actor=dan_here, settlement=came.settlement)
    assert said(entry)[0] == ("555", 121, 0)
    assert PostingRule.objects.get(part="gateway_fees").account == chart["626"]


# --- The payout ----------------------------------------------------------------------------------------------


def test_payout_is_bank_net_fees_and_gross_of_the_gateway(dan_here, erin, chart):
    _one, first = brought(dan_here, erin)
    _two, second = brought(dan_here, erin, "1.93", key="b")
    for one in (first, second):
        actions.post_settlement(actor=dan_here, settlement=one.settlement)
    line, key = bank_line(dan_here, "238", "STRIPE PAYMENTS"), uuid4()
    made = pay_out(dan_here, line, first, second, key=key)
    assert pay_out(dan_here, line, first, second, key=key) == made
    assert (made[0].amount, made[0].fees, made[0].gateway) == (238, 4, "stripe")
    assert (line.state, line.left) == ("reconciled", 0)
    entry = JournalEntry.objects.get(reconciliation=made[0])
    assert said(entry) == [("572", 238, 0), ("626", 4, 0), ("57291", 0, 242)]
    assert entry.text == "Payout of Stripe"
    assert balance(chart, "57291") == 0
    assert not GatewayMoney.objects.held().exists()


def test_payout_on_an_account_of_its_own(dan_here, erin, chart):
    own = actions.add_account(actor=dan_here, code="5720001", name="Own")
    bank(dan_here, ledger_account=own)
    _invoice, came = brought(dan_here, erin)
    (made,) = pay_out(dan_here, bank_line(dan_here, "118.93"), came)
    assert said(JournalEntry.objects.get(reconciliation=made))[0][0] == "5720001"


def test_undo_holds_the_money_again(dan_here, erin, chart):
    _invoice, came = brought(dan_here, erin)
    line = bank_line(dan_here, "118.93", "STRIPE")
    (made,) = pay_out(dan_here, line, came)
    assert undo(dan_here, made) is True
    assert undo(dan_here, made) is False
    came.refresh_from_db()
    line.refresh_from_db()
    assert (came.paid_out, line.state) == (None, "pending")
    assert balance(chart, "57291") == balance(chart, "626") == balance(chart, "572") == 0
    pay_out(dan_here, line, came)
    assert balance(chart, "626") == Decimal("2.07")


def test_difference_is_the_fee_where_it_was_not_known(dan_here, erin):
    _invoice, came = brought(dan_here, erin, None)
    line = bank_line(dan_here, "117")
    (made,) = pay_out(dan_here, line, came)
    assert made.fees == 4


@pytest.mark.parametrize(("fee", "amount"), [("2.07", "118.92"), ("2.07", "121"), (None, "100"), (None, "121.01")])
def test_what_does_not_fit_is_refused(dan_here, erin, fee, amount):
    _invoice, came = brought(dan_here, erin, fee)
    line = bank_line(dan_here, amount)
    with pytest.raises(actions.PartsDoNotFit):
        pay_out(dan_here, line, came)
    came.refresh_from_db()
    assert came.paid_out is None
    assert not JournalEntry.objects.filter(source="bank").exists()


def test_account_takes_what_is_neither_payment_nor_fee(dan_here, erin, chart):
    _invoice, came = brought(dan_here, erin)
    line = bank_line(dan_here, "168.93", "STRIPE")
    payout, rest = pay_out(dan_here, line, came, rest=Rest(chart["438"]))
    assert (payout.amount, rest.amount, line.left) == (Decimal("118.93"), 50, 0)
    assert said(JournalEntry.objects.get(reconciliation=rest)) == [("572", 50, 0), ("438", 0, 50)]


def test_refunds_beyond_what_came_go_out(dan_here, erin, chart):
    invoice, came = brought(dan_here, erin)
    pay_out(dan_here, bank_line(dan_here, "118.93", "one"), came)
    back = more(invoice, "-50", "0", key="re_1", day=FIRST + timedelta(days=1))
    (made,) = pay_out(dan_here, bank_line(dan_here, "-50", "two"), back)
    assert said(JournalEntry.objects.get(reconciliation=made)) == [("572", 0, 50), ("57291", 50, 0)]


def test_money_is_paid_out_once_and_only_where_it_is(dan_here, erin, rival):
    _invoice, came = brought(dan_here, erin)
    pay_out(dan_here, bank_line(dan_here, "118.93", "one"), came)
    other = bank_line(dan_here, "118.93", "two")
    with pytest.raises(actions.NotReconcilable):
        pay_out(dan_here, other, came)
    _invoice, square = brought(dan_here, erin, method="square", key="s")
    with pytest.raises(actions.NotReconcilable):
        pay_out(dan_here, other, square)
    for method, money in (("stripe", ()), ("cash", (square,))):
        with pytest.raises(actions.PartsDoNotFit):
            pay_out(dan_here, other, *money, method=method)


def test_closed_books_rights_and_reconciled_lines_refuse(dan_here, dan, delta, erin, actor_of):
    _invoice, came = brought(dan_here, erin)
    line = bank_line(dan_here, "118.93")
    viewer = UserFactory()
    MemberFactory(organisation=delta, user=viewer, code="viewer")
    with pytest.raises(Forbidden):
        pay_out(actor_of(viewer, delta), line, came)
    pay_out(dan_here, line, came)
    _invoice, other = brought(dan_here, erin, key="z")
    with pytest.raises(actions.NotReconcilable):
        pay_out(dan_here, line, other)


def test_payout_in_another_currency_clears_what_its_payments_put_there(dan_here, erin, chart):
    _invoice, came = brought(dan_here, erin, currency="USD")
    actions.post_document(actor=dan_here, document=came.settlement.document, rate=Decimal("0.90"))
    line = bank_line(dan_here, "118.93")
    BankAccount.objects.update(currency="USD")
    line.refresh_from_db()
    with pytest.raises(actions.NoRate):
        pay_out(dan_here, line, came)
    with pytest.raises(actions.NotPostable):
        pay_out(dan_here, line, came, rate=Decimal("0.95"))
    actions.post_settlement(actor=dan_here, settlement=came.settlement, rate=Decimal("0.90"))
    (made,) = pay_out(dan_here, line, came, rate=Decimal("0.95"))
    assert said(JournalEntry.objects.get(reconciliation=made)) == [
        ("572", Decimal("112.98"), 0), ("626", Decimal("1.97"), 0), ("57291", 0, Decimal("108.90")),
        ("768", 0, Decimal("6.05")),
    ]  # fmt: skip
    assert balance(chart, "57291") == 0


@pytest.mark.django_db(transaction=True)
def test_two_lines_at_once_do_not_pay_out_the_same_money(dan_here, erin):
    _invoice, came = brought(dan_here, erin)
    lines = [bank_line(dan_here, "118.93", text) for text in ("one", "two")]
    found = together([lambda line=line: pay_out(dan_here, line, came) for line in lines])
    assert sorted(type(one).__name__ for one in found) == ["NotReconcilable", "list"]
    assert JournalEntry.objects.filter(source="bank").count() == 1
    assert Document.objects.get(pk=came.settlement.document_id).settled == 121


def test_what_is_held_is_found_by_what_is_held(dan_here, erin):
    brought(dan_here, erin)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM bookkeeping_gatewaymoney WHERE organisation_id = %s AND method = 'stripe' "
            "AND currency = 'EUR' AND paid_out_id IS NULL ORDER BY received_on, id",
            [dan_here.place.id],
        )
        plan = str(cursor.fetchall())
    assert "gateway_money_held" in plan

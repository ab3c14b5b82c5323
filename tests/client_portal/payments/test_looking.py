"""What a person decides about money that did not find its place by itself."""

from decimal import Decimal
from functools import partial

import pytest

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from client_portal import actions
from client_portal.actions.payments.looking import NotMatched
from client_portal.models import GatewayPayment, PaymentLog
from documents.models import Document
from tests.client_portal.factories_payments import attempt_at, booked_payment, gateway_account
from tests.factories import ContactFactory, MemberFactory, RoleFactory, issued_document
from tests.threads import together

pytestmark = pytest.mark.django_db
Look = GatewayPayment.Look


@pytest.fixture
def account(companies, delta):
    return gateway_account(delta)


@pytest.fixture
def surplus(account, invoice):
    """A payment of the invoice that stands on nothing."""
    return booked_payment(attempt_at(account, invoice, state="succeeded"), look=Look.SURPLUS)


def match(actor, payment, document, amount=None):
    amount = document.outstanding if amount is None else Decimal(amount)
    return actions.match_payment(actor=actor, payment=payment, document=document, amount=amount)


def test_credit_is_matched_with_a_document_and_the_look_is_done(dan_here, surplus, invoice):
    assert match(dan_here, surplus, invoice) == surplus.amount
    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding) == (Document.State.PAID, 0)
    assert (surplus.look, surplus.allocated, surplus.credit) == ("", surplus.amount, 0)
    assert HistoryEntry.objects.filter(what="client_portal.gatewaypayment.matched").count() == 1
    assert PaymentLog.objects.get(what="matched").detail["document"] == invoice.number
    with pytest.raises(NotMatched):
        match(dan_here, surplus, invoice, "1")


def test_a_part_leaves_the_rest_to_be_looked_at(dan_here, surplus, invoice, erin):
    other = issued_document(erin)
    assert match(dan_here, surplus, other, "1.00") == 1
    assert (surplus.look, surplus.credit) == (Look.SURPLUS, surplus.amount - 1)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000000"])
def test_an_amount_that_the_payment_has_not_is_refused_beside_it(dan_here, surplus, invoice, amount):
    with pytest.raises(NotMatched) as refused:
        match(dan_here, surplus, invoice, amount)
    assert refused.value.field == "amount"
    assert PaymentLog.objects.count() == 0


def test_what_a_refund_holds_is_not_matched(dan_here, surplus, invoice):
    GatewayPayment.objects.update(refunding=surplus.amount)
    with pytest.raises(NotMatched):
        match(dan_here, surplus, invoice)


def test_a_payment_does_not_pay_for_somebody_else(dan_here, surplus, delta):
    with pytest.raises(NotMatched) as refused:
        match(dan_here, surplus, issued_document(ContactFactory(organisation=delta)), "1")
    assert refused.value.field == "document"


def test_a_payment_of_nobody_becomes_the_documents_contacts(dan_here, surplus, invoice, erin):
    GatewayPayment.objects.update(contact=None, look=Look.ORPHAN)
    match(dan_here, surplus, invoice)
    assert (surplus.contact_id, surplus.look) == (erin.pk, "")


def test_a_payment_of_a_contact_that_was_merged_follows_it(dan_here, surplus, delta, erin):
    kept = ContactFactory(organisation=delta)
    erin.merged_into = kept
    erin.save()
    assert match(dan_here, surplus, issued_document(kept), "1") == 1


def test_money_that_is_not_ours_pays_nothing(dan_here, surplus, invoice):
    GatewayPayment.objects.update(look=Look.FOREIGN)
    with pytest.raises(NotMatched):
        match(dan_here, surplus, invoice)


def test_another_currency_is_refused(dan_here, surplus, erin):
    document = issued_document(erin)
    GatewayPayment.objects.update(currency="USD")
    with pytest.raises(NotMatched) as refused:
        match(dan_here, surplus, document, "1")
    assert refused.value.field == "document"


def test_a_document_that_takes_nothing_more_is_refused(dan_here, surplus, invoice, erin, account):
    other = booked_payment(attempt_at(account, issued_document(erin), state="succeeded"), look=Look.SURPLUS)
    match(dan_here, surplus, invoice)
    with pytest.raises(NotMatched) as refused:
        match(dan_here, other, invoice, "1")
    assert refused.value.field == "document"


@pytest.mark.django_db(transaction=True)
def test_two_who_match_at_once_book_the_money_once(dan_here, surplus, invoice, erin):
    other = issued_document(erin)
    rows = [GatewayPayment.objects.get(pk=surplus.pk) for _each in range(4)]
    calls = [partial(match, dan_here, row, one) for row, one in zip(rows, [invoice, other] * 2, strict=True)]
    together(calls)
    surplus.refresh_from_db()
    assert surplus.allocated == surplus.amount
    assert (
        sum(Document.objects.filter(pk__in=[invoice.pk, other.pk]).values_list("settled", flat=True)) == surplus.amount
    )


def test_what_was_decided_stays_with_the_payment(dan_here, surplus):
    for _twice in range(2):
        actions.close_look(actor=dan_here, payment=surplus, note="  Kept for the next invoice ")
    assert (surplus.look, surplus.look_note, surplus.credit) == ("", "Kept for the next invoice", surplus.amount)
    logged = HistoryEntry.objects.get(what="client_portal.gatewaypayment.looked_at")
    assert (logged.before, logged.after) == ({"look": "surplus"}, {"note": "Kept for the next invoice"})
    assert PaymentLog.objects.filter(what="looked_at").count() == 1


def test_who_may_only_look_decides_nothing(dan_here, surplus, invoice, delta, actor_of):
    role = RoleFactory(organisation=delta, levels={"sales": 1})
    looks = actor_of(MemberFactory(organisation=delta, role=role).user, delta)
    for act in (
        partial(match, looks, surplus, invoice),
        partial(actions.close_look, actor=looks, payment=surplus, note="x"),
    ):
        with pytest.raises(Forbidden):
            act()

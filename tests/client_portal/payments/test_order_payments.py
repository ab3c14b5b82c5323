"""Sales orders paid online: the money stands on the order, then on its invoice, and is refunded from there."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from advisory_portal.core.access import system_actor
from client_portal.actions import NothingToPay
from client_portal.actions.payments.allocating import put_back, take_off
from client_portal.actions.payments.locking import standing
from documents.actions import convert_document, issue_document
from tests.client_portal.payments.payer import Payer
from tests.factories import issued_document

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def one(companies, erin):
    """Erin's payer of a sales order."""
    return Payer(companies, issued_document(erin, kind="sales_order"), "stripe")


def invoiced(one):
    actor = system_actor(one.invoice.organisation.workspace)
    draft = convert_document(actor=actor, document=one.invoice, to="invoice", today=NOW.date())
    issue_document(actor=actor, document=draft, now=NOW)
    return draft


def test_an_order_is_paid_and_its_invoice_takes_the_money_over(one):
    one.start()
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", 121)
    invoice = invoiced(one)
    assert (invoice.state, invoice.settled) == ("paid", 121)
    assert standing(one.payment.pk) == [(invoice.pk, 121)]


def test_a_refund_is_taken_off_the_invoice_and_put_back_there(one):
    one.start()
    one.press()
    one.sync()
    invoice, payment = invoiced(one), one.payment
    actor = system_actor(invoice.organisation.workspace)
    taken = take_off(payment=payment, amount=Decimal(21), source_key="refund:1", actor=actor, now=NOW)
    assert taken == {str(invoice.pk): "21"} or taken == {str(invoice.pk): "21.000"}
    invoice.refresh_from_db()
    assert (invoice.state, invoice.settled, payment.refunded) == ("partially_paid", 100, 21)
    put_back(payment=payment, amount=Decimal(21), taken=taken, source_key="refund:1:back", actor=actor)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.settled, payment.refunded) == ("paid", 121, 0)
    assert standing(payment.pk) == [(invoice.pk, 121)]


def test_money_that_comes_for_an_order_after_its_invoice_goes_on_to_it(one):
    one.start()
    one.press()
    invoice = invoiced(one)
    one.sync()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.settled) == ("paid", 121)
    assert standing(one.payment.pk) == [(invoice.pk, 121)]


def test_an_order_that_has_its_invoice_is_not_paid_any_more(one):
    invoiced(one)
    with pytest.raises(NothingToPay, match="has its invoice already"):
        one.start()

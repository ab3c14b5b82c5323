"""What was paid on a sales order stands on its invoice once that is issued."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from advisory_portal.core.access import system_actor
from documents.actions import (
    convert_document,
    invoice_deliveries,
    issue_document,
    move_prepayment,
    settle,
    take_back_payment,
    void_document,
)
from documents.actions.prepayments import invoices_of, orders_of
from documents.actions.settlements import NotThisAmount
from documents.models import Document, Settlement
from tests.factories import issued_document, typed_line

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def system(erin):
    return system_actor(erin.organisation.workspace)


@pytest.fixture
def order(erin) -> Document:
    """A sales order of Erin's over 121 euro."""
    return issued_document(erin, kind="sales_order")


@pytest.fixture
def pay(system):
    def book(document, amount, *, method="stripe", reference="pi_1", key="gateway:1", fee="1.50"):
        settle(
            actor=system,
            document=document,
            amount=Decimal(amount),
            received_on=date(2026, 3, 3),
            method=method,
            source_key=key,
            reference=reference,
            fee=Decimal(fee) if method == "stripe" else None,
        )

    return book


@pytest.fixture
def invoiced(system):
    """The issued invoice of a document."""

    def make(document, **values):
        draft = convert_document(actor=system, document=document, to="invoice", today=TODAY, **values)
        issue_document(actor=system, document=draft, now=NOW)
        return draft

    return make


def rows(document):
    return list(document.settlements.order_by("id").values_list("amount", "fee", "method", "reference"))


def test_it_moves_when_the_invoice_is_issued(order, pay, invoiced):
    pay(order, "121")
    invoice = invoiced(order)
    order.refresh_from_db()
    assert (invoice.settled, invoice.state) == (121, "paid")
    assert (order.settled, order.state) == (0, "paid")  # on its invoice
    assert rows(order) == [(121, Decimal("1.50"), "stripe", "pi_1"), (-121, 0, "stripe", "pi_1")]
    assert rows(invoice) == [(121, 0, "stripe", "pi_1")]
    assert set(invoice.settlements.values_list("received_on", flat=True)) == {TODAY}
    assert (orders_of(invoice), invoices_of(order)) == ([order.pk], [invoice.pk])


def test_a_draft_takes_nothing_yet_and_one_without_money_nothing(system, order, pay, invoiced):
    invoice = invoiced(order)
    assert (invoice.settled, Settlement.objects.count()) == (0, 0)
    assert move_prepayment(actor=system, order=order, invoice=invoice, today=TODAY) == 0
    draft = convert_document(actor=system, document=order, to="invoice", today=TODAY, again=True)
    pay(order, "50")
    assert move_prepayment(actor=system, order=order, invoice=draft, today=TODAY) == 0
    assert move_prepayment(actor=system, order=order, invoice=invoice, today=TODAY) == 50
    assert move_prepayment(actor=system, order=order, invoice=invoice, today=TODAY) == 0
    assert (invoice.settled, invoice.state, order.settled) == (50, "partially_paid", 0)


def test_each_payment_moves_by_itself_less_what_was_taken_back_of_it(order, pay, invoiced):
    pay(order, "50", reference="pi_1", key="gateway:1")
    pay(order, "60", reference="", method="transfer", key="hand:1")
    pay(order, "-20", reference="pi_1", key="refund:1", fee="0")
    invoice = invoiced(order)
    assert rows(invoice) == [(30, 0, "stripe", "pi_1"), (60, None, "transfer", "")]
    order.refresh_from_db()
    assert (order.settled, invoice.settled) == (0, 90)


def test_several_invoices_take_what_each_has_open(system, order, pay, invoiced):
    first = invoiced(order)
    pay(order, "121")
    settle(
        actor=system,
        document=first,
        amount=Decimal(100),
        received_on=TODAY,
        method="cash",
        source_key="hand:2",
    )
    assert move_prepayment(actor=system, order=order, invoice=first, today=TODAY) == 21
    second = invoiced(order, again=True)
    assert (second.settled, first.settled) == (100, 121)
    assert invoices_of(order) == [first.pk, second.pk]


def test_an_order_is_invoiced_while_an_invoice_of_it_stands(system, order, pay, invoiced):
    pay(order, "50", method="transfer", key="hand:1")
    invoice = invoiced(order)
    order.refresh_from_db()
    assert (order.is_invoiced, order.state, invoice.is_invoiced) == (True, "partially_paid", False)
    take_back_payment(actor=system, settlement=invoice.settlements.get())
    void_document(actor=system, document=invoice, now=NOW)
    order.refresh_from_db()
    assert not order.is_invoiced


def test_of_two_invoices_one_is_enough(system, order, invoiced):
    invoices = [invoiced(order, again=again) for again in (False, True)]
    for invoice, is_invoiced in zip(invoices, (True, False), strict=True):
        void_document(actor=system, document=invoice, now=NOW)
        order.refresh_from_db()
        assert order.is_invoiced == is_invoiced


def test_by_delivery_notes_it_moves_too(system, erin, pay):
    orders = [
        issued_document(erin, kind="sales_order", lines=(typed_line(price=price, percent="0"),)) for price in "68"
    ]
    notes = []
    for number, order in enumerate(orders):
        pay(order, "5", key=f"gateway:{number}", reference=f"pi_{number}")
        note = convert_document(actor=system, document=order, to="delivery_note", today=TODAY)
        issue_document(actor=system, document=note, now=NOW)
        notes.append(note)
    invoice = invoice_deliveries(actor=system, documents=notes, today=TODAY)
    issue_document(actor=system, document=invoice, now=NOW)
    assert (invoice.settled, invoice.state) == (10, "partially_paid")
    assert orders_of(invoice) == sorted(order.pk for order in orders)
    assert invoices_of(orders[0]) == [invoice.pk]
    assert {one.is_invoiced for one in Document.objects.filter(kind="sales_order")} == {True}


def test_other_documents_have_no_order(system, erin, order):
    quote = issued_document(erin, kind="quote")
    draft = convert_document(actor=system, document=quote, to="invoice", today=TODAY)
    assert orders_of(draft) == []
    assert orders_of(order) == []
    assert invoices_of(order) == []


def test_a_payment_by_hand_is_taken_back_where_it_stands(dan_here, order, pay, invoiced):
    pay(order, "121", method="transfer", key="hand:1", reference="")
    invoice = invoiced(order)
    before, moved = order.settlements.order_by("id")
    for row in (before, moved):
        with pytest.raises(NotThisAmount, match="invoice of this order"):
            take_back_payment(actor=dan_here, settlement=row)
    assert take_back_payment(actor=dan_here, settlement=invoice.settlements.get())
    invoice.refresh_from_db()
    assert (invoice.settled, invoice.state) == (0, "issued")

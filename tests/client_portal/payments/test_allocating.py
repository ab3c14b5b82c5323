"""What of a payment stands on which document: booked, taken off, put back, with its part of the fee."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from advisory_portal.core.access import Actor, system_actor
from client_portal.actions.payments.allocating import allocate, learn_fee_of, put_back, take_off
from client_portal.actions.payments.locking import standing
from client_portal.models import GatewayPayment
from documents.actions import settle
from documents.models import Contact, Document, DocumentSettings, Settlement
from tests.client_portal.factories_payments import attempt_at, booked_payment, gateway_account
from tests.factories import ContactFactory, OrganisationFactory, issued_document, typed_line


@pytest.fixture
def system(erin: Contact) -> Actor:
    return system_actor(erin.organisation.workspace)


def over(contact: Contact, amount: str, **values: object) -> Document:
    """An issued invoice over this amount, without tax."""
    return issued_document(contact, lines=(typed_line(price=amount, percent="0"),), **values)


def paid_in_cash(actor: Actor, document: Document, amount: Decimal) -> None:
    day = date(2026, 3, 3)
    settle(actor=actor, document=document, amount=amount, received_on=day, method="cash", source_key="hand:1")


@pytest.fixture
def paid(erin: Contact):
    """A payment of Erin's over 100 euro of which 3 are the fee, on no document yet, for two invoices of 60 and 50."""
    account = gateway_account(erin.organisation)
    documents = over(erin, "60"), over(erin, "50")
    attempt = attempt_at(account, *documents)
    values = {"amount": Decimal(100), "fee": Decimal(3), "paid_at": datetime(2026, 11, 3, 23, 30, tzinfo=UTC)}
    return booked_payment(attempt, **values), *documents


def read(payment: GatewayPayment) -> tuple[Decimal, Decimal, Decimal]:
    row = GatewayPayment.objects.get(pk=payment.pk)
    assert (row.allocated, row.refunded) == (payment.allocated, payment.refunded)
    return row.allocated, row.refunded, row.credit


def test_it_books_at_most_what_is_open_and_at_most_the_credit(system, paid):
    payment, first, second = paid
    assert allocate(payment=payment, document=first, amount=Decimal(100), actor=system) == 60
    assert allocate(payment=payment, document=second, amount=Decimal(100), actor=system) == 40
    assert allocate(payment=payment, document=second, amount=Decimal(100), actor=system) == 0
    assert read(payment) == (100, 0, 0)
    for document, settled, state in ((first, 60, "paid"), (second, 40, "partially_paid")):
        document.refresh_from_db()
        assert (document.settled, document.state) == (settled, state)
    rows = Settlement.objects.order_by("id").values_list("amount", "fee", "method", "received_on", "reference")
    day = date(2026, 11, 4)  # 23:30 in UTC is the next day in Madrid
    assert list(rows) == [
        (60, Decimal("1.80"), "stripe", day, payment.provider_id),
        (40, Decimal("1.20"), "stripe", day, payment.provider_id),
    ]


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1)])
def test_it_books_nothing_but_amounts(system, paid, amount):
    payment, first, _second = paid
    assert allocate(payment=payment, document=first, amount=amount, actor=system) == 0
    assert not payment.allocations.exists()


def test_other_documents_take_nothing(system, erin, paid):
    payment, first, _second = paid
    settle(
        actor=system,
        document=first,
        amount=Decimal(60),
        received_on=date(2026, 3, 3),
        method="cash",
        source_key="hand:1",
    )
    stranger = ContactFactory(organisation=erin.organisation)
    elsewhere = ContactFactory(organisation=OrganisationFactory())
    others = [
        first,
        over(erin, "20", currency="USD"),
        over(stranger, "20"),
        over(elsewhere, "20"),
        issued_document(erin, kind="quote"),
    ]
    for document in others:
        assert allocate(payment=payment, document=document, amount=Decimal(20), actor=system) == 0
    assert read(payment) == (0, 0, 100)


def test_money_of_a_contact_that_was_merged_goes_to_the_other(system, erin, paid):
    payment, _first, _second = paid
    other = ContactFactory(organisation=erin.organisation)
    Contact.objects.filter(pk=erin.pk).update(merged_into=other)
    payment.refresh_from_db()
    assert allocate(payment=payment, document=over(other, "20"), amount=Decimal(20), actor=system) == 20


def test_money_of_nobody_takes_no_document(system, paid):
    payment, first, _second = paid
    GatewayPayment.objects.filter(pk=payment.pk).update(contact=None)
    assert allocate(payment=payment, document=first, amount=Decimal(20), actor=system) == 0


def test_a_closed_day_is_booked_today(system, paid):
    payment, first, second = paid
    values = {"paid_at": datetime(2026, 11, 3, 12, tzinfo=UTC)}
    GatewayPayment.objects.filter(pk=payment.pk).update(**values)
    DocumentSettings.objects.create(organisation_id=system.place.id, closed_until=date(2026, 11, 2))
    allocate(payment=payment, document=first, amount=Decimal(10), actor=system)
    DocumentSettings.objects.update(closed_until=date(2026, 11, 3))
    allocate(payment=payment, document=second, amount=Decimal(10), actor=system)
    days = Settlement.objects.order_by("id").values_list("received_on", flat=True)
    assert list(days) == [date(2026, 11, 3), system.today()]


def test_what_came_back_is_taken_of_the_credit_first_then_off_documents_the_last_first(system, paid):
    payment, first, second = paid
    allocate(payment=payment, document=first, amount=Decimal(60), actor=system)
    allocate(payment=payment, document=second, amount=Decimal(30), actor=system)
    now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    values = {"payment": payment, "actor": system, "now": now}
    assert take_off(amount=Decimal(4), source_key="refund:1", **values) == {}
    assert read(payment) == (90, 4, 6)
    assert take_off(amount=Decimal(46), source_key="refund:2", **values) == {
        str(second.pk): "30.000",
        str(first.pk): "10.000",
    }
    assert read(payment) == (50, 50, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    assert [(one.settled, one.state) for one in (first, second)] == [(50, "partially_paid"), (0, "issued")]
    row = Settlement.objects.get(document=first, amount=-10)
    assert (row.fee, row.received_on, row.source_key) == (0, date(2026, 11, 21), "refund:2")
    assert payment.allocations.get(settlement=row).amount == -10


def test_no_more_goes_back_than_came(system, paid):
    payment, first, _second = paid
    allocate(payment=payment, document=first, amount=Decimal(60), actor=system)
    now = timezone.now()
    take_off(payment=payment, amount=Decimal(30), source_key="refund:1", actor=system, now=now)
    assert take_off(payment=payment, amount=Decimal(100), source_key="dispute:1", actor=system, now=now) == {
        str(first.pk): "60.000"
    }
    assert read(payment) == (0, 100, 0)
    assert standing(payment.pk) == []


def test_what_failed_to_go_back_stands_where_it_stood_or_is_credit(system, paid):
    payment, first, second = paid
    allocate(payment=payment, document=first, amount=Decimal(60), actor=system)
    allocate(payment=payment, document=second, amount=Decimal(40), actor=system)
    now = timezone.now()
    taken = take_off(payment=payment, amount=Decimal(100), source_key="refund:1", actor=system, now=now)
    first.refresh_from_db()
    settle(
        actor=system,
        document=first,
        amount=Decimal(45),
        received_on=date(2026, 3, 3),
        method="cash",
        source_key="hand:1",
    )
    put_back(payment=payment, amount=Decimal(100), taken=taken, source_key="refund:1:back", actor=system)
    assert read(payment) == (55, 0, 45)
    assert dict(standing(payment.pk)) == {first.pk: 15, second.pk: 40}
    back = Settlement.objects.filter(source_key="refund:1:back").order_by("amount")
    assert list(back.values_list("amount", "fee")) == [(15, 0), (40, 0)]


def test_money_booked_again_bears_no_fee_again(system, paid):
    payment, first, second = paid
    allocate(payment=payment, document=first, amount=Decimal(60), actor=system)
    taken = take_off(payment=payment, amount=Decimal(100), source_key="dispute:1", actor=system, now=timezone.now())
    put_back(payment=payment, amount=Decimal(100), taken=taken, source_key="dispute:1:back", actor=system)
    allocate(payment=payment, document=second, amount=Decimal(40), actor=system)
    fees = Settlement.objects.order_by("id").values_list("amount", "fee")
    assert list(fees) == [(60, Decimal("1.80")), (-60, 0), (60, 0), (40, Decimal("1.20"))]


def test_a_fee_that_is_told_later_is_kept_with_what_was_booked(system, paid):
    payment, first, second = paid
    GatewayPayment.objects.filter(pk=payment.pk).update(fee=None)
    payment.refresh_from_db()
    allocate(payment=payment, document=first, amount=Decimal(60), actor=system)
    allocate(payment=payment, document=second, amount=Decimal(30), actor=system)
    assert list(Settlement.objects.values_list("fee", flat=True)) == [None, None]
    learn_fee_of(payment, Decimal("3.01"))
    allocate(payment=payment, document=second, amount=Decimal(10), actor=system)
    fees = Settlement.objects.order_by("id").values_list("fee", flat=True)
    assert list(fees) == [Decimal("1.81"), Decimal("0.90"), Decimal("0.30")]
    assert sum(fees) == GatewayPayment.objects.get(pk=payment.pk).fee

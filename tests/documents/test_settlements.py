"""Money on documents: booked once, never beyond the currency, the state follows."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import HistoryEntry
from documents.actions import learn_fee, settle
from documents.actions.settlements import NotPayable
from documents.models import Document, Settlement
from tests.factories import ContactFactory, DocumentFactory
from tests.threads import together

SYSTEM = system_actor()


def book(document, amount, key, **values):
    return settle(
        actor=SYSTEM,
        document=document,
        amount=Decimal(amount),
        received_on=date(2026, 3, 9),
        source_key=key,
        **{"method": "transfer", **values},
    )


@pytest.mark.django_db
def test_money_is_booked_and_moves_the_state(erin):
    document = DocumentFactory(contact=erin)
    assert book(document, "21", "a", reference="R 1") is True
    assert (document.state, document.settled, document.outstanding) == ("partially_paid", 21, 100)
    assert book(document, "100", "b") is True
    assert (document.state, document.settled, document.outstanding) == ("paid", 121, 0)
    row = Settlement.objects.get(source_key="a")
    assert (row.organisation, row.amount, row.method, row.reference, row.received_on) == (
        *(erin.organisation, 21, "transfer", "R 1", date(2026, 3, 9)),
    )
    assert list(HistoryEntry.objects.order_by("id").values_list("what", flat=True)) == [
        "documents.document.partially_paid",
        "documents.document.paid",
    ]


@pytest.mark.django_db
def test_money_that_goes_back_opens_the_document_again(erin):
    document = DocumentFactory(contact=erin)
    states = []
    for key, amount in enumerate(("121", "-1", "-120")):
        book(document, amount, str(key))
        states.append((document.state, document.settled))
    assert states == [("paid", 121), ("partially_paid", 120), ("issued", 0)]


@pytest.mark.django_db
def test_more_than_is_due_is_kept(erin):
    document = DocumentFactory(contact=erin)
    book(document, "150", "a")
    assert (document.state, document.outstanding) == ("paid", -29)


@pytest.mark.django_db
def test_a_key_is_booked_once_on_a_document(erin):
    document, other = DocumentFactory(contact=erin), DocumentFactory(contact=erin)
    assert book(document, "10", "a") is True
    assert book(document, "10", "a") is False
    assert book(document, "99", "a") is False
    assert book(other, "10", "a") is True
    assert Document.objects.get(pk=document.pk).settled == 10
    assert Settlement.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "amount"),
    [
        ({}, "0"),
        ({}, "0.001"),
        ({}, "NaN"),
        ({}, "1e20"),
        ({"currency": "JPY"}, "0.5"),
        ({"state": "draft"}, "1"),
        ({"state": "void"}, "1"),
        ({"kind": "quote"}, "1"),
        ({"kind": "proforma"}, "1"),
        ({"kind": "delivery_note"}, "1"),
        ({"kind": "purchase_order"}, "1"),
    ],
)
def test_what_cannot_be_paid_is_refused_and_changes_nothing(erin, values, amount):
    document = DocumentFactory(contact=erin, **values)
    with pytest.raises(NotPayable):
        book(document, amount, "a")
    stored = Document.objects.get()
    assert (stored.state, stored.settled, Settlement.objects.count()) == (document.state, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["invoice", "credit_note", "sales_order", "bill", "supplier_credit_note"])
def test_kinds_that_are_paid(erin, kind):
    document = DocumentFactory(contact=erin, kind=kind)
    book(document, "121", "a")
    assert document.state == "paid"


@pytest.mark.django_db
def test_a_negative_document_is_paid_by_giving_back(erin):
    document = DocumentFactory(contact=erin, payable=-50)
    book(document, "-20", "a")
    assert (document.state, document.outstanding) == ("partially_paid", -30)
    book(document, "-30", "b")
    assert document.state == "paid"


@pytest.mark.django_db(transaction=True)
def test_threads_that_book_at_once_lose_and_repeat_nothing():
    document = DocumentFactory(contact=ContactFactory())

    def call(key):
        return lambda: book(Document.objects.get(pk=document.pk), "10", key)

    results = together([call(key) for key in "aabbccdd"])
    assert sorted(results) == [False] * 4 + [True] * 4
    document.refresh_from_db()
    assert (document.settled, document.state, Settlement.objects.count()) == (40, "partially_paid", 4)


@pytest.mark.django_db
def test_a_gateways_fee_is_kept_with_its_payment(erin):
    document = DocumentFactory(contact=erin)
    book(document, "121", "stripe:1", method="stripe", fee=Decimal("2.07"))
    assert Settlement.objects.get().fee == Decimal("2.07")
    assert (document.settled, document.outstanding) == (121, 0)


@pytest.mark.django_db
def test_a_fee_that_is_told_later_is_kept_once(erin):
    document = DocumentFactory(contact=erin)
    book(document, "121", "square:1", method="square")
    assert learn_fee(document=document, source_key="square:1", fee=Decimal("1.84")) is True
    assert learn_fee(document=document, source_key="square:1", fee=Decimal("9")) is False
    assert Settlement.objects.get().fee == Decimal("1.84")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Settlement.objects.update(fee=Decimal("9"))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Settlement.objects.update(amount=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "fee"), [("transfer", "1"), ("stripe", "0.001"), ("stripe", "NaN")])
def test_a_fee_that_nobody_keeps_is_refused(erin, method, fee):
    document = DocumentFactory(contact=erin)
    with pytest.raises(NotPayable):
        book(document, "121", "a", method=method, fee=Decimal(fee))
    book(document, "100", "b", method=method)
    with pytest.raises(NotPayable):
        learn_fee(document=document, source_key="b", fee=Decimal(fee))

"""Payments that people record and take back, and credit notes set off against invoices."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from advisory_portal.core.access import Forbidden, system_actor
from documents.actions import apply_credit, record_payment, settle, take_back_payment
from documents.actions.periods import PeriodClosed
from documents.actions.settlements import NotPayable, NotThisAmount
from documents.models import Document, DocumentSettings, Settlement
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, DocumentFactory
from tests.threads import together

DAY = date(2026, 3, 9)


@pytest.fixture
def invoice(erin):
    return DocumentFactory(contact=erin)


def pay(actor, document, amount="121", key="k", **values):
    usual = {"received_on": DAY, "method": "transfer", "reference": "R 1"}
    return record_payment(actor=actor, document=document, amount=Decimal(amount), key=key, **usual | values)


def standing(document):
    found = Document.objects.get(pk=document.pk)
    return found.state, found.settled


@pytest.mark.django_db
def test_a_payment_is_recorded_once_a_form(dan_here, invoice):
    assert pay(dan_here, invoice, "21") is True
    assert (invoice.state, invoice.outstanding) == ("partially_paid", 100)
    assert pay(dan_here, invoice, "21") is False
    assert pay(dan_here, invoice, "100", key="other") is True
    assert pay(dan_here, invoice, "100", key="other") is False
    assert (invoice.state, invoice.settled) == ("paid", 121)
    row = Settlement.objects.get(amount=21)
    assert (row.method, row.reference, row.received_on, row.source_key) == ("transfer", "R 1", DAY, "hand:k")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "values", "field"),
    [
        ("121.01", {}, "amount"),
        ("-1", {}, "amount"),
        ("1", {"method": "gold"}, "method"),
        ("1", {"method": "credit_note"}, "method"),
        ("1", {"received_on": date(2999, 1, 1)}, "received_on"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_its_field(dan_here, invoice, amount, values, field):
    with pytest.raises(NotThisAmount) as caught:
        pay(dan_here, invoice, amount, **values)
    assert (caught.value.field, standing(invoice)) == (field, ("issued", 0))


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0", "0.001", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(dan_here, invoice, amount):
    with pytest.raises(NotPayable) as caught:
        pay(dan_here, invoice, amount)
    assert (caught.value.field, standing(invoice)) == ("amount", ("issued", 0))


@pytest.mark.django_db
def test_more_than_is_open_is_refused_with_what_is(dan_here, invoice):
    pay(dan_here, invoice, "100")
    with pytest.raises(NotThisAmount, match=r"Only €21.00 is open on this document."):
        pay(dan_here, invoice, "21.01", key="b")
    pay(dan_here, invoice, "21", key="c")
    with pytest.raises(NotThisAmount, match=r"Only €0.00 is open"):
        pay(dan_here, invoice, "0.01", key="d")


@pytest.mark.django_db
def test_today_is_not_too_late_and_tomorrow_too_early(dan_here, invoice):
    pay(dan_here, invoice, "1", received_on=dan_here.today())
    with pytest.raises(NotThisAmount):
        pay(dan_here, invoice, "1", key="b", received_on=dan_here.today() + timedelta(days=1))


@pytest.mark.django_db
def test_a_negative_document_is_paid_with_its_sign(dan_here, erin):
    document = DocumentFactory(contact=erin, payable=-50)
    for amount in ("50", "-50.01"):
        with pytest.raises(NotThisAmount):
            pay(dan_here, document, amount)
    pay(dan_here, document, "-50")
    assert standing(document) == ("paid", -50)


@pytest.mark.django_db
def test_a_closed_period_takes_no_payment(dan_here, invoice):
    DocumentSettings.objects.create(organisation=invoice.organisation, closed_until=DAY)
    with pytest.raises(PeriodClosed) as caught:
        pay(dan_here, invoice)
    assert caught.value.field == "received_on"
    pay(dan_here, invoice, received_on=DAY + timedelta(days=1))
    assert standing(invoice) == ("paid", 121)


@pytest.mark.django_db
def test_payments_need_the_section(invoice, delta, erin):
    note = DocumentFactory(contact=erin, kind="credit_note")
    settle(
        actor=system_actor(), document=invoice, amount=Decimal(1), received_on=DAY, method="cash", source_key="hand:a"
    )
    for who in (with_levels(delta, sales=1), with_levels(delta, purchases=2)):
        with pytest.raises(Forbidden):
            pay(who, invoice)
        with pytest.raises(Forbidden):
            take_back_payment(actor=who, settlement=invoice.settlements.get())
        with pytest.raises(Forbidden):
            apply_credit(actor=who, credit_note=note, invoice=invoice, amount=Decimal(1))
    assert standing(invoice) == ("partially_paid", 1)


@pytest.mark.django_db(transaction=True)
def test_threads_that_record_at_once_do_not_pay_too_much():
    document = DocumentFactory(contact=ContactFactory())
    actor = system_actor(document.organisation.workspace)
    results = together([lambda key=key: pay(actor, Document.objects.get(pk=document.pk), key=key) for key in "aabb"])
    assert results.count(True) == 1
    assert standing(document) == ("paid", 121)


# --- Taking back ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_payment_is_taken_back_once(dan_here, invoice):
    pay(dan_here, invoice)
    payment = invoice.settlements.get()
    assert take_back_payment(actor=dan_here, settlement=payment) is True
    assert take_back_payment(actor=dan_here, settlement=payment) is False
    assert standing(invoice) == ("issued", 0)
    back = Settlement.objects.get(amount=-121)
    assert (back.received_on, back.method, back.reference) == (dan_here.today(), "transfer", "R 1")
    with pytest.raises(NotThisAmount):
        take_back_payment(actor=dan_here, settlement=back)


@pytest.mark.django_db
def test_what_a_gateway_brought_is_not_taken_back_by_hand(dan_here, invoice):
    money = {"document": invoice, "amount": Decimal(1), "received_on": DAY, "method": "card", "source_key": "gateway:1"}
    settle(actor=dan_here, **money)
    with pytest.raises(NotThisAmount):
        take_back_payment(actor=dan_here, settlement=invoice.settlements.get())
    assert standing(invoice) == ("partially_paid", 1)


@pytest.mark.django_db
def test_a_payment_is_taken_back_as_of_today_where_the_books_are_open(dan_here, invoice):
    pay(dan_here, invoice)
    closed = DocumentSettings.objects.create(organisation=invoice.organisation, closed_until=DAY)
    take_back_payment(actor=dan_here, settlement=invoice.settlements.get())
    pay(dan_here, invoice, key="b", received_on=dan_here.today())
    closed.closed_until = dan_here.today()
    closed.save()
    with pytest.raises(PeriodClosed):
        take_back_payment(actor=dan_here, settlement=invoice.settlements.get(source_key="hand:b"))


# --- Credit notes --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "credit"), [("invoice", "credit_note"), ("bill", "supplier_credit_note")])
def test_a_credit_note_is_set_off_on_both_sides(dan_here, erin, kind, credit):
    invoice, note = DocumentFactory(contact=erin, kind=kind), DocumentFactory(contact=erin, kind=credit)
    assert apply_credit(actor=dan_here, credit_note=note, invoice=invoice, amount=Decimal(100)) is True
    for one, other in ((invoice, note), (note, invoice)):
        assert standing(one) == (one.state, one.settled) == ("partially_paid", 100)
        row = one.settlements.get()
        assert (row.method, row.reference, row.received_on) == ("credit_note", other.number, dan_here.today())
    assert apply_credit(actor=dan_here, credit_note=note, invoice=invoice, amount=Decimal(21)) is False
    assert apply_credit(actor=dan_here, credit_note=note, invoice=invoice, amount=Decimal(21), key="b") is True
    assert standing(invoice) == standing(note) == ("paid", 121)


@pytest.mark.django_db
@pytest.mark.parametrize("side", [0, 1])
def test_a_set_off_goes_back_on_both_sides(dan_here, erin, side):
    pair = DocumentFactory(contact=erin), DocumentFactory(contact=erin, kind="credit_note")
    for key in ("", "b:c"):
        apply_credit(actor=dan_here, credit_note=pair[1], invoice=pair[0], amount=Decimal(50), key=key)
    settlement = pair[side].settlements.order_by("id").last()
    assert take_back_payment(actor=dan_here, settlement=settlement) is True
    assert take_back_payment(actor=dan_here, settlement=settlement) is False
    assert standing(pair[0]) == standing(pair[1]) == ("partially_paid", 50)
    assert Settlement.objects.filter(amount=-50, reference=pair[1].number, document=pair[0]).count() == 1


@pytest.mark.django_db
def test_only_what_goes_together_is_set_off(dan_here, erin, delta):
    invoice, note = DocumentFactory(contact=erin), DocumentFactory(contact=erin, kind="credit_note")
    others = [
        (note, DocumentFactory(contact=erin, kind="bill"), "1", NotThisAmount),
        (note, DocumentFactory(contact=erin, kind="quote"), "1", NotThisAmount),
        (invoice, note, "1", NotThisAmount),
        (note, DocumentFactory(contact=erin, currency="USD"), "1", NotThisAmount),
        (note, DocumentFactory(contact=ContactFactory(organisation=delta)), "1", NotThisAmount),
        (note, invoice, "121.01", NotThisAmount),
        (note, DocumentFactory(contact=erin, payable=5), "6", NotThisAmount),
        (DocumentFactory(contact=erin, kind="credit_note", payable=5), invoice, "6", NotThisAmount),
        (note, invoice, "0", NotPayable),
        (note, invoice, "-1", NotThisAmount),
        (note, DocumentFactory(contact=erin, state="draft", number=""), "1", NotPayable),
        (note, DocumentFactory(contact=erin, state="void"), "1", NotPayable),
    ]
    for credit_note, other, amount, error in others:
        with pytest.raises(error):
            apply_credit(actor=dan_here, credit_note=credit_note, invoice=other, amount=Decimal(amount))
    assert not Settlement.objects.exists()
    DocumentSettings.objects.create(organisation=delta, closed_until=dan_here.today())
    with pytest.raises(PeriodClosed):
        apply_credit(actor=dan_here, credit_note=note, invoice=invoice, amount=Decimal(1))


@pytest.mark.django_db(transaction=True)
def test_threads_that_set_off_at_once_do_so_once():
    contact = ContactFactory()
    pair = {
        "invoice": DocumentFactory(contact=contact),
        "credit_note": DocumentFactory(contact=contact, kind="credit_note"),
    }
    actor = system_actor(contact.organisation.workspace)

    def act():
        fresh = {name: Document.objects.get(pk=one.pk) for name, one in pair.items()}
        return apply_credit(actor=actor, **fresh, amount=Decimal(50))

    assert sorted(together([act] * 4)) == [False, False, False, True]
    assert [standing(one) for one in pair.values()] == [("partially_paid", 50)] * 2

"""What becomes of orders: confirmed, declined, cancelled, delivered in parts, ordered once more."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import OutboundEmail
from advisory_portal.core.states import IllegalMove
from catalog import actions
from catalog.actions.fulfilment import NotSaid, WrongDelivery
from catalog.models import CartLine, CatalogSettings, Delivery, Product, StockHold, StockLevel, StockMovement
from documents.actions.issuing import MoneyOnIt
from tests.catalog.conftest import NOW
from tests.client_portal.months import pay
from tests.factories import ContactFactory, contact_actor
from tests.threads import together

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 21)


@pytest.fixture
def ways(delta):
    return CatalogSettings.objects.create(organisation=delta, needs_approval=True)


@pytest.fixture
def order(buyer, ways, goods, put, order_now, clock):
    """Four chairs and a service, which wait for Delta to confirm them."""
    put(buyer, goods("CH-1", name="Chair"), 4)
    put(buyer, goods("SV-1", name="Assembly", stock=None), 1)
    placed = order_now(buyer)
    OutboundEmail.objects.all().delete()
    return placed


def level():
    one = StockLevel.objects.get()
    return one.on_hand, one.held


def mails():
    return sorted(OutboundEmail.objects.values_list("kind", "to"))


def deliver(actor, order, quantities, **values):
    own = {"delivered_on": DAY, "key": uuid7(), "now": NOW, **values}
    return actions.deliver_order(actor=actor, order=order, quantities={k: D(v) for k, v in quantities.items()}, **own)


# --- Yes and no ----------------------------------------------------------------------------------------------


def test_confirming_tells_the_contact_once(order, dan_here):
    for _time in range(2):
        actions.confirm_order(actor=dan_here, order=order, now=NOW)
    order.refresh_from_db()
    assert (order.state, order.confirmed_at) == ("confirmed", NOW)
    assert mails() == [("catalog/order_confirmed", "erin@customer.example")]
    assert level() == (10, 4)


def test_a_contact_is_mailed_nothing_that_it_does_not_want(order, dan_here, erin):
    erin.muted_mails = ["catalog/order_confirmed", "catalog/order_delivered"]
    erin.save()
    actions.confirm_order(actor=dan_here, order=order, now=NOW)
    deliver(dan_here, order, {1: 1})
    assert mails() == []


def test_declining_gives_the_reason_and_frees_the_stock(order, dan_here):
    with pytest.raises(NotSaid):
        actions.decline_order(actor=dan_here, order=order, reason="  ", now=NOW)
    for _time in range(2):
        actions.decline_order(actor=dan_here, order=order, reason="Sold elsewhere", now=NOW)
    order.refresh_from_db()
    order.document.refresh_from_db()
    assert (order.state, order.reason, order.closed_at) == ("declined", "Sold elsewhere", NOW)
    assert order.document.state == "void"
    assert level() == (10, 0)
    assert not StockHold.objects.exists()
    assert mails() == [("catalog/order_declined", "erin@customer.example")]
    assert "Sold elsewhere" in OutboundEmail.objects.get().text
    with pytest.raises(IllegalMove):
        actions.confirm_order(actor=dan_here, order=order, now=NOW)


# --- Cancelled -----------------------------------------------------------------------------------------------


def test_its_contact_takes_it_back_while_it_may(order, buyer, dan):
    for _time in range(2):
        actions.cancel_order(actor=buyer, order=order, now=NOW)
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert level() == (10, 0)
    assert mails() == [("catalog/order_cancelled", "erin@customer.example"), ("catalog/order_withdrawn", dan.email)]


@pytest.mark.parametrize(
    ("until", "state", "may"),
    [
        ("", "placed", False),
        ("placed", "placed", True),
        ("placed", "confirmed", False),
        ("confirmed", "placed", True),
        ("confirmed", "confirmed", True),
    ],
)
def test_the_business_says_until_when(order, buyer, ways, dan_here, until, state, may):
    ways.cancel_until = until
    ways.save()
    if state == "confirmed":
        actions.confirm_order(actor=dan_here, order=order, now=NOW)
    if may:
        actions.cancel_order(actor=buyer, order=order, now=NOW)
    else:
        with pytest.raises(actions.TooLate):
            actions.cancel_order(actor=buyer, order=order, now=NOW)
    order.refresh_from_db()
    assert order.state == ("cancelled" if may else state)


def test_what_was_paid_or_left_is_not_cancelled(order, buyer, ways, dan_here):
    ways.cancel_until = "confirmed"
    ways.save()
    actions.confirm_order(actor=dan_here, order=order, now=NOW)
    pay(order.document, "1", day=DAY)
    with pytest.raises(MoneyOnIt):
        actions.cancel_order(actor=buyer, order=order, now=NOW)
    pay(order.document, "-1", "back", day=DAY)
    deliver(dan_here, order, {1: "1"})
    for actor in (buyer, dan_here):
        with pytest.raises(actions.TooLate):
            actions.cancel_order(actor=actor, order=order, now=NOW)
    assert level() == (9, 3)


# --- Delivered -----------------------------------------------------------------------------------------------


def test_a_whole_delivery_makes_a_delivery_note(order, dan_here):
    actions.confirm_order(actor=dan_here, order=order, now=NOW)
    key = uuid7()
    first = deliver(dan_here, order, {1: "4", 2: "1"}, key=key, tracking="DHL 123")
    assert deliver(dan_here, order, {1: "4", 2: "1"}, key=key).pk == first.pk
    order.refresh_from_db()
    assert (order.state, order.closed_at) == ("delivered", NOW)
    assert (first.document.kind, first.document.state, first.tracking) == ("delivery_note", "issued", "DHL 123")
    assert level() == (6, 0)
    movement = StockMovement.objects.get()
    assert (movement.reason, movement.quantity, movement.after, movement.order_id) == ("delivered", -4, 6, order.pk)
    assert OutboundEmail.objects.filter(kind="catalog/order_delivered").count() == 1


def test_parts_are_delivered_one_after_the_other(order, dan_here):
    actions.confirm_order(actor=dan_here, order=order, now=NOW)
    first = deliver(dan_here, order, {1: "3"})
    assert (first.quantities, first.document) == ([[1, "3"]], None)
    order.refresh_from_db()
    assert order.state == "confirmed"
    assert level() == (7, 1)
    assert StockHold.objects.get().quantity == 1
    deliver(dan_here, order, {1: "1", 2: "1"})
    order.refresh_from_db()
    assert order.state == "delivered"
    assert level() == (6, 0)
    assert not StockHold.objects.exists()


@pytest.mark.parametrize("quantities", [{}, {1: "0"}, {1: "5"}, {1: "-1"}, {9: "1"}])
def test_nothing_and_too_much_are_not_delivered(order, dan_here, quantities):
    actions.confirm_order(actor=dan_here, order=order, now=NOW)
    with pytest.raises(WrongDelivery):
        deliver(dan_here, order, quantities)
    assert not Delivery.objects.exists()


def test_what_is_not_confirmed_is_not_delivered(order, dan_here):
    with pytest.raises(WrongDelivery):
        deliver(dan_here, order, {1: "1"})


def test_staff_need_to_manage_the_catalog(order, dan_here):
    viewer = replace(dan_here, levels={"catalog": 1})
    for act in (
        lambda: actions.confirm_order(actor=viewer, order=order, now=NOW),
        lambda: actions.decline_order(actor=viewer, order=order, reason="No", now=NOW),
        lambda: actions.cancel_order(actor=viewer, order=order, now=NOW),
        lambda: deliver(viewer, order, {1: "1"}),
    ):
        with pytest.raises(Forbidden):
            act()


# --- Once more -----------------------------------------------------------------------------------------------


def test_an_order_is_put_into_the_cart_again_as_far_as_it_is_offered(order, buyer):
    key = uuid7()
    Product.objects.filter(name="Assembly").update(visibility="hidden")
    assert actions.order_again(actor=buyer, order=order, key=key) == ["Assembly"]
    actions.order_again(actor=buyer, order=order, key=key)
    assert list(CartLine.objects.values_list("variant__sku", "quantity")) == [("CH-1", 4)]


def test_only_who_has_the_catalog_orders_again(order, delta):
    with pytest.raises(Forbidden):
        actions.order_again(actor=contact_actor(ContactFactory(organisation=delta)), order=order, key=uuid7())


# --- Races ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_cancelled_and_confirmed_at_once_it_is_one_of_both(order, buyer, dan_here):
    done = together(
        [
            lambda: actions.cancel_order(actor=buyer, order=order, now=NOW),
            lambda: actions.confirm_order(actor=dan_here, order=order, now=NOW),
        ]
    )
    order.refresh_from_db()
    if order.state == "cancelled":
        assert (done[0], level()) == (None, (10, 0))
        assert isinstance(done[1], IllegalMove)
    else:
        assert (order.state, level()) == ("confirmed", (10, 4))
        assert isinstance(done[0], actions.TooLate)

from decimal import Decimal as D
from uuid import uuid4

import pytest
from django.urls import reverse

from advisory_portal.core.models import Notification, OutboundEmail
from catalog import actions
from catalog.actions.stock import NotEnough, NotTracked
from catalog.models import StockLevel, StockMovement, Variant
from catalog.tasks import tell_of_low_stock
from tests.catalog.factories_staff import saved
from tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(dan_here):
    return Variant.objects.get(product=saved(dan_here, "MUG"))


@pytest.fixture
def move(dan_here, mug):
    def book(reason, quantity, **values):
        return actions.move_stock(actor=dan_here, variant=mug, reason=reason, quantity=D(quantity), **values)

    return book


def on_hand():
    return StockLevel.objects.get().on_hand


def at(name, *parts):
    return reverse(f"catalog:{name}", args=["delta", *parts])


def test_stock_is_what_moved(move):
    move("purchase", 12)
    move("correction", -2, note="Broken")
    move("count", "11.5")
    rows = StockMovement.objects.order_by("id").values_list("reason", "quantity", "after", "note", "by_name")
    assert list(rows) == [
        ("purchase", 12, 12, "", "Dan"),
        ("correction", -2, 10, "Broken", "Dan"),
        ("count", D("1.5"), D("11.5"), "", "Dan"),
    ]
    assert on_hand() == D("11.5")


def test_movement_with_a_key_is_booked_once(move):
    assert move("purchase", 5, key="a") is not None
    assert move("purchase", 5, key="a") is None
    assert on_hand() == 5


def test_what_orders_hold_is_not_taken_away(move):
    move("purchase", 5)
    StockLevel.objects.update(held=4)
    with pytest.raises(NotEnough):
        move("correction", -2)
    assert (on_hand(), StockMovement.objects.count()) == (5, 1)
    StockLevel.objects.update(may_owe=True)
    move("correction", -2)
    assert on_hand() == 3


def test_services_keep_no_stock(dan_here):
    service = Variant.objects.get(product=saved(dan_here, kind="service"))
    with pytest.raises(NotTracked):
        actions.move_stock(actor=dan_here, variant=service, reason="purchase", quantity=D(1))


def test_low_stock_is_told_once_until_there_is_more(dan, dan_here, mug, move):
    actions.set_alarm(actor=dan_here, variant=mug, alarm_at=D(3))
    assert [tell_of_low_stock(), tell_of_low_stock()] == [1, 0]
    mail = OutboundEmail.objects.get()
    assert (mail.to, mail.subject) == (dan.email, "1 product runs low")
    assert "Mug (MUG): 0" in mail.text
    assert Notification.objects.get().url == f"{at('stock')}?show=low"
    move("purchase", 4)
    assert tell_of_low_stock() == 0
    move("correction", -1)
    assert tell_of_low_stock() == 1


def test_what_orders_hold_counts_for_the_alarm(dan_here, mug, move):
    actions.set_alarm(actor=dan_here, variant=mug, alarm_at=D(3))
    move("purchase", 5)
    StockLevel.objects.update(held=2)
    assert tell_of_low_stock() == 1


def test_low_stock_is_told_to_those_the_settings_name(dan, dan_here, delta, mug):
    ann = UserFactory(name="Ann")
    MemberFactory(organisation=delta, user=ann, code="administrator")
    actions.save_catalog_settings(actor=dan_here, changes={"low_stock_receivers": [ann.pk]})
    actions.set_alarm(actor=dan_here, variant=mug, alarm_at=D(3))
    tell_of_low_stock()
    assert list(OutboundEmail.objects.values_list("to", flat=True)) == [ann.email]


def test_stock_is_booked_and_watched_in_the_browser(client_of, dan, dan_here, mug):
    client = client_of(dan)
    sent = {"reason": "purchase", "quantity": "7", "note": "Delivery 12", "key": uuid4()}
    for _twice in range(2):
        client.post(at("move_stock", mug.pk), sent)
    assert on_hand() == 7
    page = client.get(at("variant_stock", mug.pk)).text
    assert page.count("Delivery 12") == 1
    client.post(at("set_alarm", mug.pk), {"alarm_at": "9"})
    assert ">Mug<" in client.get(at("stock"), {"show": "low"}).text
    assert "Nothing matches" in client.get(at("stock"), {"show": "out"}).text
    assert "Nothing matches" in client.get(at("stock"), {"q": "spade"}).text


@pytest.mark.parametrize(
    ("reason", "quantity", "told"),
    [
        ("purchase", "-1", "This cannot be negative."),
        ("purchase", "0", "Nothing moves."),
        ("correction", "-99", "Orders hold what would be taken away."),
        ("purchase", "many", "This is not a number."),
    ],
)
def test_wrong_movements_are_told(client_of, dan, dan_here, mug, reason, quantity, told):
    sent = {"reason": reason, "quantity": quantity, "key": uuid4()}
    answer = client_of(dan).post(at("move_stock", mug.pk), sent)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert not StockMovement.objects.exists()

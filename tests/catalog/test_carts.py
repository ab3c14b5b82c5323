"""What goes into a cart, and what the person agrees to when something has changed since."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from catalog import actions
from catalog.actions.carts import MOST_LINES, MOST_PAD_LINES
from catalog.models import Cart, CartLine, CatalogSettings, Product, StockLevel, Variant
from catalog.models.cart_items import items_of, print_of
from catalog.models.shopping import shopper_of
from catalog.rules import Change
from tests.catalog.factories_catalog import PriceFactory, PriceListFactory
from tests.factories import ContactFactory, contact_actor
from tests.threads import together

pytestmark = pytest.mark.django_db


def lines(actor):
    rows = CartLine.objects.visible_to(actor).select_related("variant").order_by("id")
    return [(row.variant.sku, row.quantity) for row in rows]


def items(actor):
    return items_of(shopper_of(actor), language="en")


def changes(actor):
    return [one.change for one in items(actor)]


def accept(actor, shown=None):
    actions.accept_changes(actor=actor, shown=shown or print_of(items(actor)))


# --- Putting in ----------------------------------------------------------------------------------------------


def test_what_is_put_in_adds_up_and_survives(buyer, goods, put):
    chair = goods("CH-1")
    assert put(buyer, chair, 2) == 2
    assert put(buyer, chair, 3) == 5
    assert lines(buyer) == [("CH-1", 5)]
    line = CartLine.objects.get()
    assert (line.seen_price, line.seen_currency, line.seen_free) == (10, "EUR", 10)


def test_the_same_click_counts_once(buyer, goods, put):
    chair, key = goods("CH-1"), uuid7()
    assert put(buyer, chair, 2, key=key) == put(buyer, chair, 2, key=key) == 2
    assert Cart.objects.get().revision == 1


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("0", "Enter a quantity above zero."),
        ("-1", "Enter a quantity above zero."),
        ("1000000000000", "That is more than can be ordered here. Please write to us."),
        ("0.5", "This is sold in whole pieces only."),
        ("11", "There are not so many left. Order fewer."),
        ("NaN", "Enter a quantity above zero."),
    ],
)
def test_impossible_quantities_are_refused_with_words(buyer, goods, put, quantity, words):
    chair = goods("CH-1")
    with pytest.raises(actions.CannotOrder) as refused:
        put(buyer, chair, quantity)
    assert refused.value.message == words
    assert lines(buyer) == []


def test_minimum_and_multiple_count_for_the_sum_too(buyer, goods, put):
    box = goods("BX-1", minimum=4, multiple=2, stock=20)
    for wrong, words in (("2", "Order at least 4."), ("5", "Order a multiple of 2.")):
        with pytest.raises(actions.CannotOrder, match=words):
            put(buyer, box, wrong)
    put(buyer, box, 6)
    with pytest.raises(actions.CannotOrder, match="There are not so many left"):
        put(buyer, box, 16)
    assert lines(buyer) == [("BX-1", 6)]


def test_how_many_are_left_is_said_where_the_business_lets_it(buyer, delta, goods, put):
    CatalogSettings.objects.create(organisation=delta, availability="exact")
    with pytest.raises(actions.CannotOrder, match="Only 10 are left"):
        put(buyer, goods("CH-1"), 11)


def test_more_than_there_is_goes_in_where_backorders_are_taken(buyer, delta, goods, put):
    CatalogSettings.objects.create(organisation=delta, allows_backorders=True)
    assert put(buyer, goods("CH-1"), 50) == 50
    assert put(buyer, goods("SV-1", stock=None), 50) == 50


def test_nobody_puts_in_what_has_no_price_for_them(buyer, delta, terms, goods, put):
    terms.price_list = PriceListFactory(organisation=delta, currency="USD")
    terms.save()
    with pytest.raises(actions.CannotOrder, match="no price"):
        put(buyer, goods("CH-1"))


def test_a_cart_has_an_end(buyer, delta, goods, put):
    cart = Cart.objects.create(organisation=delta, contact_id=buyer.contact_id, key=uuid7())
    line = {"organisation": delta, "cart": cart, "seen_currency": "EUR", "quantity": 1}
    for number in range(MOST_LINES):
        CartLine.objects.create(variant=goods(f"N-{number}", stock=None), **line)
    with pytest.raises(actions.CartFull):
        put(buyer, goods("ONE-MORE"))


@pytest.mark.parametrize("why", ["off", "link", "looks", "stranger"])
def test_only_who_has_the_catalog_has_a_cart(buyer, erin, terms, goods, put, delta, why):
    chair = goods("CH-1")
    actor = {
        "off": buyer,
        "link": contact_actor(erin, document_ids=frozenset([uuid7()])),
        "looks": contact_actor(erin, read_only=True),
        "stranger": contact_actor(ContactFactory(organisation=delta)),
    }[why]
    if why == "off":
        terms.is_on = False
        terms.save()
    with pytest.raises(Forbidden):
        put(actor, chair)
    assert not Cart.objects.exists()


# --- Changing ------------------------------------------------------------------------------------------------


def test_a_quantity_is_changed_and_taken_out(buyer, goods, put):
    chair, pen = goods("CH-1"), goods("PN-1")
    put(buyer, chair, 2)
    put(buyer, pen, 1)
    first, second = CartLine.objects.order_by("id")
    actions.set_quantity(actor=buyer, line=first, quantity=D(4))
    actions.set_quantity(actor=buyer, line=first, quantity=D(4))
    assert lines(buyer) == [("CH-1", 4), ("PN-1", 1)]
    with pytest.raises(actions.CannotOrder):
        actions.set_quantity(actor=buyer, line=first, quantity=D(0))
    actions.remove_from_cart(actor=buyer, line=second)
    actions.remove_from_cart(actor=buyer, line=second)
    assert lines(buyer) == [("CH-1", 4)]
    actions.empty_cart(actor=buyer)
    actions.empty_cart(actor=buyer)
    assert lines(buyer) == []


def test_prices_follow_the_quantity(buyer, delta, terms, goods, put):
    terms.price_list = PriceListFactory(organisation=delta)
    terms.save()
    chair = goods("CH-1", stock=100)
    for start, price in ((0, 9), (10, 8)):
        PriceFactory(variant=chair, price_list=terms.price_list, from_quantity=start, price=price)
    put(buyer, chair, 9)
    assert items(buyer)[0].price == 9
    put(buyer, chair, 1)
    (item,) = items(buyer)
    assert (item.price, item.change) == (8, None)


def test_a_new_price_is_shown_until_it_is_agreed_to(buyer, goods, put):
    chair = goods("CH-1")
    put(buyer, chair, 2)
    Variant.objects.update(list_price=12)
    assert changes(buyer) == [Change.DEARER]
    actions.set_quantity(actor=buyer, line=CartLine.objects.get(), quantity=D(3))
    assert changes(buyer) == [Change.DEARER]
    accept(buyer)
    accept(buyer)
    assert changes(buyer) == [None]
    Variant.objects.update(list_price=11)
    assert changes(buyer) == [Change.CHEAPER]


def test_agreeing_lowers_what_is_short_and_takes_out_what_is_gone(buyer, goods, put):
    chair, pen, desk, bulk = goods("CH-1"), goods("PN-1"), goods("DK-1"), goods("BK-1")
    for one in (chair, pen, desk, bulk):
        put(buyer, one, 8)
    StockLevel.objects.filter(variant=chair).update(held=7)
    StockLevel.objects.filter(variant=pen).update(held=10)
    Product.objects.filter(pk=desk.product_id).update(retired_at=timezone.now())
    Variant.objects.filter(pk=bulk.pk).update(multiple=5)
    assert changes(buyer) == [Change.SHORT, Change.SHORT, Change.GONE, Change.FAULTY]
    accept(buyer)
    assert lines(buyer) == [("CH-1", 3), ("BK-1", 10)]
    assert changes(buyer) == [None, None]


def test_nobody_agrees_to_what_they_have_not_seen(buyer, goods, put):
    chair = goods("CH-1")
    put(buyer, chair, 2)
    Variant.objects.update(list_price=12)
    shown = print_of(items(buyer))
    Variant.objects.update(list_price=13)
    with pytest.raises(actions.ChangedAgain):
        accept(buyer, shown)
    assert changes(buyer) == [Change.DEARER]


# --- Many at once --------------------------------------------------------------------------------------------


def test_a_pad_puts_in_what_is_right_and_says_what_is_wrong(buyer, goods, put):
    goods("CH-1"), goods("PN 1", minimum=5, stock=50)
    text = "CH-1\t2\nNOPE\t1\npn1\nCH-1\tmany\nCH-1\t-1\nCH-1\t9\nch-1\t1"
    result = actions.add_lines(actor=buyer, text=text, key=uuid7())
    assert lines(buyer) == [("CH-1", 3), ("PN 1", 5)]
    assert result.added == 3
    assert [(one.number, one.text, one.reason) for one in result.wrong] == [
        (2, "NOPE\t1", "We know no product with this SKU."),
        (4, "CH-1\tmany", "“many” is not a quantity."),
        (5, "CH-1\t-1", "Enter a quantity above zero."),
        (6, "CH-1\t9", "There are not so many left. Order fewer."),
    ]


def test_the_same_pad_counts_once(buyer, goods):
    goods("CH-1")
    key = uuid7()
    for _time in range(2):
        assert actions.add_lines(actor=buyer, text="CH-1 2", key=key).added == 1
    assert lines(buyer) == [("CH-1", 2)]


def test_a_pad_has_an_end_and_costs_the_same_however_long(buyer, goods):
    with pytest.raises(actions.CartFull):
        actions.add_lines(actor=buyer, text="X 1\n" * (MOST_PAD_LINES + 1), key=uuid7())
    for number in range(30):
        goods(f"N-{number}")
    counts = []
    for text in ("N-0 1", "\n".join(f"N-{number} 1" for number in range(1, 30))):
        with CaptureQueriesContext(connection) as queries:
            actions.add_lines(actor=buyer, text=text, key=uuid7())
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 1


# --- Races ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_add_at_once_both_count(buyer, goods, put):
    chair = goods("CH-1")
    assert sorted(together([lambda: put(buyer, chair, 1), lambda: put(buyer, chair, 2)]))[-1] == 3
    assert lines(buyer) == [("CH-1", 3)]

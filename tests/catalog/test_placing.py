"""An order: one act that makes the sales order, holds the stock and empties the cart, whoever repeats or races it."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.access import Forbidden
from advisory_portal.core.errors import Refused
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from catalog import actions
from catalog.models import Cart, CartLine, CatalogSettings, Order, StockHold, StockLevel, Variant
from catalog.rules import Wishes
from documents.models import Document, DocumentSettings
from tests.catalog.factories_catalog import ContactTermsFactory, PriceFactory, PriceListFactory
from tests.factories import ContactFactory, contact_actor
from tests.threads import together

pytestmark = pytest.mark.django_db


def stock():
    return {level.variant.sku: (level.on_hand, level.held) for level in StockLevel.objects.select_related("variant")}


def mails():
    return sorted(OutboundEmail.objects.filter(kind__startswith="catalog/").values_list("kind", "to"))


@pytest.fixture
def filled(buyer, goods, put):
    """Two chairs and a pen in Erin's cart."""
    put(buyer, goods("CH-1", name="Oak chair", list_price=100), 2)
    put(buyer, goods("PN-1", name="Pen", list_price="0.5"), 1)
    return buyer


def test_an_order_makes_a_sales_order_holds_stock_and_empties_the_cart(filled, dan, clock, order_now):
    key = Cart.objects.get().key
    order = order_now(filled, reference="PO-7", wanted_on=date(2026, 4, 1), notes="Ring twice")
    document = order.document
    assert (document.kind, document.state, document.number) == ("sales_order", "issued", "SO-2026-0001")
    assert (document.lines_net, document.payable) == (D("200.5"), D("242.61"))
    lines = [(one.name, one.quantity, one.unit_price, one.detail["seller_item_id"]) for one in document.lines.all()]
    assert lines == [("Oak chair", 2, 100, "CH-1"), ("Pen", 1, D("0.5"), "PN-1")]
    assert document.references["order_reference"] == "PO-7"
    assert document.notes == [{"text": "Wanted on 1 Apr 2026.\nRing twice"}]
    assert [(one.position, one.variant.sku, one.quantity) for one in order.lines.all()] == [
        (1, "CH-1", 2),
        (2, "PN-1", 1),
    ]
    assert stock() == {"CH-1": (10, 2), "PN-1": (10, 1)}
    assert sorted(StockHold.objects.values_list("variant__sku", "quantity")) == [("CH-1", 2), ("PN-1", 1)]
    assert not CartLine.objects.exists()
    assert (order.key, order.state) == (key, "confirmed")
    assert Cart.objects.get().key != key
    assert mails() == [("catalog/order_placed", dan.email), ("catalog/order_received", "erin@customer.example")]
    assert HistoryEntry.objects.filter(what="catalog.order.placed").count() == 1


def test_the_same_click_makes_one_order(filled, clock, order_now):
    key = Cart.objects.get().key
    first = order_now(filled)
    assert order_now(filled, key=key, shown="whatever").pk == first.pk
    assert Order.objects.count() == Document.objects.count() == 1
    assert stock()["CH-1"] == (10, 2)


def test_an_order_waits_where_the_business_confirms_each(filled, delta, clock, order_now):
    CatalogSettings.objects.create(organisation=delta, needs_approval=True)
    order = order_now(filled)
    assert (order.state, order.confirmed_at) == ("placed", None)
    assert stock()["CH-1"] == (10, 2)


def test_it_goes_to_another_address_where_one_is_given(filled, erin, clock, order_now):
    erin.delivery = {"street": "Old 1", "city": "Jerez"}
    erin.save()
    order = order_now(filled, address={"street": "New 2", "city": "Cádiz"})
    assert order.document.parties["delivery"] == {"address": {"street": "New 2", "city": "Cádiz"}, "is_own": True}
    assert order.address == {"street": "New 2", "city": "Cádiz"}


def test_own_prices_taxes_and_surcharge_count(buyer, erin, delta, terms, goods, put, clock, order_now):
    terms.price_list = PriceListFactory(organisation=delta)
    terms.save()
    erin.pays_surcharge = True
    erin.save()
    chair = goods("CH-1", list_price=100)
    PriceFactory(variant=chair, price_list=terms.price_list, price=80)
    put(buyer, chair)
    document = order_now(buyer).document
    assert (document.lines_net, document.tax_total) == (80, D("20.96"))


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"shown": "something else"}, actions.CartChanged),
        ({"key": uuid7()}, actions.NothingToOrder),
        ({"wanted_on": date(2026, 3, 19)}, actions.BadWish),
        ({"wanted_on": date(2029, 1, 1)}, actions.BadWish),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_nothing_is_kept(filled, clock, order_now, values, error):
    with pytest.raises(error):
        order_now(filled, **values)
    assert not Order.objects.exists()
    assert not Document.objects.exists()
    assert mails() == []
    assert stock()["CH-1"] == (10, 0)
    assert CartLine.objects.count() == 2


def test_an_empty_cart_is_not_ordered(filled, clock, order_now):
    CartLine.objects.all().delete()
    with pytest.raises(actions.NothingToOrder):
        order_now(filled)


@pytest.mark.parametrize("change", [{"list_price": 101}, {"retired_at": "2026-01-01T00:00Z"}, {"multiple": 3}])
def test_nothing_is_ordered_that_has_changed(filled, clock, order_now, change):
    Variant.objects.filter(sku="CH-1").update(**change)
    with pytest.raises(actions.CartChanged):
        order_now(filled)


def test_nothing_is_ordered_that_is_sold_meanwhile(filled, clock, order_now):
    StockLevel.objects.filter(variant__sku="CH-1").update(held=9)
    with pytest.raises(actions.CartChanged):
        order_now(filled)


def test_an_order_comes_to_the_minimum(filled, delta, clock, order_now):
    settings = CatalogSettings.objects.create(organisation=delta, minimum_amounts={"EUR": "200.51"})
    with pytest.raises(actions.TooLittle, match=r"€200\.51 without tax; this is €200\.50"):
        order_now(filled)
    settings.minimum_amounts = {"EUR": "200.50", "USD": "999"}
    settings.save()
    assert order_now(filled)


def test_what_the_documents_refuse_is_refused(filled, delta, clock, order_now):
    DocumentSettings.objects.create(organisation=delta, closed_until=date(2026, 12, 31))
    with pytest.raises(Refused, match="The books are closed"):
        order_now(filled)
    assert CartLine.objects.count() == 2


def test_backorders_go_below_what_there_is(buyer, delta, goods, put, clock, order_now):
    CatalogSettings.objects.create(organisation=delta, allows_backorders=True)
    put(buyer, goods("CH-1"), 12)
    StockLevel.objects.update(may_owe=True)
    order_now(buyer)
    assert stock() == {"CH-1": (10, 12)}


def test_services_hold_nothing(buyer, goods, put, clock, order_now):
    put(buyer, goods("SV-1", stock=None), 3)
    order_now(buyer)
    assert not StockHold.objects.exists()


@pytest.mark.parametrize("values", [{"read_only": True}, {"document_ids": frozenset([uuid7()])}])
def test_who_only_looks_orders_nothing(filled, erin, clock, order_now, values):
    with pytest.raises(Forbidden):
        actions.place_order(
            actor=contact_actor(erin, **values),
            contact=erin,
            key=Cart.objects.get().key,
            shown="",
            wishes=Wishes(),
            now=None,
        )


def test_nobody_orders_as_another_contact(filled, buyer, delta, clock, order_now):
    with pytest.raises(Forbidden):
        order_now(buyer, contact=ContactFactory(organisation=delta))
    assert not Order.objects.exists()


def test_a_large_order_costs_as_many_queries_as_a_small_one(buyer, goods, put, clock, order_now):
    counts = []
    for number in (1, 30):
        for place in range(number):
            put(buyer, goods(f"N-{number}-{place}"))
        with CaptureQueriesContext(connection) as queries:
            order_now(buyer)
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 60  # the first makes the series of its numbers


# --- Races ---------------------------------------------------------------------------------------------------

committed = pytest.mark.django_db(transaction=True)


@committed
def test_ten_buyers_of_the_last_piece_make_one_order(delta, goods, put, order_now):
    last = goods("LAST", stock=1)
    buyers = [
        contact_actor(ContactTermsFactory(contact=ContactFactory(organisation=delta)).contact) for _one in range(10)
    ]
    for one in buyers:
        put(one, last)
    done = together([lambda one=one: order_now(one) for one in buyers])
    orders = [one for one in done if isinstance(one, Order)]
    refused = [one for one in done if isinstance(one, actions.CartChanged)]
    assert (len(orders), len(refused)) == (1, 9)
    assert stock() == {"LAST": (1, 1)}
    assert Document.objects.count() == 1
    assert CartLine.objects.count() == 9


@committed
def test_buyers_of_the_same_things_in_another_order_do_not_wait_for_each_other(delta, clock, goods, put, order_now):
    things = [goods(f"N-{number}", stock=100) for number in range(6)]
    buyers = [
        contact_actor(ContactTermsFactory(contact=ContactFactory(organisation=delta)).contact) for _one in range(6)
    ]
    for number, one in enumerate(buyers):
        for thing in things if number % 2 else reversed(things):
            put(one, thing)
    done = together([lambda one=one: order_now(one) for one in buyers])
    assert all(isinstance(one, Order) for one in done), done
    assert {held for _on_hand, held in stock().values()} == {6}
    assert sorted(Document.objects.values_list("number", flat=True)) == [
        f"SO-2026-000{number}" for number in range(1, 7)
    ]


@committed
def test_a_double_click_makes_one_order(filled, order_now):
    done = together([lambda: order_now(filled)] * 4)
    assert {one.pk for one in done if isinstance(one, Order)} == {Order.objects.get().pk}
    assert Document.objects.count() == 1

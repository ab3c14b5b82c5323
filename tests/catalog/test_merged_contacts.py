"""What a contact buys by, and what lies in its cart, goes on with the contact that it is merged into."""

from decimal import Decimal

import pytest

from catalog.models import Cart, ContactTerms, Price
from catalog.models.cart_items import items_of
from catalog.models.shopping import shopper_of
from documents.actions import merge_contacts
from tests.catalog.factories_catalog import ContactTermsFactory, PriceFactory, PriceListFactory
from tests.factories import ContactFactory, contact_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(delta):
    return ContactFactory(organisation=delta, name="Erin SL", email="office@erin.example")


@pytest.fixture
def merged(dan_here, erin, other):
    """Makes Erin of Erin and the other."""

    def run():
        merge_contacts(actor=dan_here, kept=erin.pk, others=[other.pk], values={})
        return ContactTerms.objects.filter(organisation=erin.organisation).get()

    return run


@pytest.fixture
def own_list(delta):
    """Makes own prices: {variant: price}."""

    def make(prices, currency="EUR"):
        found = PriceListFactory(organisation=delta, currency=currency, is_own=True)
        for variant, price in prices.items():
            PriceFactory(organisation=delta, price_list=found, variant=variant, price=price)
        return found

    return make


def test_terms_and_cart_move_to_a_contact_that_has_none(merged, erin, other, delta, goods, put, own_list):
    chair = goods("A-1")
    terms = ContactTermsFactory(
        contact=other, price_list=PriceListFactory(organisation=delta), own_list=own_list({chair: 7})
    )
    put(contact_actor(other), chair, 2)
    assert merged() == terms
    shopper = shopper_of(contact_actor(erin))
    assert [(one.quantity, one.price) for one in items_of(shopper, language="en")] == [(2, Decimal(7))]
    terms.refresh_from_db()
    assert terms.contact == erin


def test_who_has_terms_keeps_them_and_takes_what_it_lacks(merged, erin, other, delta, goods, own_list):
    one, two = goods("A-1"), goods("A-2")
    wholesale = PriceListFactory(organisation=delta)
    mine = ContactTermsFactory(contact=erin, is_on=False, own_list=own_list({one: 5}))
    ContactTermsFactory(contact=other, price_list=wholesale, own_list=own_list({one: 7, two: 8}))
    assert merged() == mine
    mine.refresh_from_db()
    assert (mine.is_on, mine.price_list) == (True, wholesale)
    prices = Price.objects.filter(price_list=mine.own_list).order_by("variant__sku")
    assert list(prices.values_list("variant", "price")) == [(one.pk, 5), (two.pk, 8)]


def test_prices_of_another_currency_stay_where_they_are(merged, erin, other, goods, own_list):
    chair = goods("A-1")
    mine = ContactTermsFactory(contact=erin, own_list=own_list({}))
    ContactTermsFactory(contact=other, own_list=own_list({chair: 7}, currency="USD"))
    merged()
    assert not Price.objects.filter(price_list=mine.own_list).exists()


@pytest.mark.parametrize(("mine", "left"), [(0, "B-1"), (1, "A-1")])
def test_a_cart_with_something_in_it_stays(merged, erin, other, goods, put, mine, left):
    for contact in (erin, other):
        ContactTermsFactory(contact=contact)
    chair, table = goods("A-1"), goods("B-1")
    put(contact_actor(erin), chair)
    put(contact_actor(other), table)
    if not mine:
        Cart.objects.get(contact=erin).lines.all().delete()
    merged()
    assert list(Cart.objects.get(contact=erin).lines.values_list("variant__sku", flat=True)) == [left]

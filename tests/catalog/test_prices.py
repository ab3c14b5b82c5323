from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry
from catalog import actions
from catalog.actions.prices import OtherCurrency, PriceListTaken, PriceListUsed, WrongTiers
from catalog.models import ContactTerms, Price, PriceList, Product, Variant
from catalog.rules import Tier
from tests.catalog.factories_catalog import ContactTermsFactory
from tests.catalog.factories_staff import saved
from tests.factories import contact_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def resellers(dan_here):
    return actions.save_price_list(actor=dan_here, price_list=None, name="Resellers", currency="EUR")


@pytest.fixture
def mug(dan_here):
    return Variant.objects.get(product=saved(dan_here, "MUG"))


def tiers(*pairs):
    return [Tier(D(quantity), D(price)) for quantity, price in pairs]


def prices(price_list):
    return list(
        Price.objects.filter(price_list=price_list).order_by("from_quantity").values_list("from_quantity", "price")
    )


def at(name, *parts):
    return reverse(f"catalog:{name}", args=["delta", *parts])


def test_prices_take_the_place_of_those_before(dan_here, resellers, mug):
    set_to = {"actor": dan_here, "price_list": resellers, "variant": mug}
    actions.set_prices(tiers=tiers((0, 9), (10, 8)), **set_to)
    kept = Price.objects.get(from_quantity=10).pk
    for _repeated in range(2):
        actions.set_prices(tiers=tiers((10, "7.5"), (50, 7)), **set_to)
    assert prices(resellers) == [(10, D("7.5")), (50, 7)]
    assert Price.objects.get(from_quantity=10).pk == kept
    assert HistoryEntry.objects.filter(what="catalog.variant.priced").count() == 2
    actions.set_prices(tiers=[], **set_to)
    assert prices(resellers) == []


def test_quantity_has_one_price(dan_here, resellers, mug):
    for wrong in (tiers((1, 9), (1, 8)), tiers(*((number, 1) for number in range(11)))):
        with pytest.raises(WrongTiers):
            actions.set_prices(actor=dan_here, price_list=resellers, variant=mug, tiers=wrong)


def test_list_is_filled_with_what_has_no_price_yet(dan_here, resellers, mug):
    saved(dan_here, "CUP")
    actions.set_prices(actor=dan_here, price_list=resellers, variant=mug, tiers=tiers((0, 1)))
    fill = {"actor": dan_here, "price_list": resellers, "percent": D("12.5")}
    assert actions.fill_price_list(**fill) == 1
    assert actions.fill_price_list(**fill) == 0
    assert set(prices(resellers)) == {(0, 1), (0, D("8.75"))}


def test_list_of_another_currency_is_not_filled(dan_here, mug):
    dollars = actions.save_price_list(actor=dan_here, price_list=None, name="US", currency="USD")
    with pytest.raises(OtherCurrency):
        actions.fill_price_list(actor=dan_here, price_list=dollars, percent=D(0))


def test_names_of_lists_differ(dan_here, resellers):
    with pytest.raises(PriceListTaken):
        actions.save_price_list(actor=dan_here, price_list=None, name="RESELLERS", currency="EUR")
    actions.save_price_list(actor=dan_here, price_list=resellers, name="Dealers", currency="EUR")
    assert PriceList.objects.get().name == "Dealers"


def test_list_that_contacts_have_stays(dan_here, resellers, erin):
    actions.save_terms(actor=dan_here, contact=erin, is_on=True, price_list=resellers)
    with pytest.raises(PriceListUsed):
        actions.retire_price_list(actor=dan_here, price_list=resellers, now=timezone.now())
    actions.save_terms(actor=dan_here, contact=erin, is_on=True, price_list=None)
    for _repeated in range(2):
        actions.retire_price_list(actor=dan_here, price_list=resellers, now=timezone.now())
    assert not PriceList.objects.to_give().exists()


def test_terms_open_the_catalog_to_a_contact(dan_here, erin, mug):
    actor = contact_actor(erin)
    assert not Product.objects.visible_to(actor).exists()
    for _repeated in range(2):
        actions.save_terms(actor=dan_here, contact=erin, is_on=True, price_list=None)
    assert Product.objects.visible_to(actor).count() == 1
    assert HistoryEntry.objects.filter(what="catalog.terms.changed").count() == 1
    actions.save_terms(actor=dan_here, contact=erin, is_on=False, price_list=None)
    assert not Product.objects.visible_to(actor).exists()


def test_who_came_by_a_link_to_a_document_sees_no_catalog(erin, mug):
    ContactTermsFactory(contact=erin)
    assert not Product.objects.visible_to(contact_actor(erin, document_ids=frozenset())).exists()


def test_hidden_and_withdrawn_products_are_not_offered(dan_here, erin):
    ContactTermsFactory(contact=erin)
    saved(dan_here, "A", visibility="hidden")
    gone = saved(dan_here, "B")
    saved(dan_here, "C", visibility="contacts")
    actions.retire_product(actor=dan_here, product=gone, now=timezone.now())
    shown = Variant.objects.visible_to(contact_actor(erin)).values_list("sku", flat=True)
    assert list(shown) == ["C"]


def test_own_prices_are_in_the_currency_the_contact_buys_in(dan_here, erin, mug):
    own = {"actor": dan_here, "contact": erin, "variant": mug}
    actions.set_own_prices(tiers=tiers((0, 5)), **own)
    dollars = actions.save_price_list(actor=dan_here, price_list=None, name="US", currency="USD")
    actions.save_terms(actor=dan_here, contact=erin, is_on=True, price_list=dollars)
    actions.set_own_prices(tiers=tiers((0, 6)), **own)
    terms = ContactTerms.objects.get()
    assert (terms.own_list.currency, prices(terms.own_list)) == ("USD", [(0, 6)])
    assert not PriceList.objects.to_give().filter(pk=terms.own_list_id).exists()


def test_catalog_is_turned_on_for_many(client_of, dan, dan_here, erin):
    client = client_of(dan)
    client.post(at("turn_on_catalog"), {"contact": [erin.pk]})
    assert ContactTerms.objects.get().is_on
    assert "was on for them already" in client.post(at("turn_on_catalog"), {"contact": [erin.pk]}, follow=True).text


def test_card_of_a_contact_keeps_its_terms(client_of, dan, dan_here, erin, resellers):
    client = client_of(dan)
    answer = client.post(
        at("contact_terms", erin.pk), {"is_on": "on", "price_list": resellers.pk}, headers={"HX-Request": "true"}
    )
    assert "Saved." in answer.text
    terms = ContactTerms.objects.get()
    assert (terms.is_on, terms.price_list) == (True, resellers)
    assert "checked" in client.get(at("contact_terms", erin.pk)).text
    page = client.get(reverse("documents:contact", args=["delta", erin.pk])).text
    assert at("contact_terms", erin.pk) in page


def test_prices_are_typed_row_by_row(client_of, dan, dan_here, resellers, mug):
    client, address = client_of(dan), at("list_price", resellers.pk, mug.pk)
    answer = client.post(address, {"from": ["", "10", ""], "price": ["9.50", "8", ""]})
    assert answer["Location"] == at("price_list", resellers.pk)
    assert prices(resellers) == [(0, D("9.5")), (10, 8)]
    assert "€9.50, from 10: €8.00" in client.get(at("price_list", resellers.pk)).text
    wrong = client.post(address, {"from": ["1"], "price": ["cheap"]})
    assert wrong.status_code == 422
    assert 'value="cheap"' in wrong.text
    assert client.post(address, {"from": ["1", "1"], "price": ["1", "2"]}).status_code == 422


def test_own_price_is_typed_for_one_contact(client_of, dan, dan_here, erin, mug):
    client = client_of(dan)
    client.post(at("own_price", erin.pk, mug.pk), {"from": [""], "price": ["4.20"]})
    assert "€4.20" in client.get(at("own_prices", erin.pk)).text
    assert "1 own price" in client.get(at("contact_terms", erin.pk)).text


def test_lists_are_made_filled_and_retired_in_the_browser(client_of, dan, dan_here, mug):
    client = client_of(dan)
    client.post(at("new_price_list"), {"name": "Shops", "currency": "EUR"})
    shops = PriceList.objects.get()
    client.post(at("fill_price_list", shops.pk), {"percent": "50"})
    assert prices(shops) == [(0, 5)]
    assert "101" not in client.post(at("fill_price_list", shops.pk), {"percent": "101"}).text
    client.post(at("edit_price_list", shops.pk), {"name": "Stores"})
    assert "Stores" in client.get(at("price_lists")).text
    client.post(at("retire_price_list", shops.pk))
    assert client.get(at("price_list", shops.pk)).status_code == 404

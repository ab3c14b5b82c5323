"""The cart, the quick order and the checkout as pages, with and without htmx."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import CartLine, CatalogSettings, Order, Variant
from tests.catalog.factories_catalog import ContactTermsFactory
from tests.client_portal.entered import entered
from tests.factories import ContactFactory
from tests.pages import errors_in, of_class, text_of, tree

pytestmark = pytest.mark.django_db
CART = "/portal/delta/cart/"
CHECKOUT = f"{CART}checkout/"
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def browser(erin, terms):
    return entered(erin)


@pytest.fixture
def chair(goods):
    return goods("CH-1", name="Oak chair", list_price=100)


def add(browser, variant, quantity="1", **options):
    return browser.post(f"{CART}add/{variant.pk}/", {"quantity": quantity}, **options)


def said(response):
    return text_of(tree(response))


def line_path(tail=""):
    return f"{CART}lines/{CartLine.objects.get().pk}/{tail}"


def hidden(response, name):
    return tree(response).xpath(f'//form[@id="checkout"]//input[@name="{name}"]/@value')[0]


def filled_in(browser, **values):
    page = browser.get(CHECKOUT)
    usual = {"street": "New 2", "city": "Cádiz", "key": hidden(page, "key"), "shown": hidden(page, "shown")}
    return {**usual, **values}


# --- The cart ------------------------------------------------------------------------------------------------


def test_what_is_added_lies_in_the_cart_with_its_totals(browser, chair):
    back = "/portal/delta/catalog/"
    assert add(browser, chair, "2", headers={"Referer": f"http://testserver{back}"})["Location"].endswith(back)
    page = said(browser.get(CART))
    assert "Oak chair is in your cart." in page
    assert "Without tax€200.00 VAT 21 %€42.00 Total€242.00" in page


def test_added_by_htmx_it_answers_with_a_word_the_number_and_a_new_key(browser, chair):
    answer = add(browser, chair, **HTMX)
    assert answer.status_code == 200
    assert "Oak chair is in your cart." in said(answer)
    assert text_of(of_class(answer, "portal-cart-number")[0]) == "1"
    assert "data-click" in answer.content.decode()


def test_a_button_of_a_card_puts_in_the_smallest_quantity(browser, goods):
    box = goods("BX-1", minimum=3, multiple=2, stock=20)
    browser.post(f"{CART}add/{box.pk}/")
    assert CartLine.objects.get().quantity == 4


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000000", "0.5", "99", "many", "", "1e3", "NaN", "\x00"])
def test_bad_quantities_are_said_and_change_nothing(browser, chair, quantity):
    answer = add(browser, chair, quantity, **HTMX)
    assert answer.status_code == 422
    assert of_class(answer, "toast-error")
    assert not CartLine.objects.exists()


def test_a_quantity_is_changed_or_said_to_be_wrong_beside_its_line(browser, chair):
    add(browser, chair)
    assert browser.post(line_path(), {"quantity": "3"})["Location"] == CART
    assert "€300.00" in said(browser.post(line_path(), {"quantity": "3"}, **HTMX))
    for options in ({}, HTMX):
        again = browser.post(line_path(), {"quantity": "0.5"}, **options)
        assert again.status_code == 422
        assert text_of(of_class(again, "field-error")[0]) == "This is sold in whole pieces only."
        assert tree(again).xpath("//input[@name='quantity']/@value") == ["0.5"]
    assert CartLine.objects.get().quantity == 3


def test_lines_are_taken_out(browser, chair, goods):
    add(browser, chair)
    assert "Your cart is empty" in said(browser.post(line_path("remove/"), **HTMX))
    add(browser, chair), add(browser, goods("PN-1"))
    assert browser.post(f"{CART}empty/")["Location"] == CART
    assert not CartLine.objects.exists()


def test_another_contacts_line_is_not_there(browser, delta, chair):
    other = ContactTermsFactory(contact=ContactFactory(organisation=delta, email="other@example.com")).contact
    add(entered(other), chair)
    for path in (line_path(), line_path("remove/")):
        assert browser.post(path, {"quantity": "5"}).status_code == 404
    assert "Your cart is empty" in said(browser.get(CART))
    assert CartLine.objects.get().quantity == 1


def test_changes_are_shown_and_agreed_to(browser, chair):
    add(browser, chair, "2")
    Variant.objects.update(list_price=120)
    page = browser.get(CART)
    assert "One line has changed since you put it in." in said(page)
    assert "The price has gone up, it was €100.00." in said(page)
    assert browser.get(CHECKOUT)["Location"] == CART
    shown = tree(page).xpath("//input[@name='shown']/@value")[0]
    answer = browser.post(f"{CART}accept/", {"shown": shown}, **HTMX)
    assert "has changed" not in said(answer)
    assert browser.get(CHECKOUT).status_code == 200
    Variant.objects.update(list_price=130)
    assert browser.post(f"{CART}accept/", {"shown": shown}, **HTMX).status_code == 422


def test_it_says_how_far_it_is_from_the_minimum(browser, delta, chair):
    CatalogSettings.objects.create(organisation=delta, minimum_amounts={"EUR": "250"})
    add(browser, chair)
    assert "€150.00 more without tax, and you can order." in said(browser.get(CART))


@pytest.mark.parametrize("number", [1, 30])
def test_the_cart_costs_the_same_however_full(browser, goods, put, buyer, number):
    for count in range(number):
        put(buyer, goods(f"N-{count}"))
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(CART).status_code == 200
    assert len(queries) == 3


# --- Quick order ---------------------------------------------------------------------------------------------


def test_the_pad_fills_the_cart_and_keeps_what_was_wrong(browser, chair):
    path = f"{CART}quick/"
    page = browser.post(path, {"lines": "CH-1\t2\nNOPE\t1"})
    assert page.status_code == 422
    assert "Line 2: We know no product with this SKU." in said(page)
    assert tree(page).xpath("//textarea[@name='lines']")[0].text.strip() == "NOPE\t1"
    assert browser.post(path, {"lines": "CH-1 1"})["Location"] == CART
    assert CartLine.objects.get().quantity == 3
    assert browser.post(path, {"lines": ""}).status_code == 422


# --- Checkout ------------------------------------------------------------------------------------------------


def test_an_order_is_placed_and_shown(browser, erin, chair, clock):
    add(browser, chair, "2")
    values = filled_in(browser, reference="PO-7", wanted_on="2026-04-01", notes="Ring twice")
    placed = browser.post(CHECKOUT, values)
    order = Order.objects.get()
    assert placed["Location"] == f"/portal/delta/orders/{order.pk}/"
    page = said(browser.get(placed["Location"]))
    for words in ("Thank you. Your order is confirmed.", "PO-7", "1 Apr 2026", "New 2, Cádiz", "Ring twice", "€242.00"):
        assert words in page
    assert browser.post(CHECKOUT, values)["Location"] == placed["Location"]
    assert "Your cart is empty" in said(browser.get(CART))
    assert order.document.number in said(browser.get("/portal/delta/orders/"))


def test_the_known_address_is_offered_first(browser, erin, chair, clock):
    erin.street, erin.city = "Old 1", "Jerez"
    erin.save()
    add(browser, chair)
    assert "Old 1, Jerez" in said(browser.get(CHECKOUT))
    browser.post(CHECKOUT, filled_in(browser, way="known"))
    assert Order.objects.get().address == {}


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (
            {"street": "", "city": ""},
            {"street": "Say where it is to be delivered.", "city": "Say where it is to be delivered."},
        ),
        ({"wanted_on": "2026-03-19"}, {"wanted_on": "Choose today or a later day."}),
        ({"wanted_on": "soon"}, {"wanted_on": "Enter a valid date."}),
        ({"reference": "x" * 101}, {"reference": "Ensure this value has at most 100 characters (it has 101)."}),
        ({"shown": "other"}, {"": "The cart was changed in another window. Please look at it before you order."}),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(browser, chair, clock, values, errors):
    add(browser, chair)
    page = browser.post(CHECKOUT, filled_in(browser, notes="Kept", **values))
    assert page.status_code == 422
    assert errors_in(page) == errors
    assert tree(page).xpath("//textarea[@name='notes']")[0].text.strip() == "Kept"
    assert not Order.objects.exists()


def test_a_price_that_changes_in_the_last_moment_is_seen_first(browser, chair, clock):
    add(browser, chair)
    values = filled_in(browser)
    Variant.objects.update(list_price=120)
    page = browser.post(CHECKOUT, values)
    assert page.status_code == 422
    assert "Something has changed since you put it into the cart." in said(page)


def test_an_empty_cart_is_not_checked_out(browser):
    assert browser.get(CHECKOUT)["Location"] == CART


def test_from_cart_to_order_in_so_many_queries(browser, chair, clock):
    with CaptureQueriesContext(connection) as queries:
        add(browser, chair)
        browser.get(CART)
        values = filled_in(browser)
        browser.get(browser.post(CHECKOUT, values)["Location"])
    assert Order.objects.exists()
    assert len(queries) <= 90

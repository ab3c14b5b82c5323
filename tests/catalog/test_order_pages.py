"""Orders as their contact and the business's staff read them, and act on them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import CatalogSettings, Order
from tests.catalog.factories_catalog import ContactTermsFactory
from tests.client_portal.entered import entered, opened
from tests.factories import ContactFactory, MemberFactory, OrganisationFactory, UserFactory
from tests.pages import errors_in, first_column, text_of, tree

pytestmark = pytest.mark.django_db
MINE = "/portal/delta/orders/"
STAFF = "/o/delta/catalog/orders/"


@pytest.fixture
def browser(erin, terms):
    return entered(erin)


@pytest.fixture
def ways(delta):
    return CatalogSettings.objects.create(organisation=delta, needs_approval=True)


@pytest.fixture
def order(buyer, ways, goods, put, order_now, clock):
    put(buyer, goods("CH-1", name="Oak chair"), 4)
    return order_now(buyer, reference="PO-7")


@pytest.fixture
def dan_browser(client, dan):
    client.force_login(dan)
    return client


def said(response):
    return text_of(tree(response))


# --- The contact ---------------------------------------------------------------------------------------------


def test_a_contact_sees_its_own_orders_alone(browser, delta, order):
    assert first_column(browser.get(MINE)) == [order.document.number]
    assert "Thank you. Delta looks at your order and writes to you." in said(browser.get(f"{MINE}{order.pk}/"))
    other = entered(ContactTermsFactory(contact=ContactFactory(organisation=delta, email="o@example.com")).contact)
    assert "No orders yet" in said(other.get(MINE))
    link = opened(order.document)
    for path in ("", "cancel/", "again/"):
        for one in (other, link):
            answer = one.post(f"{MINE}{order.pk}/{path}") if path else one.get(f"{MINE}{order.pk}/")
            assert answer.status_code == 404
    assert link.get(MINE).status_code == 404


def test_its_contact_cancels_it_and_orders_it_again(browser, order):
    page = browser.get(f"{MINE}{order.pk}/")
    assert "Cancel order" in said(page)
    assert browser.post(f"{MINE}{order.pk}/cancel/")["Location"] == f"{MINE}{order.pk}/"
    page = said(browser.get(f"{MINE}{order.pk}/"))
    assert "Cancelled" in page
    assert "Cancel order" not in page
    assert browser.post(f"{MINE}{order.pk}/again/")["Location"] == "/portal/delta/cart/"
    assert "All of it is in your cart." in said(browser.get("/portal/delta/cart/"))


def test_orders_stay_when_the_catalog_is_turned_off(browser, terms, order):
    terms.is_on = False
    terms.save()
    page = said(browser.get(f"{MINE}{order.pk}/"))
    assert order.document.number in page
    assert "Order again" not in page
    assert browser.post(f"{MINE}{order.pk}/again/").status_code == 403


def test_what_is_confirmed_can_be_paid(browser, dan_browser, order):
    assert "Pay €48.40" not in said(browser.get(f"{MINE}{order.pk}/"))
    dan_browser.post(f"{STAFF}{order.pk}/confirm/")
    page = browser.get(f"{MINE}{order.pk}/")
    assert "Pay €48.40" in said(page)
    assert f"/portal/delta/d/{order.document_id}/" in page.content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_lists_cost_the_same_however_long(browser, dan_browser, buyer, goods, put, order_now, clock, number):
    chair = goods("CH-1", stock=100)
    for _count in range(number):
        put(buyer, chair)
        order_now(buyer)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(MINE).status_code == 200
    assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        assert dan_browser.get(STAFF).status_code == 200
    assert len(queries) <= 6


# --- Staff ---------------------------------------------------------------------------------------------------


def test_staff_find_orders_by_state(dan_browser, order):
    assert first_column(dan_browser.get(STAFF)) == [order.document.number]
    assert first_column(dan_browser.get(f"{STAFF}?state=placed")) == [order.document.number]
    assert "No order is in this state." in said(dan_browser.get(f"{STAFF}?state=delivered"))


def test_staff_confirm_and_deliver(dan_browser, browser, order):
    path = f"{STAFF}{order.pk}/"
    assert "Confirm" in said(dan_browser.get(path))
    assert dan_browser.post(f"{path}confirm/")["Location"] == path
    page = dan_browser.get(path)
    key = tree(page).xpath("//form[contains(@action, 'deliver')]//input[@name='key']/@value")[0]
    values = {"what": "only", "line-1": "3", "delivered_on": "2026-03-21", "tracking": "DHL 1", "key": key}
    assert dan_browser.post(f"{path}deliver/", values)["Location"] == path
    shown = said(browser.get(f"{MINE}{order.pk}/"))
    assert "3 × Oak chair" in shown
    assert "DHL 1" in shown
    assert "Cancel order" in said(page)
    assert "Cancel order" not in said(dan_browser.get(path))  # what has left is not taken back by a button
    too_much = dan_browser.post(f"{path}deliver/", values | {"key": order.pk, "line-1": "2"})
    assert too_much.status_code == 422
    assert "At most 1 can leave" in errors_in(too_much)["line-1"]
    assert dan_browser.post(f"{path}deliver/", values | {"key": order.pk, "line-1": "1"}).status_code == 302
    assert Order.objects.get().state == "delivered"


@pytest.mark.parametrize(
    ("what", "typed", "delivered"),
    [
        ("all", {"line-1": "1"}, [4, 3, 2]),
        ("but", {"line-1": "1", "line-2": "0"}, [1, 0, 2]),
        ("only", {"line-1": "1"}, [1, 0, 0]),
    ],
)
def test_only_lines_that_differ_are_filled_in(dan_browser, buyer, goods, put, order_now, clock, what, typed, delivered):
    for number, quantity in enumerate((4, 3, 2)):
        put(buyer, goods(f"CH-{number}"), quantity)
    order = order_now(buyer)
    path = f"{STAFF}{order.pk}/deliver/"
    values = {"what": what, "delivered_on": "2026-03-21", "key": order.pk, **typed}
    assert dan_browser.post(path, values).status_code == 302
    assert [one.delivered for one in order.lines.order_by("position")] == delivered
    left = tree(dan_browser.get(f"{STAFF}{order.pk}/")).xpath("//form[contains(@action, 'deliver')]//tbody/tr")
    assert len(left) == sum(one < of for one, of in zip(delivered, (4, 3, 2), strict=True))


def test_what_cannot_leave_is_said_beside_its_line(dan_browser, order):
    dan_browser.post(f"{STAFF}{order.pk}/confirm/")
    values = {"what": "only", "delivered_on": "2026-03-21", "key": order.pk, "line-1": "-1"}
    answer = dan_browser.post(f"{STAFF}{order.pk}/deliver/", values)
    assert answer.status_code == 422
    assert [text_of(one) for one in tree(answer).xpath("//tbody//*[@class='field-error']")]
    nothing = dan_browser.post(f"{STAFF}{order.pk}/deliver/", values | {"line-1": ""})
    assert "Say how much of something is delivered." in said(nothing)


def test_staff_decline_with_a_reason(dan_browser, browser, order):
    path = f"{STAFF}{order.pk}/"
    refused = dan_browser.post(f"{path}decline/", {"reason": ""})
    assert refused.status_code == 422
    assert errors_in(refused)["reason"] == "Say why."
    assert dan_browser.post(f"{path}decline/", {"reason": "Sold elsewhere"})["Location"] == path
    assert "Sold elsewhere" in said(browser.get(f"{MINE}{order.pk}/"))


def test_staff_cancel(dan_browser, order):
    assert dan_browser.post(f"{STAFF}{order.pk}/cancel/").status_code == 302
    assert Order.objects.get().state == "cancelled"


def test_strangers_viewers_and_nobody(client, order, delta):
    paths = [STAFF, f"{STAFF}{order.pk}/"]
    acts = [f"{STAFF}{order.pk}/{act}/" for act in ("confirm", "decline", "cancel", "deliver")]
    assert all(client.get(path)["Location"].startswith("/accounts/login/") for path in paths)
    viewer = UserFactory(email="vera@example.com")
    MemberFactory(organisation=delta, user=viewer, code="viewer")
    client.force_login(viewer)
    assert [client.get(path).status_code for path in paths] == [200, 200]
    assert {client.post(path).status_code for path in acts} == {403}
    stranger = MemberFactory(organisation=OrganisationFactory(), code="owner").user
    client.force_login(stranger)
    assert {client.get(path).status_code for path in paths} == {404}
    assert {client.post(path).status_code for path in acts} == {404}

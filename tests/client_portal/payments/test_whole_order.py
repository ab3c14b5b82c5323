"""What a whole order costs, from the click that fills the cart until its payment is booked."""

import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.models import Document
from tests.catalog.factories_catalog import ContactTermsFactory, StockLevelFactory, VariantFactory
from tests.client_portal.entered import entered
from tests.client_portal.factories_payments import contact_gateway, gateway_account
from tests.pages import tree

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CART = "/portal/delta/cart/"
CHECKOUT = f"{CART}checkout/"
MOST = {"stripe": 83, "square": 83, "paypal": 87}  # statements; PayPal's money is taken in a step of its own


@pytest.fixture
def chair(delta):
    chair = VariantFactory(organisation=delta, sku="CH-1", list_price=100)
    return StockLevelFactory(organisation=delta, variant=chair, on_hand=100).variant


def ordered(browser, variant):
    """Fill the cart, look at it, check out; returns the page of the order."""
    browser.post(f"{CART}add/{variant.pk}/", {"quantity": 2}, headers=HTMX)
    browser.get(CART)
    form = tree(browser.get(CHECKOUT)).xpath("//form[@id='checkout']")[0]
    typed = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    answer = browser.post(CHECKOUT, typed | {"street": "New 2", "city": "Cádiz"})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def paid(browser, companies, account, document_id):
    """From the page to pay on to the company, back, and the look that books."""
    answer = browser.post("/portal/delta/pay/", {"d": [document_id], "account": account.pk})
    there = re.fullmatch(r"0; url=(.+)", answer.headers["Refresh"])[1]
    back = urlsplit(companies.press(there, "pay"))
    browser.get(f"{back.path}?{back.query}")
    browser.post(f"{back.path}look/", headers=HTMX)


@pytest.mark.parametrize("kind", MOST)
def test_cart_to_paid_order_takes_few_queries(companies, erin, chair, kind):
    """All of it, for a contact who has ordered before: cart, checkout, order, the page to pay on, return and look."""
    ContactTermsFactory(contact=erin)
    account = contact_gateway(erin, gateway_account(erin.organisation, kind)).account
    browser = entered(erin)
    ordered(browser, chair)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(ordered(browser, chair))
        (pay,) = tree(page).xpath("//a[contains(@href, '/pay/')]/@href")
        browser.get(pay)
        paid(browser, companies, account, pay.rpartition("=")[2])
    document = Document.objects.get(pk=pay.rpartition("=")[2])
    assert (document.state, document.settled) == ("paid", 242)
    said = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(said) <= MOST[kind], len(said)

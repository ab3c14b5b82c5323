"""What people see where an answer does not come, or is an error: words beside what they did, and what they typed."""

import pytest
from playwright.sync_api import expect

from documents.models import Kind

# Fixtures are found by the names under which they are imported: F401 and F811 below are about them.
from tests.e2e.test_r13_pay_online import come, companies, pay, waiting_document  # noqa: F401
from tests.e2e.test_r17_r18_catalog import catalog, enter  # noqa: F401

UNREACHED = "There is no connection"
FAILED = "Something went wrong on our side"
OUT_OF_DATE = "This page is out of date"
TOO_MUCH = "That is more than this page takes"


def answer(person, status):
    """From now on requests of the page's scripts are answered so; 0 is not at all."""

    def instead(route):
        if route.request.headers.get("hx-request") != "true":
            route.continue_()
        elif status:
            route.fulfill(status=status, body="")
        else:
            route.abort()

    person.expected.add(status)
    person.page.route("**/*", instead)


@pytest.mark.parametrize(("status", "words"), [(0, UNREACHED), (502, FAILED), (404, OUT_OF_DATE), (413, TOO_MUCH)])
def test_a_contact_is_told_and_tries_again(visitor, dan_here, erin, catalog, status, words):  # noqa: F811
    person = enter(visitor, erin, dan_here)
    person.open("/portal/delta/catalog/?q=oak")
    add = person.page.get_by_role("button", name="Add to cart: Oak chair")
    answer(person, status)
    add.click()
    alert = person.page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    add.click()
    expect(add).to_be_enabled()  # as soon as it was answered
    expect(alert).to_have_count(1)
    alert.get_by_role("button", name="Dismiss").click()
    expect(alert).to_have_count(0)
    person.page.unroute_all()
    add.click()
    expect(person.page.locator("#cart-link")).to_contain_text("1")
    person.problems.clear()


def test_staff_are_told_and_keep_what_they_typed(visitor, dan, delta):
    person = visitor()
    person.log_in(dan)
    person.open("/o/delta/documents/invoices/new/")
    answer(person, 0)
    note = person.page.locator("textarea[name=note]")
    note.fill("Ring twice")
    expect(person.page.get_by_role("alert")).to_contain_text(UNREACHED)
    person.page.unroute_all()
    with person.page.expect_response(lambda response: "/totals/" in response.url and response.ok):
        note.press_sequentially(", please")
    expect(note).to_have_value("Ring twice, please")
    person.problems.clear()


def test_a_dialog_tells_in_front_of_the_page(visitor, dan, delta):
    """What stands behind an open dialog is neither seen nor read out."""
    person = visitor()
    person.log_in(dan)
    person.open("/o/delta/contacts/")
    answer(person, 502)
    person.page.keyboard.press("?")
    person.page.evaluate("htmx.ajax('GET', location.pathname, {target: '#keys dl', swap: 'none'})")
    expect(person.page.get_by_role("dialog").get_by_role("alert")).to_contain_text(FAILED)
    person.problems.clear()


def test_what_asks_by_itself_asks_again_without_a_word(come, companies, erin, sandbox):  # noqa: F811
    person = come(waiting_document(erin, Kind.INVOICE))
    person.page.clock.install(time=0)
    person.page.clock.pause_at(1000)  # nothing asks by itself but when this test lets time go by
    pay(person, "Stripe", press="Settle later")
    person.expect_title("Your payment is being processed")
    expect(person.page.locator("[hx-trigger^='load delay:2s']")).to_be_visible()  # it has asked once, and waits
    answer(person, 0)
    with person.page.expect_event("requestfailed", lambda request: "/look/" in request.url):
        person.page.clock.fast_forward("00:10")
    (intent,) = sandbox.told("ledger")["payments"]
    sandbox.act("stripe", "settle", intent)
    person.page.unroute_all()
    expect(person.page.get_by_role("alert")).to_have_count(0)
    person.page.clock.resume()
    person.page.clock.fast_forward("00:40")
    person.expect_title("Paid")
    person.problems.clear()

"""The daily paths without a mouse."""

import re

import pytest
from playwright.sync_api import expect

from advisory_portal.formats.samples import ubl_invoice
from documents import actions
from documents.models import Document
from tests.factories import PASSWORD

MOST_STEPS = 60
# A link that opens a whole row draws its outline around the row.
OUTLINES = 'element => [null, "::after"].map(part => getComputedStyle(element, part).outlineStyle)'


def walk_to(page, target):
    """Press Tab until the target has the focus, which must then be seen."""
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate(OUTLINES) != ["none", "none"], "one sees where one is"
            return
    pytest.fail(f"Tab does not reach {target}")


@pytest.fixture
def invoices(dan, delta, actor_of):
    for number in ("F-1", "F-2"):
        content = ubl_invoice(number=number, buyer_email="erin@cafe.example")
        actions.import_invoice(actor=actor_of(dan, delta), content=content, direction="sales")
    return Document.objects.order_by("number")


@pytest.fixture
def at_list(visitor, dan, invoices):
    person = visitor()
    person.log_in(dan)
    person.open("/o/delta/documents/invoices/")
    return person


def test_keyboard_logs_in(visitor, dan):
    person = visitor()
    person.open("/accounts/login/")
    page = person.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    walk_to(page, person.field("E-mail"))
    page.keyboard.type(dan.email)
    walk_to(page, person.field("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    person.expect_path("/o/delta/overview/")


def test_keyboard_filters_a_list_and_opens_a_document(at_list):
    page = at_list.page
    page.keyboard.press("/")
    page.keyboard.type("F-2")
    page.keyboard.press("Enter")
    at_list.expect_path(r"/o/delta/documents/invoices/\?.*q=F-2.*")
    row = page.get_by_role("link", name="F-2", exact=True)
    expect(row).to_be_visible()
    expect(page.get_by_role("link", name="F-1", exact=True)).to_have_count(0)
    walk_to(page, row)
    page.keyboard.press("Enter")
    at_list.expect_title("Invoice F-2")


def test_keyboard_sorts_a_list(at_list):
    page = at_list.page
    head = page.get_by_role("columnheader", name="Number")
    walk_to(page, head.get_by_role("link"))
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")


def test_keyboard_goes_to_sections_and_lists_its_keys(at_list):
    page = at_list.page
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("c")
    at_list.expect_path("/o/delta/contacts/")


def test_keyboard_sends_a_document(at_list, invoices):
    page = at_list.page
    at_list.open(f"/o/delta/documents/{invoices[0].pk}/")
    main = page.get_by_role("main")
    walk_to(page, main.get_by_role("link", name="Send", exact=True))
    page.keyboard.press("Enter")
    at_list.expect_title("Send")
    walk_to(page, main.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("The mail is on its way"))).to_be_visible()


def test_keyboard_stays_in_a_dialog_and_comes_back(at_list, invoices):
    page = at_list.page
    at_list.open(f"/o/delta/documents/{invoices[0].pk}/")
    menu = page.get_by_role("button", name="More", exact=True)
    walk_to(page, menu)
    page.keyboard.press("Enter")
    walk_to(page, page.get_by_role("button", name="Void", exact=True))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _step in range(6):
        page.keyboard.press("Tab")
        # The browser's own bar may come between; what is behind the dialog never does.
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(menu).to_be_focused()

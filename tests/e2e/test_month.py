"""A business works a month by hand: quote to paid invoice, a credit note, a supplier's bill."""

import re

import pytest
from playwright.sync_api import expect

from documents.models import Document
from tests.e2e.conftest import PHONE
from tests.factories import ContactFactory


@pytest.fixture
def at_delta(visitor, dan, delta):
    ContactFactory(organisation=delta, name="Café Erin SL", email="erin@cafe.example", is_person=True)
    ContactFactory(organisation=delta, name="Papelería Luna", kind="supplier", is_person=True)
    person = visitor()
    person.log_in(dan)
    return person


def begin(person, slug, button, words, name):
    """Open the editor from its list and choose a contact by typing."""
    person.open(f"/o/delta/documents/{slug}/")
    person.press(button)
    expect(person.page.locator("#contact-words")).to_be_focused()
    person.page.wait_for_load_state()  # the scripts that search while one types are there
    person.page.keyboard.type(words)
    expect(person.page.locator(".found-list button")).to_have_count(1)
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".editor-contact-name")).to_have_text(name)
    expect(person.page.locator("[name=line_name]").first).to_be_focused()


def type_line(person, row, name, quantity, price):
    for part, text in (("name", name), ("quantity", quantity), ("unit_price", price)):
        person.page.locator(f"[name=line_{part}]").nth(row).fill(text)


def total_of(person):
    return person.page.locator(".editor-totals .is-last dd")


def is_saved(person):
    expect(person.page.locator("#editor-status")).to_contain_text(re.compile(r"^Saved \d\d:\d\d$"))


def issue(person, label="Issue"):
    person.press(label)
    person.page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()


def choose_in_menu(person, name):
    person.press("More")
    person.page.locator("#document-menu").get_by_role("button", name=name, exact=True).click()


def test_month_by_hand(at_delta):
    dan = at_delta
    begin(dan, "quotes", "New quote", "erin", "Café Erin SL")
    type_line(dan, 0, "Advice", "2", "1,000.00")
    dan.page.keyboard.press("Enter")
    expect(dan.page.locator("[name=line_name]").nth(1)).to_be_focused()
    type_line(dan, 1, "Travel", "1", "150")
    expect(total_of(dan)).to_have_text(re.compile(r"€2,\d{3}\.\d\d"))
    is_saved(dan)
    dan.expect_path("/o/delta/documents/[0-9a-f-]{36}/edit/")
    issue(dan)
    expect(dan.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Quote QU-\d{4}-0001$"))

    choose_in_menu(dan, "Make an invoice")
    dan.expect_path("/o/delta/documents/[0-9a-f-]{36}/edit/")
    issue(dan)
    expect(dan.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Invoice INV-\d{4}-0001$"))
    invoice = Document.objects.get(kind="invoice")
    dan.press("Record payment")
    expect(dan.field("Amount")).to_have_value(f"{invoice.payable:,.2f}")
    dan.fill({"Reference": "TRF 7"})
    dan.press("Record payment")
    expect(dan.page.locator(".page-head .pill")).to_have_text("Paid")

    choose_in_menu(dan, "Credit note")
    dan.expect_path("/o/delta/documents/[0-9a-f-]{36}/edit/")
    dan.page.locator("[value='remove-1']").click()
    expect(dan.page.locator(".line")).to_have_count(1)
    dan.page.locator("[name=line_quantity]").fill("1")
    is_saved(dan)
    issue(dan)
    expect(dan.page.get_by_role("complementary", name="About this document")).to_contain_text("Corrects")
    credit = Document.objects.get(kind="credit_note")
    assert (credit.state, credit.lines.get().quantity) == ("issued", 1)

    begin(dan, "bills", "New bill", "luna", "Papelería Luna")
    dan.fill({"Supplier’s number": "S-77"})
    type_line(dan, 0, "Paper", "10", "4.50")
    is_saved(dan)
    issue(dan, "Confirm")
    dan.expect_title("Bill S-77")
    dan.press("Mark as reviewed")
    expect(dan.page.get_by_role("button", name="Take back the review")).to_be_visible()
    assert Document.objects.get(kind="bill").reviewed_by_name == "Dan"


def test_month_mistakes_are_told_while_one_types(at_delta):
    dan = at_delta
    begin(dan, "invoices", "New invoice", "erin", "Café Erin SL")
    type_line(dan, 0, "Advice", "1", "abc")
    expect(dan.page.locator("#line-0-told")).to_have_text("Price: This is not a number.")
    expect(dan.page.locator("#editor-status")).to_have_text("Not saved: correct what is marked")
    type_line(dan, 0, "Advice", "1", "5")
    expect(dan.page.locator("#line-0-told")).to_have_text("")
    is_saved(dan)
    assert Document.objects.count() == 1


def test_month_rows_are_pasted_and_moved(at_delta):
    dan = at_delta
    begin(dan, "invoices", "New invoice", "erin", "Café Erin SL")
    dan.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=dan.site)
    dan.page.evaluate("navigator.clipboard.writeText('Nails\\t3\\t4.50\\nHammer\\t1\\t20')")
    dan.page.keyboard.press("Control+v")
    names = dan.page.locator("[name=line_name]")
    expect(names).to_have_count(2)
    expect(names.nth(1)).to_have_value("Hammer")
    names.nth(1).focus()
    dan.page.keyboard.press("Alt+ArrowUp")
    expect(names.nth(0)).to_have_value("Hammer")
    expect(dan.page.locator("#line-0-net")).to_have_text("€20.00")
    is_saved(dan)
    assert [line.name for line in Document.objects.get().lines.all()] == ["Hammer", "Nails"]


def test_month_saving_at_once_keeps_the_last_word(at_delta):
    begin(at_delta, "invoices", "New invoice", "erin", "Café Erin SL")
    type_line(at_delta, 0, "Advice", "1", "5")
    at_delta.page.keyboard.press("Control+s")
    expect(at_delta.page.get_by_text("Saved as a draft.")).to_be_visible()
    assert str(Document.objects.get().lines.get().unit_price) == "5.00000000"


def test_month_two_people_type_at_once(at_delta, visitor, dan):
    begin(at_delta, "invoices", "New invoice", "erin", "Café Erin SL")
    type_line(at_delta, 0, "Mine", "1", "5")
    expect(at_delta.page.locator("#line-0-net")).to_have_text("€5.00")
    is_saved(at_delta)
    at_delta.expect_path("/o/delta/documents/[0-9a-f-]{36}/edit/")
    other = visitor()
    other.log_in(dan)
    other.open(at_delta.page.url.removeprefix(at_delta.site))
    other.page.locator("[name=line_quantity]").fill("7")
    expect(other.page.locator("#line-0-net")).to_have_text("€35.00")
    is_saved(other)
    at_delta.page.locator("[name=line_quantity]").fill("9")
    expect(at_delta.page.get_by_text("Somebody else has changed this draft", exact=True)).to_be_visible()
    expect(at_delta.page.locator("[name=line_quantity]")).to_have_value("9")
    at_delta.press("Save mine over it")
    expect(at_delta.page.get_by_text("Saved as a draft.")).to_be_visible()
    assert Document.objects.get().lines.get().quantity == 9


def test_month_on_a_phone_nothing_scrolls_sideways(visitor, dan, at_delta):
    phone = visitor(viewport=PHONE, has_touch=True, is_mobile=True)
    phone.log_in(dan)
    phone.open("/o/delta/documents/invoices/new/")
    expect(phone.page.locator(".line")).to_have_count(1)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_month_without_javascript_a_draft_is_typed(visitor, dan, at_delta):
    plain = visitor(java_script_enabled=False)
    plain.log_in(dan)
    plain.open("/o/delta/documents/invoices/new/")
    plain.page.locator("#contact-words").fill("erin")
    plain.press("Find")
    plain.page.locator(".found-list button").click()
    plain.page.locator("[name=line_name]").fill("Advice")
    plain.page.locator("[name=line_unit_price]").fill("100")
    plain.press("Add a line")
    expect(plain.page.locator(".line")).to_have_count(2)
    expect(plain.page.locator("#line-0-net")).to_have_text("€100.00")
    plain.press("Save draft")
    expect(plain.page.get_by_text("Saved as a draft.")).to_be_visible()
    issue(plain)
    expect(plain.page.locator(".page-head .pill")).to_have_text("Issued")

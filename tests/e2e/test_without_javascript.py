"""Everything works without JavaScript first."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.formats.samples import ubl_invoice
from documents import actions
from documents.models import Document
from documents.tasks import import_files
from tests.factories import PASSWORD


@pytest.fixture
def plain(visitor, dan):
    """Dan, whose browser runs no scripts, logged in by the form."""
    person = visitor(java_script_enabled=False)
    person.open("/accounts/login/")
    person.fill({"E-mail": dan.email, "Password": PASSWORD})
    person.press("Log in")
    person.expect_path("/o/delta/overview/")
    return person


@pytest.fixture
def invoices(dan, delta, actor_of):
    for number in ("F-1", "F-2"):
        content = ubl_invoice(number=number, buyer_email="erin@cafe.example")
        actions.import_invoice(actor=actor_of(dan, delta), content=content, direction="sales")
    second = Document.objects.get(number="F-2")
    actions.void_document(actor=actor_of(dan, delta), document=second, now=timezone.now())
    return Document.objects.order_by("number")


def test_without_javascript_a_list_is_filtered(plain, invoices):
    plain.open("/o/delta/documents/invoices/")
    plain.page.get_by_role("combobox", name="State").select_option(label="Void")
    plain.press("Apply")
    expect(plain.page.get_by_role("link", name="F-2", exact=True)).to_be_visible()
    expect(plain.page.get_by_role("link", name="F-1", exact=True)).to_have_count(0)
    plain.press("Clear")
    expect(plain.page.get_by_role("link", name="F-1", exact=True)).to_be_visible()


def test_without_javascript_files_are_imported(plain):
    plain.open("/o/delta/import/")
    file = {"name": "one.xml", "mimeType": "application/xml", "buffer": ubl_invoice(number="F-9")}
    plain.page.get_by_label(re.compile("^Files")).set_input_files(file)
    plain.press("Import")
    plain.expect_path("/o/delta/import/[0-9a-f-]{36}/")
    assert import_files() == 1
    plain.page.reload()
    expect(plain.page.get_by_role("status")).to_contain_text("Done: 1 of 1")
    assert Document.objects.get().number == "F-9"


def test_without_javascript_a_link_is_sent_and_revoked(plain, invoices):
    plain.open(f"/o/delta/documents/{invoices[0].pk}/")
    plain.press("Send")
    plain.expect_title("Send")
    plain.press("Send")
    expect(plain.page.get_by_text("The mail is on its way to erin@cafe.example.")).to_be_visible()
    plain.press("Show the links that were sent")
    plain.press("Revoke")
    expect(plain.page.get_by_text("Revoked", exact=True)).to_be_visible()


def test_without_javascript_a_consequence_is_confirmed(plain, invoices):
    plain.open(f"/o/delta/documents/{invoices[0].pk}/")
    plain.press("More")
    plain.press("Void")
    question = plain.page.get_by_role("dialog")
    expect(question).to_contain_text("This cannot be undone")
    question.get_by_role("button", name="Void", exact=True).click()
    expect(plain.page.get_by_role("main")).to_contain_text("Void")
    assert Document.objects.get(number="F-1").state == Document.State.VOID


def test_without_javascript_the_language_is_chosen(visitor):
    person = visitor(java_script_enabled=False)
    person.open("/")
    person.page.get_by_role("button", name="Español").click()
    expect(person.page.locator("html")).to_have_attribute("lang", "es")
    person.expect_path("/")

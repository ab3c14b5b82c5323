"""A month of the business is closed by hand: a bill from the inbox, reviewed, entered, and the trial balance of it."""

import pytest
from playwright.sync_api import expect

from bookkeeping.models import InboxFile
from bookkeeping.tasks import read_inbox
from documents.models import Document
from tests.bookkeeping.factories_inbox import SPANISH, pdf


@pytest.fixture
def at_delta(visitor, dan, delta):
    person = visitor()
    person.log_in(dan)
    return person


def test_month_from_inbox_to_trial_balance(at_delta):
    dan, page = at_delta, at_delta.page
    dan.open("/o/delta/inbox/")
    page.locator("#id_uploads").set_input_files(
        {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": pdf(SPANISH)}
    )
    dan.press("Bring in")
    read_inbox()
    dan.open("/o/delta/inbox/")
    page.get_by_role("link", name="bill.pdf").click()
    expect(page.locator(".inbox-mark.mark-total")).to_have_count(1)
    expect(page.locator("[name=total]")).to_have_value("1,493.82")
    page.locator("[name=text_0]").fill("Paper and toner")
    dan.press("To bill")
    expect(page.get_by_text("Everything is done")).to_be_visible()
    bill = Document.objects.get()
    assert (bill.number, InboxFile.objects.get().document) == ("2026/0417", bill)

    dan.open(f"/o/delta/documents/{bill.pk}/")
    dan.press("Mark as reviewed")
    dan.open("/o/delta/journal/")
    dan.press("Enter all that was reviewed")
    dan.open("/o/delta/reports/trial-balance/?from=2026-01-01&to=2026-12-31")
    for amount in ("1,234.56", "259.26", "1,493.82"):
        expect(page.get_by_text(amount).first).to_be_visible()

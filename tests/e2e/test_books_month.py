"""A month of the business is closed by hand: inbox, sale, bank, journal, the return of the quarter, trial balance."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from bookkeeping.actions import choose_forms
from bookkeeping.models import BankLine, EntryToMake, InboxFile, JournalEntry, TaxFiling
from bookkeeping.tasks import import_statements, read_inbox
from documents.models import Document
from tests.bookkeeping.factories_inbox import SPANISH, pdf
from tests.e2e.test_month import begin, is_saved, issue, type_line
from tests.factories import ContactFactory
from tests.formats.bank_samples import camt, line, statement

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def month(dan_here):
    """The first day of the latest month whose quarter has ended."""
    today = dan_here.today()
    return (date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)).replace(day=1)


@pytest.fixture
def at_delta(visitor, dan, dan_here, delta, month):
    ContactFactory(organisation=delta, name="Café Erin SL", email="erin@cafe.example", is_person=True)
    choose_forms(actor=dan_here, forms={"303": "quarter"}, today=dan_here.today(), since=month)
    person = visitor()
    person.log_in(dan)
    return person


def test_month_from_inbox_to_trial_balance(at_delta, month):
    bill_comes_in(at_delta, month)
    customer_is_invoiced(at_delta, month)
    bank_is_reconciled(at_delta, month)
    all_is_entered_and_checked(at_delta)
    return_is_filed(at_delta)
    trial_balance_says_it(at_delta, month)


def bill_comes_in(dan, month):
    page = dan.page
    said = SPANISH.replace("03/02/2026", f"{month:03/%m/%Y}").replace("05/03/2026", f"{month:28/%m/%Y}")
    dan.open("/o/delta/inbox/")
    page.locator("#id_uploads").set_input_files(
        {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": pdf(said)}
    )
    dan.press("Bring in")
    expect(page.get_by_role("link", name="bill.pdf")).to_be_visible()
    assert read_inbox() == 1
    dan.open("/o/delta/inbox/")
    page.get_by_role("link", name="bill.pdf").click()
    expect(page.locator(".inbox-mark.mark-total")).to_have_count(1)
    expect(page.locator("[name=total]")).to_have_value("1,493.82")
    page.locator("[name=text_0]").fill("Paper and toner")
    dan.press("To bill")
    expect(page.get_by_text("Everything is done")).to_be_visible()
    bill = Document.objects.get(kind="bill")
    assert (bill.number, InboxFile.objects.get().document) == ("2026/0417", bill)
    is_reviewed(dan, bill)


def customer_is_invoiced(dan, month):
    begin(dan, "invoices", "New invoice", "erin", "Café Erin SL")
    dan.page.locator("[name=issued_on]").fill(f"{month:%Y-%m}-05")
    type_line(dan, 0, "Advice", "2", "1,000.00")
    is_saved(dan)
    issue(dan)
    expect(dan.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Invoice INV-\d{4}-0001$"))
    is_reviewed(dan, Document.objects.get(kind="invoice"))


def is_reviewed(dan, document):
    dan.open(f"/o/delta/documents/{document.pk}/")
    dan.press("Mark as reviewed")
    expect(dan.page.get_by_role("button", name="Take back the review")).to_be_visible()


def bank_is_reconciled(dan, month):
    """A statement of an account that is not known yet: the customer's money, the supplier's, and the bank's fee."""
    page, invoice = dan.page, Document.objects.get(kind="invoice")
    lines = [
        line(month.replace(day=10), "2420", f"Pago {invoice.number}", counterparty_name="Café Erin SL"),
        line(month.replace(day=12), "-1493.82", "Factura 2026/0417", counterparty_name="Suministros Norte"),
        line(month.replace(day=20), "-7.50", "Comisión de mantenimiento"),
    ]
    dan.open("/o/delta/banking/import/")
    content = {"name": "statement.xml", "mimeType": "text/xml", "buffer": camt(statement(lines))}
    page.locator("#id_uploads").set_input_files(content)
    dan.press("Import")
    dan.expect_path("/o/delta/banking/imports/[0-9a-f-]+/")
    assert import_statements() == 1
    dan.press("Go on")
    dan.fill({"Name of the new account": "Main account"})
    dan.press("Import")
    dan.expect_path("/o/delta/banking/imports/[0-9a-f-]+/")
    assert import_statements() == 1
    dan.open("/o/delta/banking/lines/?state=open")
    page.get_by_role("row").filter(has_text="Comisión").get_by_role("link").click()
    dan.fill({"Account of the chart": "626"})
    dan.press("Confirm the choice")
    for document in (Document.objects.get(kind="bill"), invoice):
        expect(page.locator(".reconcile-amount")).to_contain_text(f"{document.payable:,.2f}")
        page.get_by_role("button", name=re.compile(rf"^Confirm .*{document.number[-4:]}")).click()
    expect(page.get_by_text("Every bank line is reconciled.")).to_be_visible()
    assert set(BankLine.objects.values_list("state", flat=True)) == {"reconciled"}
    assert set(Document.objects.values_list("state", flat=True)) == {"paid"}


def all_is_entered_and_checked(dan):
    dan.open("/o/delta/journal/")
    dan.press("Enter all that was reviewed")
    dan.expect_path("/o/delta/journal/postings/[0-9a-f-]+/")
    assert not EntryToMake.objects.exists()
    dan.open("/o/delta/journal/")
    dan.page.get_by_role("checkbox", name="Select all").check()
    dan.press("Mark as checked")
    expect(dan.page.get_by_text(re.compile(r"^\d+ to check$"))).to_have_count(0)
    assert not JournalEntry.objects.unchecked().exists()


def return_is_filed(dan):
    page = dan.page
    dan.open("/o/delta/taxes/?state=overdue")
    page.get_by_role("link", name=re.compile("^303")).last.click()
    for label in ("Documents of box 07: €2,000.00", "Documents of box 09: €420.00", "Documents of box 29: €259.26"):
        expect(page.get_by_role("link", name=label)).to_be_visible()
    expect(page.locator(".tax-result")).to_contain_text("160.74")
    page.get_by_role("link", name="Documents of box 09: €420.00").click()
    expect(page.get_by_role("row").filter(has_text="Café Erin SL")).to_contain_text("420.00")
    page.go_back()
    dan.press("Mark as prepared")
    dan.press("Note as filed")
    dan.fill({"Number of the receipt": "CSV 7731"})
    dan.press("Note as filed")
    expect(page.get_by_text("Noted as filed.")).to_be_visible()
    filed = TaxFiling.objects.get(state="filed")
    assert (filed.form, filed.reference, filed.figures["71"]) == ("303", "CSV 7731", "160.740")


def trial_balance_says_it(dan, month):
    dan.open(f"/o/delta/reports/trial-balance/?year={month.year}")
    table = dan.page.get_by_role("main").get_by_role("table")
    said = {"430": "€0.00", "400": "€0.00", "472": "€259.26", "477": "€420.00", "572": "€918.68", "600": "€1,234.56",
            "626": "€7.50", "700": "€2,000.00"}  # fmt: skip
    for code, amount in said.items():
        row = table.get_by_role("row").filter(has=dan.page.get_by_text(code, exact=False)).first
        expect(row).to_contain_text(amount.lstrip("€"))
    expect(table.get_by_role("row").last).to_have_text(re.compile(r"€7,835\.14\s*€7,835\.14\s*€0\.00"))

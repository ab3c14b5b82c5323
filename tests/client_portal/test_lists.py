"""Lists of the portal: the contact's own of a kind, found, filtered, sorted, paged, taken along as PDFs."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.access import system_actor
from client_portal.rules import MOST_PACKED, unused_name
from documents import actions
from documents.rules import KIND_SLUGS, PORTAL_KINDS
from tests.client_portal.entered import entered, opened
from tests.client_portal.months import pay
from tests.documents.fiscal import NOW
from tests.factories import ContactFactory, DocumentFactory, issued_document
from tests.pages import first_column, link_to, rows_in, text_of, tree

pytestmark = pytest.mark.django_db
LISTS = "/portal/delta/documents/"
INVOICES = f"{LISTS}invoices/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-20 12:00+0000", tick=False):
        yield


@pytest.fixture
def browser(erin):
    return entered(erin)


def numbers(browser, address):
    shown = browser.get(address)
    assert shown.status_code == 200
    return first_column(shown)


@pytest.mark.parametrize("kind", PORTAL_KINDS)
def test_every_kind_has_its_list_of_the_contacts_own(browser, delta, erin, kind):
    DocumentFactory(contact=erin, kind=kind, number="MINE")
    DocumentFactory(contact=erin, kind=kind, number="DRAFT", state="draft")
    DocumentFactory(contact=erin, kind="quote" if kind != "quote" else "invoice", number="OTHER-KIND")
    DocumentFactory(contact=ContactFactory(organisation=delta), kind=kind, number="THEIRS")
    slug = next(slug for slug, name in KIND_SLUGS.items() if name == kind)
    assert numbers(browser, f"{LISTS}{slug}/") == ["MINE"]


def test_kinds_that_a_contact_never_sees_have_no_list(browser):
    for kind in ("bills", "supplier-credit-notes", "recurring-invoices", "nonsense"):
        assert browser.get(f"{LISTS}{kind}/").status_code == 404
        assert browser.post(f"{LISTS}{kind}/pack/").status_code == 404


def test_documents_are_found_filtered_and_sorted(browser, erin):
    values = {"due_on": date(2026, 4, 1)}
    DocumentFactory(contact=erin, number="F-1", issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    DocumentFactory(contact=erin, number="F-2", issued_on=date(2026, 2, 1), payable=Decimal(500), **values)
    DocumentFactory(contact=erin, number="F-3", issued_on=date(2026, 3, 1), state="paid", **values)
    assert numbers(browser, INVOICES) == ["F-3", "F-2", "F-1"]
    for query, found in {
        "q=f-2": ["F-2"],
        "q=nothing": [],
        "state=open": ["F-2", "F-1"],
        "state=overdue": ["F-1"],
        "state=paid": ["F-3"],
        "state=to-decide": ["F-3", "F-2", "F-1"],
        "from=2026-02-01&to=2026-02-28": ["F-2"],
        "from=nonsense&sort=nonsense&after=nonsense": ["F-3", "F-2", "F-1"],
        "sort=payable": ["F-1", "F-3", "F-2"],
        "sort=-number": ["F-3", "F-2", "F-1"],
    }.items():
        assert numbers(browser, f"{INVOICES}?{query}") == found, query


def test_quotes_are_narrowed_to_those_that_wait(browser, erin):
    DocumentFactory(contact=erin, kind="quote", number="TODAY", due_on=date(2026, 3, 20))
    DocumentFactory(contact=erin, kind="quote", number="ALWAYS", due_on=None)
    DocumentFactory(contact=erin, kind="quote", number="GONE", due_on=date(2026, 3, 19))
    assert sorted(numbers(browser, f"{LISTS}quotes/?state=to-decide")) == ["ALWAYS", "TODAY"]
    states = tree(browser.get(f"{LISTS}quotes/?sort=number")).xpath("//tbody//*[contains(@class, 'pill')]")
    assert [text_of(one) for one in states] == ["To decide", "Expired", "To decide"]
    assert numbers(browser, f"{LISTS}quotes/?state=expired") == ["GONE"]


def test_pages_go_on_and_back(browser, erin):
    for number in range(60):
        DocumentFactory(contact=erin, number=f"F-{number:02}")
    pages = [browser.get(INVOICES)]
    while link := link_to(pages[-1], "next"):
        pages.append(browser.get(INVOICES + link))
    seen = [first_column(one) for one in pages]
    assert [len(rows) for rows in seen] == [25, 25, 10]
    assert len({number for rows in seen for number in rows}) == 60
    assert first_column(browser.get(INVOICES + link_to(pages[2], "prev"))) == seen[1]
    assert link_to(pages[0], "prev") == ""


@pytest.mark.parametrize("address", [INVOICES, "/portal/delta/payments/"])
@pytest.mark.parametrize("number", [1, 30])
def test_lists_cost_the_same_however_long(browser, erin, address, number):
    for count in range(number):
        pay(DocumentFactory(contact=erin), "1", f"k{count}")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    assert len(queries) == 3


def test_empty_lists_teach(browser, erin):
    assert "No invoices yet" in text_of(tree(browser.get(INVOICES)))
    assert "No payments yet" in text_of(tree(browser.get("/portal/delta/payments/")))
    DocumentFactory(contact=erin)
    assert "Nothing found" in text_of(tree(browser.get(f"{INVOICES}?q=xyz")))


def test_payments_are_listed_with_what_went_back_and_set_offs_once(browser, delta, erin):
    actor = system_actor(delta.workspace)
    invoice = issued_document(erin)
    pay(invoice, "30", "a", date(2026, 3, 5), "card")
    pay(invoice, "-30", "b", date(2026, 3, 6), "card")
    note = actions.credit_document(actor=actor, document=invoice, today=date(2026, 3, 2))
    actions.issue_document(actor=actor, document=note, now=NOW)
    actions.apply_credit(actor=actor, credit_note=note, invoice=invoice, amount=Decimal(121))
    pay(DocumentFactory(contact=erin, kind="credit_note", number="CN-9"), "5", "c", date(2026, 3, 7))
    bill = DocumentFactory(contact=erin, kind="bill")
    pay(bill, "7", "d")
    pay(DocumentFactory(contact=ContactFactory(organisation=delta)), "9", "e")
    rows = rows_in(browser.get("/portal/delta/payments/"))
    assert [(row[1], row[2], row[4]) for row in rows] == [
        (f"Invoice {invoice.number}", "Credit note", "€121.00"),
        ("Credit note CN-9", "Bank transfer, taken back", "-€5.00"),
        (f"Invoice {invoice.number}", "Card, taken back", "-€30.00"),
        (f"Invoice {invoice.number}", "Card", "€30.00"),
    ]


# --- PDFs in a ZIP -------------------------------------------------------------------------------------------


def pack(browser, *ids, kind="invoices"):
    return browser.post(f"{LISTS}{kind}/pack/", {"ids": [str(one) for one in ids]}, follow=True)


def test_an_invoiced_order_is_open_no_more(browser, erin):
    order = issued_document(erin, kind="sales_order", due_on=date(2026, 3, 9))
    orders = f"{LISTS}sales-orders/"
    assert numbers(browser, f"{orders}?state=open") == numbers(browser, f"{orders}?state=overdue") == [order.number]
    system = system_actor(erin.organisation.workspace)
    invoice = actions.convert_document(actor=system, document=order, to="invoice", today=NOW.date())
    actions.issue_document(actor=system, document=invoice, now=NOW)
    shown = browser.get(orders)
    assert "Invoiced" in text_of(tree(shown))
    assert tree(shown).xpath("//tbody/tr/td[last()]/text()") == []
    assert numbers(browser, f"{orders}?state=open") == numbers(browser, f"{orders}?state=overdue") == []
    shown = tree(browser.get(f"/portal/delta/d/{order.pk}/"))
    assert "Amount due" not in text_of(shown)
    (link,) = shown.xpath("//div[@id='pay']//a")  # /pay/ has nothing for it
    assert (link.get("href"), text_of(link)) == (f"/portal/delta/d/{invoice.pk}/", f"Invoice {invoice.number}")


@pytest.mark.parametrize(("kind", "is_offered"), [("invoices", True), ("sales-orders", True), ("quotes", False)])
def test_what_can_be_paid_is_paid_together_from_its_list(browser, erin, kind, is_offered):
    document = issued_document(erin, kind=KIND_SLUGS[kind])
    page = tree(browser.get(f"{LISTS}{kind}/"))
    assert bool(page.xpath("//button[@form='chosen' and @formaction='/portal/delta/pay/chosen/']")) == is_offered
    assert page.xpath("//input[@name='ids']/@value") == [str(document.pk)]


def test_what_moved_to_an_invoice_is_listed_where_it_was_paid(browser, erin):
    order, system = issued_document(erin, kind="sales_order"), system_actor(erin.organisation.workspace)
    pay(order, "50")
    invoice = actions.convert_document(actor=system, document=order, to="invoice", today=NOW.date())
    actions.issue_document(actor=system, document=invoice, now=NOW)
    (row,) = rows_in(browser.get("/portal/delta/payments/"))
    assert (f"Sales order {order.number}" in row[1], row[4]) == (True, "€50.00")


def test_chosen_documents_are_packed_as_pdfs(browser, delta, erin):
    mine = [issued_document(erin), issued_document(erin)]
    theirs = issued_document(ContactFactory(organisation=delta))
    answer = pack(browser, *(one.pk for one in (*mine, theirs)), "nonsense")
    assert answer["Content-Disposition"] == 'attachment; filename="Invoices.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"Invoice {one.number}.pdf" for one in mine]
        assert archive.read(archive.namelist()[0]).startswith(b"%PDF-")
    assert [one.pdf_id for one in mine] == [None, None]


def test_nothing_chosen_and_too_much_are_refused_in_words(browser, delta, erin):
    theirs = issued_document(ContactFactory(organisation=delta))
    invoice = issued_document(erin)
    for ids in ([], [theirs.pk]):
        assert "Choose at least one document." in text_of(tree(pack(browser, *ids)))
    assert "At most 25 documents at once." in text_of(tree(pack(browser, *[invoice.pk] * (MOST_PACKED + 1))))


def test_who_came_by_a_link_packs_that_document_alone(erin):
    one, other = issued_document(erin), issued_document(erin)
    with ZipFile(BytesIO(pack(opened(one), one.pk, other.pk).content)) as archive:
        assert archive.namelist() == [f"Invoice {one.number}.pdf"]


def test_lists_and_archives_are_for_who_has_entered(erin):
    DocumentFactory(contact=erin)
    for address in (INVOICES, "/portal/delta/payments/", "/portal/delta/statement/"):
        assert Client().get(address).status_code in (302, 404)
    assert Client().post(f"{INVOICES}pack/").status_code in (302, 404)
    assert entered(erin).get(f"{INVOICES}pack/").status_code == 405


def test_files_of_an_archive_have_names_of_their_own():
    assert unused_name("A.pdf", set()) == "A.pdf"
    assert unused_name("A.pdf", {"a.PDF", "A (2).pdf"}) == "A (3).pdf"

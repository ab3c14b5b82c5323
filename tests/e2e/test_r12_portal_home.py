"""R12: on entering, contacts see the whole history they share with the business: invoices to pay, quotes to approve,
orders placed.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import OutboundEmail
from client_portal.actions import invite_contact
from tests.client_portal.months import pay
from tests.e2e.conftest import PHONE, link_in_mail
from tests.factories import ContactFactory, DocumentFactory, issued_document

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def history(erin):
    """Erin's year with Delta: an old invoice that is paid, one that is late, a quote, an order; and a stranger's."""
    today = date.today()
    paid = issued_document(erin, issued_on=today - timedelta(days=60), due_on=today - timedelta(days=30))
    pay(paid, "121", day=today - timedelta(days=40))
    values = {"contact": erin, "issued_on": today - timedelta(days=20)}
    DocumentFactory(**values, number="F-LATE", due_on=today - timedelta(days=5))
    DocumentFactory(**values, number="Q-7", kind="quote", due_on=today + timedelta(days=3))
    DocumentFactory(**values, number="O-3", kind="sales_order", due_on=None)
    DocumentFactory(contact=ContactFactory(organisation=erin.organisation), number="SECRET")
    return paid


def enter(visitor, erin, dan_here, **options):
    """The contact follows the invitation in its mail."""
    invite_contact(actor=dan_here, contact=erin, sending=uuid7(), now=timezone.now())
    person = visitor(**options)
    person.open(link_in_mail(OutboundEmail.objects.latest("id").to))
    person.expect_path("/portal/delta/")
    return person


def test_contacts_see_the_whole_history_they_share(visitor, dan_here, erin, history):
    person = enter(visitor, erin, dan_here)
    page, main = person.page, person.page.get_by_role("main")
    person.expect_title("Hello Erin")
    waits = main.get_by_role("region", name="What waits for you").get_by_role("listitem")
    expect(waits).to_have_count(2)
    expect(waits.first).to_contain_text("Invoice F-LATE")
    expect(waits.first).to_contain_text("5 days late")
    expect(waits.last).to_contain_text("Quote Q-7")
    for label, value in (("Pending", "€121.00"), ("Overdue", "€121.00"), ("Quotes to decide", "1")):
        expect(main.locator(".tile", has_text=label).first).to_contain_text(value)
    for label, value in (
        ("Number of invoices", "2"),
        ("Average invoice", "€121.00"),
        ("Average days to pay", "20 days"),
    ):
        expect(main.locator(".home-facts > div", has_text=label)).to_contain_text(value)
    expect(main.locator("svg rect").first).to_be_attached()
    expect(main).not_to_contain_text("SECRET")
    for tab, numbers in (("Invoices", ["F-LATE", history.number]), ("Quotes", ["Q-7"]), ("Sales orders", ["O-3"])):
        page.get_by_role("navigation", name="Portal").get_by_role("link", name=tab, exact=True).click()
        person.expect_title(tab)
        expect(main.locator(".row-link")).to_have_text(numbers)
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Statement", exact=True).click()
    expect(main.get_by_role("row", name="Closing balance")).to_contain_text("€121.00")
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("link", name="Quote Q-7").first.click()
    expect(page.get_by_role("link", name="Accept quote")).to_be_visible()


def test_on_a_phone_in_spanish(visitor, dan_here, erin, history):
    erin.language = "es"
    erin.save()
    person = enter(visitor, erin, dan_here, viewport=PHONE, locale="es-ES")
    person.expect_title("Hola, Erin")
    expect(person.page.get_by_role("heading", name="Lo que le espera")).to_be_visible()
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    person.page.get_by_role("link", name="Factura F-LATE").first.click()
    expect(person.page.get_by_role("link", name="Descargar")).to_be_in_viewport()


def test_lists_are_filtered_and_taken_along(visitor, dan_here, erin, history):
    person = enter(visitor, erin, dan_here)
    person.open("/portal/delta/documents/invoices/")
    person.choose("State", "Overdue")
    expect(person.page.locator(".row-link")).to_have_text(["F-LATE"])
    person.press("Clear")
    person.page.get_by_label(f"Select {history.number}").check()
    with person.page.expect_download() as download:
        person.press("PDFs in a ZIP")
    assert download.value.suggested_filename == "Invoices.zip"


def test_only_what_is_open_is_offered_for_payment(visitor, dan_here, erin, history):
    person = enter(visitor, erin, dan_here)
    page = person.page
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Invoices", exact=True).click()
    person.expect_title("Invoices")
    act = page.get_by_role("button", name="Pay selected")
    page.get_by_label(f"Select {history.number}").check()
    expect(page.get_by_role("button", name="PDFs in a ZIP")).to_be_visible()
    expect(act).to_be_hidden()
    page.get_by_label("Select F-LATE").check()
    act.click()
    person.expect_title("Pay")
    expect(page.locator(".money-list li")).to_have_count(1)
    expect(page.locator(".money-list li")).to_contain_text("Invoice F-LATE")

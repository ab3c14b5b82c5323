"""R10: My portal → the client account → pending activities by section → Go to … (for example Go to journal)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.collaborations.factories_conversations import collaborating
from tests.collaborations.factories_grants import granted
from tests.collaborations.factories_pending import add_item
from tests.e2e.test_r08_account_managers import open_client
from tests.factories import RoleFactory, issued_document

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def adviser(visitor, alice, dan, acme, delta):
    """Alice in her browser; Delta lets the firm see its journal and its sales."""
    role = RoleFactory(organisation=delta, name="Books", levels={"journal": 2, "sales": 1})
    granted(collaborating(delta, acme), role)
    person = visitor()
    person.log_in(alice)
    return person


def part(person, title):
    items = person.page.get_by_role("region", name="Pending work").locator(".pending-part")
    return items.filter(has=person.page.get_by_role("heading", name=title, exact=True))


def test_r10_go_to_journal(adviser, delta):
    add_item(delta, "journal", timezone.now().date() - timedelta(days=12))
    open_client(adviser)
    journal = part(adviser, "Journal")
    expect(journal).to_contain_text("1")
    expect(journal).to_contain_text("Oldest: 12 days")
    expect(journal).to_contain_text("By hand")
    journal.get_by_role("button", name="Go to journal", exact=True).click()
    adviser.expect_path(r"/o/delta/journal/\?check=open")
    adviser.expect_title("Journal")
    expect(adviser.page.get_by_role("main")).to_contain_text("By hand")
    adviser.page.get_by_role("button", name="Leave").click()
    adviser.expect_title("Delta")
    expect(part(adviser, "Journal")).to_be_visible()


def test_r10_sections_that_are_not_shared_are_absent(adviser, delta, erin):
    issued_document(erin)
    add_item(delta, "expenses", timezone.now().date())
    add_item(delta, "reconciliations", timezone.now().date())
    open_client(adviser)
    expect(part(adviser, "Invoices")).to_contain_text("Erin")
    region = adviser.page.get_by_role("region", name="Pending work")
    expect(region.get_by_role("heading", level=3)).to_have_text(["Invoices", "Journal"])
    part(adviser, "Invoices").get_by_role("button", name="Go to invoices", exact=True).click()
    adviser.expect_path(r"/o/delta/documents/invoices/\?review=open")
    expect(adviser.page.get_by_role("main")).to_contain_text("Erin")


def test_r10_in_spanish_has_the_words_of_the_guide(adviser, alice, delta):
    alice.language = "es"
    alice.save()
    add_item(delta, "journal", timezone.now().date())
    adviser.open("/o/acme/my-portal/")
    adviser.page.get_by_role("link", name="Delta", exact=True).first.click()
    button = adviser.page.get_by_role("button", name="Ir a libro diario", exact=True)
    expect(adviser.page.get_by_role("button", name="Ir a facturas", exact=True)).to_be_visible()
    expect(adviser.page.get_by_role("button", name="Acceder a la cuenta", exact=True)).to_be_visible()
    button.click()
    adviser.expect_path(r"/o/delta/journal/\?check=open")

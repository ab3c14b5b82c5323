"""R7: My portal → cogwheel in the last column → tick the activities → Save; and what else the table does."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from collaborations.models import KpiPreference
from collaborations.tasks import send_digests
from tests.collaborations.factories_pending import add_item
from tests.collaborations.factories_portal import portal_client
from tests.e2e.conftest import PHONE, link_in_mail

PORTAL = "/o/acme/my-portal/"
TOLD = re.compile(r"\btold\b")

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def clients(acme):
    """Alba with three files and two invoices that wait, Berta with one invoice."""
    today = timezone.now().date()
    alba, berta = (portal_client(acme, name, language="en") for name in ("Alba", "Berta"))
    for code, number in (("inbox", 3), ("invoices", 2)):
        for _number in range(number):
            add_item(alba.business, code, today - timedelta(days=2))
    add_item(berta.business, "invoices", today - timedelta(days=40))
    return {"alba": alba, "berta": berta}


@pytest.fixture
def person(visitor, alice, clients):
    person = visitor()
    person.log_in(alice)
    return person


def open_portal(person):
    """By the guide's own words."""
    person.open("/o/acme/")
    person.page.get_by_role("navigation", name="Sections").get_by_role("link", name="My portal", exact=True).click()
    person.expect_title("My portal")


def row(person, name):
    return person.page.get_by_role("row").filter(has=person.page.get_by_role("link", name=name, exact=True))


def cogwheel(person):
    """The one in the head of the last column."""
    return person.page.get_by_role("columnheader").last.get_by_role("link")


def save(person):
    person.page.get_by_role("button", name="Save", exact=True).click()
    expect(person.page.get_by_text("Saved.")).to_be_visible()
    person.expect_path(PORTAL)


def test_r07_activities_are_ticked_for_all_clients(person):
    open_portal(person)
    inbox = row(person, "Alba").get_by_role("button", name="3", exact=True)
    expect(inbox).to_have_class(TOLD)
    cogwheel(person).click()
    dialog = person.page.get_by_role("dialog", name="Notifications")
    expect(dialog.get_by_role("checkbox")).to_have_count(8)
    dialog.get_by_label("Inbox", exact=True).uncheck()
    dialog.get_by_label("Invoices: from how many on").fill("2")
    dialog.get_by_label("At once").check()
    save(person)
    expect(inbox).not_to_have_class(TOLD)
    expect(row(person, "Alba").get_by_role("button", name="2", exact=True)).to_have_class(TOLD)
    expect(row(person, "Berta").get_by_role("button", name="1", exact=True)).not_to_have_class(TOLD)
    person.page.get_by_role("link", name="Alba", exact=True).click()
    expect(person.page.get_by_role("main")).to_contain_text("Inbox")


def test_r07_one_client_differs(person):
    open_portal(person)
    row(person, "Alba").get_by_role("link", name="Notifications Alba").click()
    dialog = person.page.get_by_role("dialog", name="Notifications")
    expect(dialog).to_contain_text("Alba")
    dialog.get_by_label("Something else").check()
    dialog.get_by_label("Invoices", exact=True).uncheck()
    save(person)
    expect(row(person, "Alba").get_by_role("button", name="2", exact=True)).not_to_have_class(TOLD)
    expect(row(person, "Berta").get_by_role("button", name="1", exact=True)).to_have_class(TOLD)


def test_r07_wrong_number_is_said_beside_its_field(person):
    person.expected.add(422)
    open_portal(person)
    cogwheel(person).click()
    dialog = person.page.get_by_role("dialog", name="Notifications")
    dialog.get_by_label("Taxes: from how many on").fill("0")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(person.page.get_by_role("alert")).to_contain_text("Taxes")
    expect(person.page.get_by_label("Taxes: from how many on")).to_have_value("0")


def test_r07_person_is_told_once(person, alice):
    open_portal(person)
    cogwheel(person).click()
    person.page.get_by_label("At once").check()
    save(person)
    KpiPreference.objects.update(due_at=timezone.now())
    send_digests()
    path = link_in_mail(alice.email)
    KpiPreference.objects.update(due_at=timezone.now())
    send_digests()
    person.open("/notifications/")
    expect(person.page.get_by_text("New work in 2 clients")).to_have_count(1)
    person.open(path + "?sort=next")
    expect(row(person, "Alba")).to_contain_text("Inbox: 3, for up to 2 days")


def test_r07_works_without_javascript_and_on_a_phone(visitor, alice, clients):
    person = visitor(java_script_enabled=False, viewport=PHONE)
    person.log_in(alice)
    person.open(PORTAL)
    cogwheel(person).click()
    person.expect_title("Notifications")
    person.page.get_by_label("Inbox", exact=True).uncheck()
    save(person)
    expect(row(person, "Alba").get_by_role("button", name="3", exact=True)).not_to_have_class(TOLD)


def test_r07_in_spanish_has_the_words_of_the_guide(visitor, alice, clients):
    alice.language = "es"
    alice.save()
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/")
    person.page.get_by_role("navigation").get_by_role("link", name="Mi portal", exact=True).click()
    person.expect_title("Mi portal")
    cogwheel(person).click()
    person.page.get_by_role("dialog").get_by_label("Conciliaciones", exact=True).uncheck()
    person.page.get_by_role("button", name="Guardar", exact=True).click()
    person.expect_path(PORTAL)
    assert "reconciliations" not in KpiPreference.objects.get().kpis


def test_table_is_walked_by_keyboard(person, clients):
    open_portal(person)
    keys = person.page.keyboard
    keys.press("j")
    expect(person.page.get_by_role("link", name="Alba", exact=True)).to_be_focused()
    keys.press("j")
    expect(person.page.get_by_role("link", name="Berta", exact=True)).to_be_focused()
    keys.press("n")
    dialog = person.page.get_by_role("dialog", name="Notifications")
    expect(dialog).to_contain_text("Berta")
    keys.press("Escape")
    expect(person.page.get_by_role("link", name="Notifications Berta")).to_be_focused()
    keys.press("k")
    keys.press("e")
    person.expect_path(f"/o/{clients['alba'].business.slug}/(overview/)?")


def test_number_leads_into_the_account_and_leave_leads_back(person, clients):
    person.open(PORTAL + "?kpi=invoices")
    row(person, "Alba").get_by_role("button", name="2", exact=True).click()
    person.expect_path(f"/o/{clients['alba'].business.slug}/documents/invoices/.*")
    expect(person.page.locator("body")).to_contain_text("You are in Alba for Acme Advisers as Bookkeeper")
    person.page.get_by_role("button", name="Leave").click()
    person.expect_path(PORTAL + r"\?kpi=invoices")


def test_view_is_saved_and_columns_are_chosen(person):
    open_portal(person)
    person.press("Work next")
    expect(person.page.get_by_role("columnheader", name="Why")).to_be_visible()
    person.press("Save this view")
    person.fill({"Name": "Mornings"})
    person.press("Save")
    expect(person.page.get_by_role("link", name="Mornings")).to_have_attribute("aria-current", "true")
    person.press("Columns")
    person.page.get_by_label("Taxes", exact=True).uncheck()
    person.press("Show")
    expect(person.page.get_by_role("columnheader", name="Inbox")).to_be_visible()
    expect(person.page.get_by_role("columnheader", name="Taxes")).to_have_count(0)

"""The operators in a browser: a profile is compared and sent back, an application accepted, two decide at once."""

import re

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.test import Client, RequestFactory
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.test_axe import COLOURS, RULES, RUN, SCRIPT, SHAPES
from tests.factories import UserFactory
from tests.partners.review import application, version

# The frame around the content is the theme's.
RUN_INSIDE = RUN.replace("axe.run(document", "axe.run('#content'")


def look(page, way, options):
    page.evaluate(SCRIPT)
    return [f"{way}: {one}" for one in page.evaluate(RUN_INSIDE, options)]


def enter(person, user):
    """As if the operator had logged in with a second factor."""
    client = Client()
    client.force_login(user)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, "mfa", type="totp")
    request.session.save()
    name = settings.SESSION_COOKIE_NAME
    person.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": person.site}])
    return person


@pytest.fixture
def submitted(alice, acme):
    """Acme's second version, in review, beside the published first."""
    application(acme, "accepted")
    version(acme, "published", tagline="Calm books for bars")
    return version(acme, number=2, tagline="Calm books for hotels", services=["bookkeeping", "audit"])


def menu(person, name):
    person.page.locator("#nav-sidebar-apps").get_by_role("link", name=re.compile(f"^{name}")).click()


def test_r03_operator_compares_a_change_and_asks_for_another(visitor, rita, submitted):
    person = enter(visitor(), rita)
    page = person.page
    person.open("/admin/")
    menu(person, "Profiles")
    page.get_by_role("link", name="Acme Advisers", exact=True).first.click()
    expect(page.locator("td del")).to_have_text(["bars", "Payroll"])
    expect(page.locator("td ins")).to_have_text(["hotels", "Audit"])
    row = page.get_by_role("row", name=re.compile("^Tagline"))
    row.get_by_text("Ask for a change").click()
    row.get_by_role("textbox").fill("Which hotels?")
    page.get_by_role("button", name="Request changes").click()
    expect(page.get_by_text("Acme Advisers is asked for changes.")).to_be_visible()
    submitted.refresh_from_db()
    assert (submitted.state, submitted.reasons) == ("changes_requested", {"tagline": "Which hotels?"})


def test_r02_operator_accepts_an_application(visitor, rita, alice, acme):
    row = application(acme)
    person = enter(visitor(), rita)
    person.open("/admin/")
    menu(person, "Applications")
    person.page.get_by_role("navigation", name="State").get_by_role("link", name="Waiting 1").click()
    person.page.get_by_role("link", name="Acme Advisers", exact=True).click()
    person.page.get_by_role("button", name="Accept", exact=True).click()
    expect(person.page.get_by_text("Acme Advisers is in the programme.")).to_be_visible()
    row.refresh_from_db()
    assert row.state == "accepted"


def test_second_of_two_operators_is_told(visitor, rita, submitted):
    first = enter(visitor(), rita)
    second = enter(visitor(), UserFactory(name="Rob", is_staff=True, is_superuser=True))
    for person in (first, second):
        person.open(f"/admin/partners/profileversion/{submitted.pk}/change/")
    first.page.get_by_role("button", name="Approve").click()
    expect(first.page.get_by_text("The profile of Acme Advisers is published.")).to_be_visible()
    second.page.get_by_role("button", name="Approve").click()
    expect(second.page.get_by_text("Rita decided this before you")).to_be_visible()
    expect(second.page.get_by_role("button", name="Approve")).to_have_count(0)


def test_axe_finds_nothing_on_the_operators_pages(visitor, rita, submitted, rival):
    waiting, person, found = application(rival), enter(visitor(reduced_motion="reduce"), rita), {}
    for path in (
        "programmeapplication/",
        f"programmeapplication/{waiting.pk}/change/",
        "profileversion/",
        f"profileversion/{submitted.pk}/change/",
    ):
        person.open(f"/admin/partners/{path}")
        expect(person.page.locator("#content")).to_be_visible()
        found[path] = look(person.page, "light", RULES)
        person.page.set_viewport_size(PHONE)
        found[path] += look(person.page, "phone", SHAPES)
        wide = person.page.evaluate("document.documentElement.scrollWidth") - PHONE["width"]
        found[path] += [f"{wide} px too wide"] if wide > 0 else []
        person.page.set_viewport_size(DESKTOP)
        person.page.emulate_media(color_scheme="dark")
        person.page.reload()
        found[path] += look(person.page, "dark", COLOURS)
        person.page.emulate_media(color_scheme="light")
    assert {path: problems for path, problems in found.items() if problems} == {}

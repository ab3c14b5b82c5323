"""Scripts, answers and questions of a page that come late, or between two steps: nothing that a person did is lost."""
# ruff: noqa: F811 - fixtures are imported by the names that tests ask for

import pytest
from playwright.sync_api import expect

from documents.models import Document
from partners.models import ProfileVersion
from tests.catalog.factories_catalog import VariantFactory
from tests.e2e.test_month import at_delta, begin, type_line  # noqa: F401 - fixtures
from tests.e2e.test_r07_kpi_notifications import clients  # noqa: F401 - a fixture
from tests.factories import ContactFactory, issued_document
from tests.partners.programme import join, picture, write

# Typed and left in one go: a field that is left later is saved once more.
TYPE = """(field, text) => {
    field.value = text;
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, {bubbles: true}));
}"""


@pytest.fixture
def early(visitor):
    """Somebody who opens a page whose scripts come when `scripts_come` is called."""

    def open_page(user, path):
        person = visitor()
        person.log_in(user)
        person.page.route("**/*.js", lambda route: None)  # nothing comes until the route is taken away
        person.page.goto(person.site + path, wait_until="commit")
        return person

    return open_page


def scripts_come(person):
    person.page.unroute("**/*.js")
    person.page.wait_for_load_state()


def test_what_was_typed_before_the_scripts_came_is_saved(early, dan, delta):
    ContactFactory(organisation=delta, name="Café Erin SL")
    person = early(dan, "/o/delta/documents/invoices/new/")
    person.page.locator("#contact-words").fill("erin")
    person.page.locator("[name=line_name]").fill("Advice")
    person.page.locator("#contact-words").focus()
    scripts_come(person)
    expect(person.page.locator(".found-list button")).to_have_count(1)
    expect(person.page.locator("#editor-status")).not_to_have_text("What you type is saved as a draft.")
    person.page.locator(".found-list button").click()
    expect(person.page.locator(".editor-contact-name")).to_have_text("Café Erin SL")
    expect(person.page.locator("[name=line_name]")).to_have_value("Advice")


def test_the_focus_stays_where_somebody_types(early, dan, delta):
    person = early(dan, "/o/delta/documents/invoices/new/")
    note = person.page.locator("textarea[name=note]")
    note.focus()
    scripts_come(person)
    expect(person.page.locator("html")).to_have_class("js")
    expect(note).to_be_focused()


def test_rows_chosen_before_the_scripts_came_can_be_acted_on(early, dan, erin):
    number = issued_document(erin).number
    person = early(dan, "/o/delta/documents/invoices/")
    person.page.get_by_label(f"Choose {number}").check()
    scripts_come(person)
    expect(person.page.locator("[data-selection-count]")).to_have_text("1 / 1")


def hold(person, path, method="POST"):
    """Keep requests of the page's scripts to this path; the list of those that came."""
    held = []

    def keep(route):
        if route.request.method == method and route.request.headers.get("hx-request") == "true":
            held.append(route)
        else:
            route.continue_()

    person.page.route(path, keep)
    return held


def test_nothing_is_saved_after_a_profile_was_submitted(visitor, alice, acme, actor_of):
    here = actor_of(alice, acme)
    join(here)
    write(here)
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/my-portal/profile/")
    hold(person, "**/profile/save/")
    with person.page.expect_request("**/profile/save/"):
        person.field("Tagline").evaluate(TYPE, "Tax and a good coffee.")
    person.page.get_by_role("main").get_by_role("button", name="Submit").first.click()
    expect(person.page).to_have_url(person.site + "/o/acme/my-portal/profile/")  # it waits for what is on its way
    person.page.unroute("**/profile/save/")
    person.expect_path("/o/acme/my-portal/profile/state/")
    assert ProfileVersion.objects.get().content["tagline"] == "Tax and a good coffee."


def test_a_draft_is_sent_though_its_last_saving_failed(at_delta):
    begin(at_delta, "invoices", "New invoice", "erin", "Café Erin SL")
    held = hold(at_delta, "**/totals/")
    with at_delta.page.expect_request("**/totals/"):
        type_line(at_delta, 0, "Advice", "1", "5")
    at_delta.page.get_by_role("button", name="Save draft").click()
    held[0].fulfill(status=502, body="")
    at_delta.expected.add(502)
    expect(at_delta.page.get_by_text("Saved as a draft.")).to_be_visible()
    assert str(Document.objects.get().lines.get().unit_price) == "5.00000000"
    at_delta.problems.clear()


def test_rows_are_pasted_while_a_saving_is_on_its_way(at_delta):
    begin(at_delta, "invoices", "New invoice", "erin", "Café Erin SL")
    hold(at_delta, "**/totals/")
    name = at_delta.page.locator("[name=line_name]")
    with at_delta.page.expect_request("**/totals/"):
        name.fill("Advice")
    name.evaluate(
        """field => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "Nails\\t3\\t4.50\\nHammer\\t1\\t20");
            field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }"""
    )
    at_delta.page.unroute("**/totals/")
    expect(at_delta.page.locator("[name=line_name]")).to_have_count(3)


def test_what_is_typed_stays_though_the_page_asks_by_itself(visitor, dan, delta):
    product = VariantFactory(organisation=delta).product
    person = visitor()
    person.log_in(dan)
    person.page.clock.install(time=0)
    person.page.clock.pause_at(1000)  # the page asks when this test lets time go by
    person.open(f"/o/delta/catalog/products/{product.pk}/")
    chair = {"name": "chair.png", "mimeType": "image/png", "buffer": picture(200, 200)}
    person.page.locator("#pictures [type=file]").set_input_files(chair)
    person.press("Add pictures")
    shows = person.page.get_by_label("What picture 1 shows")
    shows.fill("A chair of oak")
    person.page.wait_for_load_state()
    with person.page.expect_response(lambda response: response.url.endswith("/pictures/") and response.ok):
        person.page.clock.fast_forward("00:03")
    person.settle()
    expect(shows).to_have_value("A chair of oak")


def test_no_empty_dialog_opens_where_its_content_did_not_come(visitor, alice, clients):
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/my-portal/")
    person.expected.add(502)
    held = hold(person, "**/notifications/**", "GET")
    cogwheel = person.page.get_by_role("columnheader").last.get_by_role("link")
    with person.page.expect_request("**/notifications/**"):
        cogwheel.click()
    expect(person.page.locator(".htmx-request")).not_to_have_count(0)
    held[0].fulfill(status=502, body="")
    expect(person.page.get_by_role("alert")).to_contain_text("Something went wrong on our side")
    expect(person.page.get_by_role("dialog")).to_have_count(0)
    person.page.unroute("**/notifications/**")
    cogwheel.click()
    expect(person.page.get_by_role("dialog", name="Notifications").get_by_role("checkbox")).to_have_count(8)

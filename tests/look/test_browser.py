"""What only a browser can show of the components: contrast and names (axe), keys, focus, life without JavaScript.

The style guide needs no database, so its server may not touch one: that fails the request.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import PATIENCE

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def server():
    running = LiveServer("localhost")
    yield running.url
    running.stop()


@pytest.fixture
def guide(browser, server):
    context = browser.new_context(viewport=DESKTOP)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{server}/styleguide/")
    yield page
    context.close()


def findings(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_style_guide(browser: Browser, server, scheme, viewport):
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{server}/styleguide/")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_dialog_is_modal_and_gives_the_focus_back(guide):
    opener = guide.get_by_role("button", name="Open a dialog")
    opener.click()
    dialog = guide.locator("#guide-dialog")
    expect(guide.locator("#guide-dialog:modal")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_dialogs_and_menus_open_without_javascript(browser: Browser, server):
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{server}/styleguide/")
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.locator("#guide-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Convert to").click()
    expect(page.get_by_role("link", name="Delivery note")).to_be_visible()
    context.close()


def test_keys_search_and_skip(guide):
    guide.keyboard.press("/")
    expect(guide.locator("main [data-search]")).to_be_focused()
    guide.evaluate("document.activeElement.blur()")
    guide.keyboard.press("Tab")
    guide.locator(".skip").focus()
    guide.keyboard.press("Enter")
    expect(guide.locator("main")).to_be_focused()


def test_arrows_walk_a_menu(guide):
    guide.get_by_role("button", name="Convert to").click()
    guide.keyboard.press("ArrowUp")
    expect(guide.get_by_role("link", name="Delivery note")).to_be_focused()
    guide.keyboard.press("ArrowDown")
    expect(guide.get_by_role("link", name="Invoice", exact=True)).to_be_focused()


def test_selecting_all_rows_shows_what_can_be_done(guide):
    guide.get_by_label("Select all").check()
    expect(guide.locator("[data-selection-count]")).to_have_text("5 / 5")
    guide.get_by_label("Select F-2026-0004").uncheck()
    expect(guide.locator("[data-selection-count]")).to_have_text("4 / 5")
    expect(guide.get_by_label("Select all")).to_be_checked(indeterminate=True)


def test_searchable_select_finds_without_accents_and_sets_the_value(guide):
    field = guide.get_by_role("combobox", name="Country").first
    field.fill("espana")
    field.press("Enter")
    expect(field).to_have_value("España")
    expect(guide.locator("[name=country]").first).to_have_value("es")


def test_files_chosen_are_listed(guide, tmp_path):
    file = tmp_path / "invoice.xml"
    file.write_bytes(b"x" * 2048)
    guide.locator("[type=file]").first.set_input_files(file)
    expect(guide.locator(".file-drop-list").first).to_have_text("invoice.xml · 2 kB")

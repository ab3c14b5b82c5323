"""R3: Advisory services > My portal → Complete profile → Profile → Submit; reviewed, again after every change."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from partners import actions
from partners.models import Listing, ProfileVersion
from tests.e2e.conftest import link_in_mail
from tests.partners.programme import RITA, join, picture, submit, write

EDITOR = "/o/acme/my-portal/profile/"
State = ProfileVersion.State


def open_profile(alice):
    """By the guide's own words."""
    alice.open("/o/acme/")
    side = alice.page.get_by_role("navigation", name="Sections")
    expect(side.get_by_text("Advisory services").first).to_be_visible()
    side.get_by_role("link", name="My portal", exact=True).click()
    alice.expect_title("My portal")
    alice.press("Complete profile")
    alice.expect_title("Profile")


def put_logo(alice):
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": picture(700, 700)}
    alice.page.locator("#picture-logo").set_input_files(logo)
    expect(alice.page.get_by_alt_text("Your logo")).to_be_visible()


def fill_profile(alice):
    alice.fill(
        {
            "Display name": "Acme Advisers",
            "Tagline": "Tax and payroll for small companies.",
            "Description": "We keep the books.\n\nAnd we answer the phone.",
            "City": "Málaga",
            "Postcode": "29001",
            "Province or region": "malaga",
            "E-mail": "hello@acme.example",
            "Website": "www.acme.example",
        }
    )
    for label in ("Bookkeeping", "Payroll", "Spanish", "English"):
        alice.page.get_by_label(label, exact=True).check()


def approve():
    version = ProfileVersion.objects.waiting().get()
    actions.approve_version(actor=RITA, version=version, now=timezone.now(), seen=version.submitted_at)


def saved(alice):
    return alice.page.get_by_role("status").filter(has_text=re.compile(r"^\s*Saved\s+\d"))


def test_r03_profile_is_written_reviewed_and_changed(visitor, alice, acme, actor_of):
    join(actor_of(alice, acme))
    person = visitor()
    person.log_in(alice)
    open_profile(person)
    put_logo(person)
    fill_profile(person)
    side = person.page.locator("#profile-side")
    expect(side.get_by_text("Everything is there. You can submit.")).to_be_visible()
    expect(side.get_by_role("article")).to_contain_text("Tax and payroll for small companies.")
    person.press("Submit")
    person.expect_path("/o/acme/my-portal/profile/state/")
    expect(person.page.get_by_text("Your profile is being reviewed")).to_be_visible()
    assert not Listing.objects.exists()
    approve()
    person.open(link_in_mail(alice.email))
    expect(person.page.get_by_role("heading", name="As businesses find you")).to_be_visible()
    person.open("/directory/acme/")
    person.expect_title("Acme Advisers")
    expect(person.page.get_by_role("main")).to_contain_text("Tax and payroll for small companies.")

    person.open(EDITOR)
    person.fill({"Tagline": "Tax, payroll and a good coffee."})
    person.press("Submit")
    person.expect_path("/o/acme/my-portal/profile/state/")
    person.open("/directory/acme/")
    expect(person.page.get_by_role("main")).to_contain_text("Tax and payroll for small companies.")
    approve()
    person.open("/directory/acme/")
    expect(person.page.get_by_role("main")).to_contain_text("Tax, payroll and a good coffee.")
    assert list(ProfileVersion.objects.order_by("number").values_list("state", flat=True)) == [
        State.SUPERSEDED,
        State.PUBLISHED,
    ]


def test_r03_draft_is_saved_while_one_writes(visitor, alice, acme):
    person = visitor()
    person.log_in(alice)
    person.open(EDITOR)
    person.field("Tagline").press_sequentially("Fresh")
    expect(saved(person)).to_be_visible()
    expect(person.field("Tagline")).to_be_focused()
    expect(person.page.locator("#profile-side").get_by_role("article")).to_contain_text("Fresh")
    person.fill({"Website": "javascript:alert(1)"})
    expect(person.page.get_by_role("status")).to_contain_text("Saved, except:")
    person.fill({"Website": "acme.example"})
    expect(saved(person)).to_be_visible()
    person.page.reload()
    expect(person.field("Tagline")).to_have_value("Fresh")
    expect(person.field("Website")).to_have_value("https://acme.example")


def test_r03_picture_chosen_before_the_scripts_have_come_is_kept(visitor, alice, acme):
    person = visitor()
    person.log_in(alice)
    person.page.route("**/*.js", lambda route: None)  # nothing comes until the route is taken away
    person.page.goto(person.site + EDITOR, wait_until="commit")
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": picture(700, 700)}
    person.page.locator("#picture-logo").set_input_files(logo)
    person.page.unroute("**/*.js")
    expect(person.page.get_by_alt_text("Your logo")).to_be_visible()


def test_r03_picture_that_is_none_is_refused(visitor, alice, acme):
    person = visitor()
    person.log_in(alice)
    person.expected.add(422)
    person.open(EDITOR)
    fake = {"name": "logo.png", "mimeType": "image/png", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    person.page.locator("#picture-logo").set_input_files(fake)
    expect(person.page.get_by_text("Use a PNG, JPEG or WebP file.")).to_be_visible()
    expect(person.page.get_by_alt_text("Your logo")).to_have_count(0)
    put_logo(person)
    person.page.get_by_role("button", name="Remove Logo").click()
    expect(person.page.get_by_alt_text("Your logo")).to_have_count(0)


def test_r03_checklist_names_what_blocks_submission(visitor, alice, acme, actor_of):
    join(actor_of(alice, acme))
    write(actor_of(alice, acme), tagline="", services=[])
    person = visitor()
    person.log_in(alice)
    person.expected.add(422)
    person.open(EDITOR)
    expect(person.page.get_by_text("2 things are missing.")).to_be_visible()
    person.press("Submit")
    expect(person.page.get_by_role("alert")).to_contain_text("The checklist says what.")
    person.page.locator("#profile-side").get_by_role("link", name="Tagline").click()
    expect(person.page).to_have_url(re.compile("#id_tagline$"))


def test_r03_reviewer_asks_for_changes(visitor, alice, acme, actor_of):
    alice_here = actor_of(alice, acme)
    join(alice_here)
    version = submit(alice_here)
    reasons = {"tagline": "No superlatives, please."}
    actions.request_changes(actor=RITA, version=version, reasons=reasons, now=timezone.now())
    person = visitor()
    person.log_in(alice)
    person.open(link_in_mail(alice.email))
    expect(person.page.get_by_text("No superlatives, please.")).to_be_visible()
    person.press("Complete profile")
    person.fill({"Tagline": "Plain words."})
    person.press("Submit")
    expect(person.page.get_by_text("Your profile is being reviewed")).to_be_visible()
    assert ProfileVersion.objects.get().content["tagline"] == "Plain words."


def test_r03_works_without_javascript(visitor, alice, acme, actor_of):
    join(actor_of(alice, acme))
    person = visitor(java_script_enabled=False)
    person.log_in(alice)
    open_profile(person)
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": picture(700, 700)}
    person.page.locator("#picture-logo").set_input_files(logo)
    person.page.get_by_role("button", name="Upload").first.click()
    expect(person.page.get_by_alt_text("Your logo")).to_be_visible()
    fill_profile(person)
    person.press("Save")
    expect(person.page.get_by_text("Saved as a draft.")).to_be_visible()
    expect(person.page.get_by_text("Everything is there. You can submit.")).to_be_visible()
    person.press("Submit")
    expect(person.page.get_by_text("Your profile is being reviewed")).to_be_visible()


def test_r03_in_spanish_has_the_words_of_the_guide(visitor, alice, acme, actor_of):
    alice.language = "es"
    alice.save()
    join(actor_of(alice, acme))
    write(actor_of(alice, acme))
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/")
    person.page.get_by_role("navigation").get_by_role("link", name="Mi portal", exact=True).click()
    person.expect_title("Mi portal")
    person.press("Completar perfil")
    person.expect_title("Perfil")
    person.press("Enviar")
    person.expect_path("/o/acme/my-portal/profile/state/")
    assert ProfileVersion.objects.get().state == State.IN_REVIEW

"""R2: Advisory services in the navigation → Send request → Confirm; the operator's answer by mail and in the app."""

from django.utils import timezone
from playwright.sync_api import expect

from partners import actions
from partners.models import ProgrammeApplication
from tests.e2e.conftest import DESKTOP, PHONE, link_in_mail
from tests.partners.programme import RITA, pay

OPEN, MET = ".condition:not(.condition-met)", ".condition-met"


def open_programme(alice):
    """By the guide's own words."""
    alice.open("/o/acme/")
    alice.page.get_by_role("navigation", name="Sections").get_by_role(
        "link", name="Advisory services", exact=True
    ).click()
    alice.expect_title("Advisory services")


def send_request(alice):
    button = alice.page.get_by_role("button", name="Send request", exact=True)
    box = button.bounding_box()
    assert box["x"] > DESKTOP["width"] / 2, "top right"
    button.click()
    dialog = alice.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Send the request to join?")
    dialog.get_by_role("button", name="Confirm", exact=True).click()
    expect(alice.page.get_by_text("Your request is waiting")).to_be_visible()


def test_r02_request_is_sent_and_accepted(visitor, alice, acme):
    pay(acme)
    person = visitor()
    person.log_in(alice)
    open_programme(person)
    expect(person.page.locator(MET)).to_have_count(3)
    send_request(person)
    application = ProgrammeApplication.objects.get()
    assert (application.organisation, application.sent_by_name) == (acme, "Alice")

    actions.accept_application(actor=RITA, application=application, now=timezone.now())
    person.open(link_in_mail(alice.email))
    expect(person.page.get_by_text("Acme Advisers is in the programme")).to_be_visible()
    person.open("/notifications/")
    expect(person.page.get_by_role("main")).to_contain_text("Acme Advisers is in the partner programme")
    open_programme(person)
    person.press("My portal")
    person.expect_path("/o/acme/my-portal/")


def test_r02_each_precondition_is_named_with_the_way_to_meet_it(visitor, alice, acme):
    acme.profession = "other"
    acme.save()
    person = visitor(viewport=PHONE)
    person.log_in(alice)
    person.open("/o/acme/advisory-services/")
    expect(person.page.locator(OPEN)).to_have_count(2)
    expect(person.page.get_by_role("button", name="Send request")).to_have_count(0)
    person.press("See your plan")
    person.expect_path("/o/acme/settings/plan/")
    expect(person.page.get_by_role("main")).to_contain_text("There is no subscription yet.")
    pay(acme)
    person.open("/o/acme/advisory-services/")
    expect(person.page.locator(OPEN)).to_have_count(1)
    person.press("Set the profession")
    person.choose("Profession", "External CFO")
    person.press("Save")
    person.open("/o/acme/advisory-services/")
    expect(person.page.locator(MET)).to_have_count(3)
    expect(person.page.get_by_role("button", name="Send request", exact=True)).to_be_visible()


def test_r02_rejected_firm_asks_again(visitor, alice, acme):
    pay(acme)
    person = visitor()
    person.log_in(alice)
    open_programme(person)
    send_request(person)
    actions.reject_application(
        actor=RITA, application=ProgrammeApplication.objects.get(), reason="No number.", now=timezone.now()
    )
    person.open(link_in_mail(alice.email))
    expect(person.page.get_by_text("No number.")).to_be_visible()
    send_request(person)
    assert list(ProgrammeApplication.objects.order_by("created_at").values_list("state", flat=True)) == [
        "rejected",
        "submitted",
    ]


def test_r02_works_without_javascript(visitor, alice, acme):
    pay(acme)
    person = visitor(java_script_enabled=False)
    person.log_in(alice)
    open_programme(person)
    person.page.get_by_role("button", name="Send request", exact=True).click()
    person.page.get_by_role("button", name="Confirm", exact=True).click()
    expect(person.page.get_by_text("Your request is waiting")).to_be_visible()


def test_r02_in_spanish_has_the_words_of_the_guide(visitor, alice, acme):
    pay(acme)
    alice.language = "es"
    alice.save()
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/")
    person.page.get_by_role("navigation").get_by_role("link", name="Asesorías", exact=True).click()
    person.expect_title("Asesorías")
    person.press("Enviar solicitud")
    person.page.get_by_role("dialog").get_by_role("button", name="Confirmar", exact=True).click()
    person.expect_path("/o/acme/advisory-services/")
    assert ProgrammeApplication.objects.get().state == "submitted"

"""R20: own name → profile menu → Language → save: at once, remembered, on every page and in every mail."""

from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import OutboundEmail
from client_portal.actions import invite_contact
from tests.e2e.conftest import PHONE, link_in_mail
from tests.e2e.test_r19_portal_password import ERIN, choose_in_menu, invited


def test_r20_language(visitor, dan_here, erin):
    person = invited(visitor, erin, dan_here)
    page = person.page
    choose_in_menu(person, "Erin, your menu", "Language")
    person.expect_title("Language")
    page.get_by_label("Español", exact=True).check()
    person.press("Save")
    person.expect_title("Idioma")
    expect(page.locator(".messages")).to_contain_text("Guardado")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    person.open("/portal/delta/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("navigation").get_by_role("link", name="Facturas", exact=True)).to_be_visible()

    # Remembered in another browser, and in the mails.
    invite_contact(actor=dan_here, contact=erin, sending=uuid7(), now=timezone.now())
    mail = OutboundEmail.objects.latest("id")
    assert (mail.language, mail.subject) == ("es", "Delta le invita a su portal")
    elsewhere = visitor(viewport=PHONE, locale="en-GB")
    elsewhere.open(link_in_mail(ERIN))
    choose_in_menu(elsewhere, "Erin, su menú", "Idioma")
    elsewhere.page.get_by_label("English", exact=True).check()
    elsewhere.press("Guardar")
    elsewhere.expect_title("Language")

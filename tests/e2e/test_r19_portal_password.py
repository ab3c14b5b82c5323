"""R19: own name → profile menu → change password → new and confirmation. The business keeps control; without a
password, access is limited in time.
"""

from datetime import timedelta

import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.ids import uuid7
from client_portal.actions import invite_contact
from client_portal.models import PortalLink, PortalLogin, PortalSession
from documents.models import Contact
from tests.e2e.conftest import PHONE, link_in_mail
from tests.factories import issued_document

ERIN = "erin@customer.example"
FIRST, SECOND = "seven green umbrellas", "twelve quiet lighthouses"


def invited(visitor, erin, dan_here, **options):
    """The contact follows the invitation in its mail."""
    invite_contact(actor=dan_here, contact=erin, sending=uuid7(), now=timezone.now())
    person = visitor(**options)
    person.open(link_in_mail(ERIN))
    person.expect_path("/portal/delta/")
    return person


def choose_in_menu(person, name, entry):
    """Own name, then the entry of the profile menu."""
    person.page.get_by_role("button", name=name).click()
    person.page.locator("#person-menu").get_by_role("link", name=entry, exact=True).click()


def type_password(person, password, label="New password", again="Confirm the new password", save="Save"):
    person.fill({label: password, again: password})
    person.press(save)


def create_password(person, password):
    choose_in_menu(person, "Erin, your menu", "Create password")
    person.expect_title("Create password")
    person.press("Mail me the link")
    expect(person.page.get_by_role("main")).to_contain_text("Look into your mail")
    person.open(link_in_mail(ERIN))
    person.expect_path("/portal/delta/password/new/")
    type_password(person, password)
    person.expect_path("/portal/delta/")
    expect(person.page.locator(".messages")).to_contain_text("Your password is set.")


def log_in(person, password):
    person.open("/portal/delta/log-in/")
    person.fill({"E-mail": ERIN, "Password": password})
    person.press("Log in")


def test_r19_create_and_change_the_password(visitor, dan, dan_here, erin):
    person = invited(visitor, erin, dan_here)
    expect(person.page.locator(".portal-notice")).to_contain_text("With a password you can come back")
    create_password(person, FIRST)
    expect(person.page.locator(".portal-notice")).to_have_count(0)
    elsewhere = visitor()
    log_in(elsewhere, FIRST)
    elsewhere.expect_path("/portal/delta/")

    choose_in_menu(person, "Erin, your menu", "Change password")
    person.expect_title("Change password")
    person.expected.add(422)
    person.fill({"New password": SECOND, "Confirm the new password": FIRST})
    person.press("Save")
    expect(person.page.get_by_role("alert")).to_contain_text("The two passwords are not the same.")
    type_password(person, SECOND)
    expect(person.page.locator(".messages")).to_contain_text("Your password is changed.")
    elsewhere.open("/portal/delta/")
    elsewhere.expect_path(r"/portal/delta/log-in/.*")
    elsewhere.expected.add(422)
    log_in(elsewhere, FIRST)
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("do not belong together")
    log_in(elsewhere, SECOND)
    elsewhere.expect_path("/portal/delta/")


def test_r19_the_business_keeps_control(visitor, dan, dan_here, erin):
    person, staff = invited(visitor, erin, dan_here), visitor()
    create_password(person, FIRST)
    staff.log_in(dan)
    staff.open(f"/o/delta/contacts/{erin.pk}/")
    card = staff.page.locator(".portal-box")
    expect(card).to_contain_text("Password set on")
    card.get_by_role("button", name="More about the portal").click()
    card.get_by_role("button", name="Remove password", exact=True).first.click()
    dialog = staff.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Every session of this address ends.")
    dialog.get_by_role("button", name="Remove password").click()
    expect(staff.page.locator(".messages")).to_contain_text("enters by mailed links alone")
    assert not PortalLogin.objects.get().has_password
    # The link of the invitation opens the portal again, for what is left of its time.
    person.open_anew()
    person.expect_path("/portal/delta/")
    staff.page.locator(".portal-box").get_by_role("button", name="View portal").click()
    expect(staff.page.locator(".portal-notice-staff")).to_contain_text("You are viewing the portal as Erin:")
    staff.page.get_by_role("button", name="Leave").click()
    staff.expect_path(f"/o/delta/contacts/{erin.pk}/")


def test_r19_without_a_password_access_ends_after_48_hours(visitor, dan_here, erin):
    person = invited(visitor, erin, dan_here, viewport=PHONE)
    with time_machine.travel(timezone.now() + timedelta(hours=49), tick=True):
        person.open_anew()
        person.expect_title("This link has expired")
        person.press("Send me a fresh link")
        person.expect_title("Look into your mail")
        person.open(link_in_mail(ERIN))
        person.expect_path("/portal/delta/")


def test_r19_log_out_from_a_document(visitor, dan_here, erin):
    invoice = issued_document(erin)
    person = invited(visitor, erin, dan_here)
    person.open(f"/portal/delta/d/{invoice.pk}/")
    person.settle()
    person.page.get_by_role("button", name="Erin, your menu").click()
    person.page.locator("#person-menu").get_by_role("button", name="Log out").click()
    person.expect_path("/portal/delta/log-in/")
    person.open("/portal/delta/")
    person.expect_path(r"/portal/delta/log-in/.*")


def test_r19_log_in_again_under_an_open_document(visitor, dan_here, erin):
    """The page asks for new comments by itself; the log-in leads back to the page, not to what it asked for."""
    invoice = issued_document(erin)
    person = invited(visitor, erin, dan_here)
    create_password(person, FIRST)
    person.page.clock.install()
    person.open(f"/portal/delta/d/{invoice.pk}/")
    person.settle()
    PortalSession.objects.update(ended_at=timezone.now())
    PortalLink.objects.update(created_at=timezone.now() - timedelta(hours=49), expires_at=timezone.now())
    person.page.clock.fast_forward("00:11")
    person.expect_path(r"/portal/delta/log-in/\?next=.*")
    person.fill({"E-mail": ERIN, "Password": FIRST})
    person.press("Log in")
    person.expect_path(f"/portal/delta/d/{invoice.pk}/")
    expect(person.page.get_by_role("heading", level=1)).to_contain_text(invoice.number)


def test_r19_in_spanish(visitor, dan_here, erin):
    Contact.objects.update(language="es")
    erin.refresh_from_db()
    person = invited(visitor, erin, dan_here, locale="es-ES")
    choose_in_menu(person, "Erin, su menú", "Crear contraseña")
    person.expect_title("Crear contraseña")
    person.press("Enviarme el enlace")
    expect(person.page.get_by_role("button", name="Enviarme el enlace")).to_have_count(0)
    person.open(link_in_mail(ERIN))
    type_password(person, FIRST, "Contraseña nueva", "Confirme la contraseña nueva", "Guardar")
    choose_in_menu(person, "Erin, su menú", "Cambiar contraseña")
    type_password(person, SECOND, "Contraseña nueva", "Confirme la contraseña nueva", "Guardar")
    expect(person.page.locator(".messages")).to_contain_text("Su contraseña ha cambiado.")

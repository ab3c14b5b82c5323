"""Entering a portal: password, code by mail, the choice between contacts, and what ends it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from client_portal.models import PortalLink, PortalLogin, PortalSecret, PortalSession, PortalSettings
from documents.actions import merge_contacts
from tests.factories import (
    ContactFactory,
    OrganisationFactory,
    PortalLinkFactory,
    PortalLoginFactory,
    PortalSessionFactory,
    issued_document,
)
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
HOME, LOG_IN = "/portal/delta/", "/portal/delta/log-in/"
SECRET = "blue horses sing early"


@pytest.fixture
def login(erin):
    return PortalLoginFactory(organisation=erin.organisation, email=erin.email, plain=SECRET)


def entering(browser, email="erin@customer.example", password=SECRET, **more):
    return browser.post(LOG_IN, {"email": email, "password": password, **more})


def with_session(contact, token="t", **fields):
    """A browser that has entered the portal for the contact."""
    login = PortalLogin.objects.filter(email=contact.email, organisation_id=contact.organisation_id).first()
    login = login or PortalLoginFactory(organisation=contact.organisation, email=contact.email)
    PortalSessionFactory(login=login, contact=contact, token=token, **fields)
    browser = Client()
    browser.cookies["portal_session"] = token
    return browser


def is_out(browser, path=HOME):
    return browser.get(path).headers.get("Location", "").startswith(LOG_IN)


def test_address_and_password_lead_to_the_page_that_was_wanted(login, erin, invoice):
    browser, page = Client(), f"/portal/delta/d/{invoice.pk}/"
    to_log_in = browser.get(page)["Location"]
    form = tree(browser.get(to_log_in))
    assert form.xpath("//main//input[@name='next']/@value") == [page]
    answer = entering(browser, email=" Erin@Customer.Example ", next=page)
    assert (answer.status_code, answer["Location"]) == (302, page)
    cookie = answer.cookies["portal_session"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (HOME, True, "Lax")
    assert browser.get(page).status_code == 200
    session = PortalSession.objects.get()
    assert (session.contact, session.identified_by, cookie.value in session.token_hash) == (erin, "password", False)
    assert browser.get(LOG_IN)["Location"] == HOME


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/portal/delta/", "/o/delta/", "javascript:1"]
)
def test_the_log_in_leads_nowhere_else(login, wanted):
    assert entering(Client(), next=wanted)["Location"] == HOME


@pytest.mark.parametrize(
    ("email", "password"),
    [("erin@customer.example", "wrong"), ("nobody@x.example", SECRET), ("erin@customer.example", SECRET + " ")],
)
def test_a_wrong_log_in_says_the_same_and_keeps_the_address(login, email, password):
    answer = entering(Client(), email=email, password=password)
    assert answer.status_code == 422
    assert "This address and password do not belong together." in answer.content.decode()
    assert tree(answer).xpath("//input[@name='email']/@value") == [email]
    assert SECRET not in answer.content.decode()
    assert not PortalSession.objects.exists()


def test_who_has_no_password_or_no_contact_any_more_stays_out(erin, login, delta):
    PortalLoginFactory(organisation=delta, email="olga@x.example")
    ContactFactory(organisation=delta, email="olga@x.example")
    assert entering(Client(), email="olga@x.example", password="").status_code == 422
    assert entering(Client(), email="olga@x.example", password="x").status_code == 422
    erin.delete()
    assert entering(Client()).status_code == 422


def test_the_same_address_is_another_log_in_in_another_business(login, erin):
    other = OrganisationFactory(slug="other")
    theirs = ContactFactory(organisation=other, email=erin.email)
    PortalLoginFactory(organisation=other, email=erin.email, plain="something else entirely")
    assert Client().post("/portal/other/log-in/", {"email": erin.email, "password": SECRET}).status_code == 422
    browser = with_session(theirs, "theirs")
    assert browser.get("/portal/other/").status_code == 200
    assert is_out(browser)


def test_an_address_that_was_tried_too_often_waits(login):
    browser = Client()
    for _try in range(10):
        assert entering(browser, password="wrong").status_code == 422
    answer = entering(browser)
    assert (answer.status_code, "too many tries" in answer.content.decode()) == (422, True)


def test_a_session_dies_with_its_time_its_contact_and_its_address(erin, delta):
    ended, expired = {"ended_at": timezone.now()}, {"expires_at": timezone.now()}
    for number, fields in enumerate((ended, expired)):
        assert is_out(with_session(erin, f"t{number}", **fields))
    browser = with_session(erin, "lives")
    assert browser.get(HOME).status_code == 200
    browser.cookies["portal_session"] = "altered"
    assert is_out(browser)
    browser.cookies["portal_session"] = "lives"
    erin.email = "new@customer.example"
    erin.save()
    assert is_out(browser)
    erin.email = "erin@customer.example"
    erin.save()
    erin.delete()
    assert is_out(browser)


def test_a_merged_contact_is_entered_as_the_one_that_stays(erin, delta, dan_here):
    other = ContactFactory(organisation=delta, email=erin.email, name="Erin again")
    browser = with_session(other)
    merge_contacts(actor=dan_here, kept=erin.pk, others=[other.pk], values={})
    to = browser.get(HOME)["Location"]
    assert to.startswith("/portal/delta/choose/")
    assert browser.post(to, {"contact": erin.pk})["Location"] == HOME
    assert "Erin" in text_of(tree(browser.get(HOME)))


def test_logging_out_ends_the_session_and_forgets_the_links(erin, invoice):
    browser, link = with_session(erin), PortalLinkFactory(document=invoice, token="link")
    browser.get("/portal/delta/l/link/")
    assert browser.get("/portal/delta/log-out/").status_code == 405
    assert browser.post("/portal/delta/log-out/")["Location"] == LOG_IN
    assert is_out(browser)
    assert is_out(browser, f"/portal/delta/d/{invoice.pk}/")
    carried = Client()
    carried.cookies["portal_session"] = "t"
    assert is_out(carried)
    assert link.is_usable(timezone.now())


# --- One address, several contacts ------------------------------------------------------------------------------


def test_who_has_several_contacts_chooses_and_changes(login, erin, delta):
    company = ContactFactory(organisation=delta, email=erin.email, name="Erin Ltd")
    foreign = ContactFactory(organisation=delta)
    mine, others = issued_document(erin), issued_document(company)
    browser, page = Client(), f"/portal/delta/d/{mine.pk}/"
    to = entering(browser, next=page)["Location"]
    assert to.startswith("/portal/delta/choose/?next=")
    assert browser.get(page)["Location"].startswith("/portal/delta/choose/")
    names = text_of(tree(browser.get(to)).xpath("//main")[0])
    assert "Erin Ltd" in names
    assert browser.post(to, {"contact": foreign.pk}).status_code == 302
    assert PortalSession.objects.get().contact is None
    assert browser.post(to, {"contact": "junk"}).status_code == 404
    assert browser.post(to, {"contact": erin.pk})["Location"] == page
    assert browser.get(page).status_code == 200
    assert browser.get(f"/portal/delta/d/{others.pk}/").status_code == 404
    browser.post("/portal/delta/choose/", {"contact": company.pk})
    assert browser.get(f"/portal/delta/d/{others.pk}/").status_code == 200
    assert browser.get(page).status_code == 404


def test_the_choice_is_for_who_has_entered(erin):
    assert Client().get("/portal/delta/choose/")["Location"] == LOG_IN
    assert Client().post("/portal/delta/choose/", {"contact": erin.pk})["Location"] == LOG_IN


# --- Codes ------------------------------------------------------------------------------------------------------


def code_for(browser, email="erin@customer.example"):
    answer = browser.post("/portal/delta/code/", {"email": email})
    assert answer.status_code == 200
    mail = OutboundEmail.objects.filter(kind="client_portal/code").order_by("-id").first()
    return (re.search(r"^\d{6}$", mail.text, re.MULTILINE)[0], answer) if mail else ("", answer)


def enter_code(browser, code, email="erin@customer.example", **more):
    return browser.post("/portal/delta/code/enter/", {"email": email, "code": code, **more})


def test_a_code_by_mail_enters_once_and_for_the_life_of_a_link(erin):
    browser = Client()
    code, answer = code_for(browser)
    assert code not in answer.content.decode()
    spaced = f"{code[:3]} {code[3:]}"
    assert enter_code(browser, spaced)["Location"] == HOME
    assert browser.get(HOME).status_code == 200
    session = PortalSession.objects.get()
    assert session.identified_by == "code"
    assert session.expires_at - session.created_at == timedelta(hours=48)
    assert enter_code(Client(), code).status_code == 422
    assert code not in PortalSecret.objects.get().secret_hash


def test_five_wrong_codes_end_the_right_one(erin):
    code, _answer = code_for(Client())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _try in range(5):
        answer = enter_code(Client(), wrong)
        assert (answer.status_code, "This is not the code" in answer.content.decode()) == (422, True)
    assert enter_code(Client(), code).status_code == 422


def test_a_code_is_old_after_ten_minutes_and_when_the_next_one_comes(erin):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        first, _answer = code_for(Client())
        clock.move_to(now + timedelta(seconds=59))
        assert (code_for(Client())[0], OutboundEmail.objects.count()) == (first, 1)
        clock.move_to(now + timedelta(seconds=60))
        second, _answer = code_for(Client())
        if first != second:
            assert enter_code(Client(), first).status_code == 422
        clock.move_to(now + timedelta(seconds=60, minutes=10))
        assert enter_code(Client(), second).status_code == 422


def test_asking_for_a_code_or_a_password_says_the_same_to_strangers(erin):
    for path in ("/portal/delta/code/", "/portal/delta/password/"):
        said = [
            text_of(tree(Client().post(path, {"email": email})).xpath("//main")[0])
            for email in (erin.email, "nobody@x.example")
        ]
        assert said[0] == said[1]
    assert set(OutboundEmail.objects.values_list("to", flat=True)) == {erin.email}
    assert PortalLogin.objects.count() == 1


def test_codes_are_for_businesses_that_allow_them(erin, delta):
    PortalSettings.objects.create(organisation=delta, allows_codes=False)
    assert Client().get("/portal/delta/code/").status_code == 404
    assert "code instead" not in Client().get(LOG_IN).content.decode()
    assert enter_code(Client(), "123456").status_code == 422


# --- Links beside log-ins ---------------------------------------------------------------------------------------


def test_with_a_password_set_links_lead_to_the_log_in(login, erin, invoice):
    whole = PortalLink.objects.create(
        organisation=erin.organisation, contact=erin, purpose="portal", email=erin.email, token_hash="x",
        expires_at=timezone.now() + timedelta(hours=1), sent_by_name="Dan",
    )  # fmt: skip
    PortalLinkFactory(document=invoice, token="link")
    browser, page = Client(), f"/portal/delta/d/{invoice.pk}/"
    assert browser.get("/portal/delta/l/link/")["Location"] == page
    assert browser.get(page)["Location"].startswith(LOG_IN)
    assert is_out(browser, f"{page}pdf/")
    assert entering(browser, next=page)["Location"] == page
    assert browser.get(page).status_code == 200
    assert whole.is_usable(timezone.now())


def test_a_link_that_went_to_somebody_else_needs_no_password_of_the_contact(login, erin, invoice):
    PortalLinkFactory(document=invoice, email="accountant@x.example", token="link")
    browser = Client()
    assert browser.get("/portal/delta/l/link/", follow=True).status_code == 200


def test_setting_a_password_closes_links_that_are_open_in_browsers(erin, invoice):
    PortalLinkFactory(document=invoice, token="link")
    browser, page = Client(), f"/portal/delta/d/{invoice.pk}/"
    assert browser.get("/portal/delta/l/link/", follow=True).status_code == 200
    PortalLoginFactory(organisation=erin.organisation, email=erin.email, plain=SECRET)
    assert is_out(browser, page)


def test_firms_have_no_portal(acme):
    for tail in ("", "log-in/", "password/", "code/"):
        assert Client().get(f"/portal/acme/{tail}").status_code == 404

"""Passwords of contacts: created and recovered by mail, changed in the profile, set, reset and removed by staff."""

import re
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry, OutboundEmail
from client_portal import actions
from client_portal.models import PortalLogin, PortalSecret, PortalSession, place_at
from client_portal.rules import PASSWORD_LINK_LIFE
from tests.client_portal.test_entering import HOME, SECRET, entering, is_out, with_session
from tests.factories import ContactFactory, MemberFactory, PortalLinkFactory, PortalLoginFactory, RoleFactory
from tests.pages import text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
NEW = "seven green umbrellas"
PAGE = "/portal/delta/profile/password/"
SET = "/portal/delta/password/new/"


def mailed_link():
    """The path of the link that sets a password in the mail that was written last."""
    mail = OutboundEmail.objects.filter(kind="client_portal/password_link").order_by("-id")[0]
    return urlsplit(re.search(r"http\S+/p/\S+/", mail.text)[0]).path


def asked(browser=None, email="erin@customer.example"):
    (browser or Client()).post("/portal/delta/password/", {"email": email})
    return mailed_link()


def typed(password=NEW, again=None):
    return {"password": password, "again": password if again is None else again}


def test_a_password_is_created_by_mail_and_enters(erin):
    link, browser = asked(), Client()
    opened = browser.get(link)
    assert (opened["Location"], opened["Referrer-Policy"], opened["Cache-Control"]) == (SET, "no-referrer", "no-store")
    assert "Create password" in text_of(tree(browser.get(SET)))
    assert browser.post(SET, typed())["Location"] == HOME
    assert browser.get(HOME).status_code == 200
    assert entering(Client(), password=NEW)["Location"] == HOME
    told = OutboundEmail.objects.filter(kind="client_portal/password_changed").get()
    assert (told.to, told.from_name, "was just set" in told.text) == (erin.email, "Delta", True)
    assert NEW not in told.text
    assert HistoryEntry.objects.filter(what="client_portal.password.set", actor_kind="contact").count() == 1


def test_the_link_works_once_and_for_a_day(erin):
    link = asked()
    first, second = Client(), Client()
    first.get(link)
    second.get(link)
    assert first.post(SET, typed()).status_code == 302
    assert "This link has expired" in text_of(tree(second.post(SET, typed("another good password"))))
    assert entering(Client(), password=NEW).status_code == 302
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=1), tick=False) as clock:
        link, late = asked(), Client()
        clock.move_to(now + timedelta(hours=1) + PASSWORD_LINK_LIFE)
        late.get(link)
        assert "This link has expired" in text_of(tree(late.post(SET, typed())))


@pytest.mark.parametrize("token", ["x", "é", "a" * 300])
def test_an_altered_link_sets_nothing(erin, token):
    browser = Client()
    browser.get(f"/portal/delta/p/{token}/")
    assert "This link has expired" in text_of(tree(browser.post(SET, typed())))
    assert not PortalLogin.objects.exists()


def test_a_link_of_another_portal_sets_nothing_here(erin):
    theirs = ContactFactory(email="olga@x.example")
    theirs.organisation.slug = "other"
    theirs.organisation.save()
    actions.send_password_link(place=place_at("other"), email=theirs.email, now=timezone.now())
    browser = Client()
    browser.get(mailed_link().replace("/portal/other/", "/portal/delta/"))
    assert "This link has expired" in text_of(tree(browser.get(SET)))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (typed("short"), "too short"),
        (typed("password123"), "too common"),
        (typed(NEW, "seven green umbrella"), "are not the same"),
        ({}, "required"),
    ],
)
def test_a_bad_password_is_refused_beside_its_field(erin, form, said):
    browser = Client()
    browser.get(asked())
    answer = browser.post(SET, form)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not PortalLogin.objects.get().has_password


def test_a_second_request_within_two_minutes_mails_nothing(erin):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        for seconds, mails in ((0, 1), (119, 1), (120, 2)):
            clock.move_to(now + timedelta(seconds=seconds))
            asked()
            assert OutboundEmail.objects.count() == mails


def test_changing_the_password_ends_everything_else(erin):
    login = PortalLoginFactory(organisation=erin.organisation, email=erin.email, plain=SECRET)
    here, there = with_session(erin, "here"), with_session(erin, "there")
    link = asked()
    assert here.post(PAGE, typed())["Location"] == PAGE
    assert here.get(HOME).status_code == 200
    assert is_out(there)
    old = Client()
    old.cookies["portal_session"] = "here"
    assert is_out(old)
    late = Client()
    late.get(link)
    assert "This link has expired" in text_of(tree(late.get(SET)))
    assert entering(Client()).status_code == 422
    assert entering(Client(), password=NEW).status_code == 302
    assert PortalSession.objects.usable(timezone.now()).filter(login=login).count() == 2


def test_who_came_by_a_link_gets_a_mail_first(erin, invoice):
    PortalLinkFactory(document=invoice, token="link")
    browser = Client()
    browser.get("/portal/delta/l/link/")
    assert erin.email in text_of(tree(browser.get(PAGE)))
    answer = browser.post(PAGE, typed())
    assert (answer.status_code, "Look into your mail" in answer.content.decode()) == (200, True)
    assert not PortalLogin.objects.get().has_password
    assert PortalSecret.objects.count() == OutboundEmail.objects.count() == 1


# --- The business controls it -----------------------------------------------------------------------------------


def box(erin, tail):
    return f"/o/delta/contacts/{erin.pk}/portal/password/{tail}"


def test_staff_mail_reset_and_remove_the_password(erin, dan, client_of):
    staff = client_of(dan)
    assert staff.post(box(erin, "")).status_code == 302
    browser = Client()
    browser.get(mailed_link())
    browser.post(SET, typed())
    now = timezone.now() + timedelta(minutes=3)
    with time_machine.travel(now, tick=False):
        assert staff.post(box(erin, "reset/"))["Location"] == f"/o/delta/contacts/{erin.pk}/"
        assert is_out(browser)
        assert entering(Client(), password=NEW).status_code == 422
        browser.get(mailed_link())
        assert browser.post(SET, typed(SECRET)).status_code == 302
        staff.post(box(erin, "remove/"))
        assert is_out(browser)
        assert entering(Client()).status_code == 422
    said = set(HistoryEntry.objects.filter(actor_kind="member").values_list("what", flat=True))
    assert said == {"client_portal.password.asked", "client_portal.password.removed"}


def test_removing_twice_does_nothing_more(erin, dan_here):
    PortalLoginFactory(organisation=erin.organisation, email=erin.email, plain=SECRET)
    for _time in range(2):
        actions.remove_password(actor=dan_here, contact=erin, now=timezone.now())
    assert HistoryEntry.objects.filter(what="client_portal.password.removed").count() == 1


@pytest.mark.parametrize("tail", ["", "reset/", "remove/"])
def test_the_password_is_the_affair_of_who_manages_contacts(erin, delta, carol, client_of, tail):
    looks = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"contacts": 1})).user
    assert client_of(looks).post(box(erin, tail)).status_code == 403
    assert client_of(carol).post(box(erin, tail)).status_code == 404
    assert Client().post(box(erin, tail))["Location"].startswith("/accounts/login/")
    foreign = ContactFactory()
    assert client_of(looks).post(box(foreign, tail)).status_code in (403, 404)


def test_without_an_address_nothing_can_be_mailed(erin, dan, client_of):
    erin.email = ""
    erin.save()
    for tail in ("", "reset/"):
        answer = client_of(dan).post(box(erin, tail), follow=True)
        assert "has no e-mail address" in answer.content.decode()
    assert not OutboundEmail.objects.exists()


# --- Races ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_four_who_use_a_link_at_once_one_sets_the_password(erin):
    token = asked().rstrip("/").rpartition("/")[2]
    place = place_at("delta")

    def use(number):
        actions.set_password(
            place=place, token=token, password=f"{NEW} {number}", device=actions.Device(), now=timezone.now()
        )

    outcomes = together(partial(use, number) for number in range(4))
    assert sum(isinstance(one, actions.SecretGone) for one in outcomes) == 3
    assert PortalSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_log_in_at_the_moment_of_a_change_does_not_outlive_it(erin, dan_here):
    PortalLoginFactory(organisation=erin.organisation, email=erin.email, plain=SECRET)
    place = place_at("delta")

    def act(number):
        if number:
            actions.log_in(place=place, email=erin.email, password=SECRET, device=actions.Device(), now=timezone.now())
        else:
            actions.remove_password(actor=dan_here, contact=erin, now=timezone.now())

    together(partial(act, number) for number in range(4))
    assert not PortalSession.objects.usable(timezone.now()).exists()

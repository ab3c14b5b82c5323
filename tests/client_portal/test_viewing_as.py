"""Staff look at the portal as a contact: read-only, marked, logged, for who may see what the contact sees."""

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry
from client_portal.models import Viewing
from client_portal.sources import VIEW_COOKIE, VIEW_SALT
from partners.models import Member
from tests.client_portal.test_entering import HOME, is_out
from tests.factories import ContactFactory, MemberFactory, RoleFactory, issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db


def view(browser, contact):
    return browser.post(f"/o/delta/contacts/{contact.pk}/portal/view/")


@pytest.fixture
def looking(client_of, dan, erin):
    browser = client_of(dan)
    assert view(browser, erin)["Location"] == HOME
    return browser


def test_staff_see_what_the_contact_sees_and_a_bar_says_so(looking, erin, delta, invoice):
    others = issued_document(ContactFactory(organisation=delta))
    page = looking.get(f"/portal/delta/d/{invoice.pk}/")
    assert page.status_code == 200
    assert "You are viewing the portal as Erin:" in text_of(tree(page))
    assert looking.get(f"/portal/delta/d/{others.pk}/").status_code == 404
    logged = HistoryEntry.objects.get(what="client_portal.portal.viewed")
    assert (logged.actor_name, logged.subject_id) == ("Dan", erin.pk)
    left = looking.post("/portal/delta/leave/")
    assert left["Location"] == f"/o/delta/contacts/{erin.pk}/"
    assert is_out(looking)


def test_who_looks_changes_nothing(looking, invoice, erin):
    for path in ("profile/language/", "profile/mails/", "profile/password/", "profile/sessions/end/"):
        assert looking.post(f"/portal/delta/{path}", {"language": "es"}).status_code == 403
    erin.refresh_from_db()
    assert erin.language == "en"
    looking.get(f"/portal/delta/d/{invoice.pk}/")
    assert not Viewing.objects.exists()


@pytest.mark.parametrize(
    ("levels", "kind", "status"),
    [
        ({"contacts": 1}, "customer", 403),
        ({"sales": 1}, "customer", 404),
        ({"contacts": 1, "sales": 1}, "customer", 302),
        ({"contacts": 1, "sales": 1}, "both", 403),
        ({"contacts": 1, "purchases": 1}, "supplier", 302),
    ],
)
def test_it_takes_the_sections_that_the_contact_sees(client_of, delta, levels, kind, status):
    contact = ContactFactory(organisation=delta, kind=kind)
    role = RoleFactory(organisation=delta, levels=levels)
    assert view(client_of(MemberFactory(organisation=delta, role=role).user), contact).status_code == status


def test_strangers_do_not_look(client_of, carol, erin):
    assert view(client_of(carol), erin).status_code == 404
    assert view(Client(), erin)["Location"].startswith("/accounts/login/")
    assert Client().get(f"/o/delta/contacts/{erin.pk}/portal/view/").status_code in (302, 405)


def test_the_view_ends_with_the_right_to_it(looking, client_of, carol, dan, erin, delta):
    cookie = looking.cookies[VIEW_COOKIE].value
    for user in (None, carol):
        browser = client_of(user) if user else Client()
        browser.cookies[VIEW_COOKIE] = cookie
        assert is_out(browser)
    forged = client_of(dan)
    forged.cookies[VIEW_COOKIE] = signing.dumps([str(dan.pk), str(ContactFactory().pk)], salt=VIEW_SALT)
    assert is_out(forged)
    forged.cookies[VIEW_COOKIE] = signing.dumps([str(dan.pk), str(erin.pk)], salt="other")
    assert is_out(forged)
    Member.objects.filter(user=dan).update(retired_at=timezone.now())
    assert is_out(looking)

"""The profile menu: language, mails, sessions, own data; and who may not use it."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from advisory_portal import activity
from advisory_portal.core.models import HistoryEntry
from client_portal.models import PortalSession
from tests.client_portal.test_entering import HOME, is_out, with_session
from tests.client_portal.test_opening_links import every_row
from tests.factories import ContactFactory, PortalLinkFactory, drafted_document, issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
PROFILE = "/portal/delta/profile/"


@pytest.fixture
def browser(erin):
    return with_session(erin)


def test_the_language_is_chosen_at_once_and_remembered(browser, erin):
    answer = browser.post(f"{PROFILE}language/", {"language": "es"}, follow=True)
    assert '<html lang="es"' in answer.content.decode()
    assert "Idioma" in text_of(tree(answer))
    erin.refresh_from_db()
    assert erin.language == "es"
    assert '<html lang="es"' in with_session(erin, "elsewhere").get(HOME).content.decode()
    browser.post(f"{PROFILE}language/", {"language": "es"})
    changes = HistoryEntry.objects.filter(what="documents.contact.changed", actor_kind="contact")
    assert [(one.before, one.after) for one in changes] == [({"language": "en"}, {"language": "es"})]


@pytest.mark.parametrize("language", ["", "xx", "EN", "es'"])
def test_an_unknown_language_is_refused(browser, erin, language):
    assert browser.post(f"{PROFILE}language/", {"language": language}).status_code == 422
    erin.refresh_from_db()
    assert erin.language == "en"


def test_mails_are_muted_and_wanted_again(browser, erin):
    kind = "client_portal/comments"
    for wanted in (["client_portal/quote_decided"], [kind, "catalog/order_confirmed"]):
        browser.post(f"{PROFILE}mails/", {"wanted": wanted})
        erin.refresh_from_db()
        assert [one for one in activity.CONTACT_MAILS if erin.wants(one)] == wanted
        assert tree(browser.get(f"{PROFILE}mails/")).xpath("//input[@checked]/@value") == wanted
    assert browser.post(f"{PROFILE}mails/", {"wanted": ["client_portal/code"]}).status_code == 422


def test_sessions_are_listed_and_ended(browser, erin, delta):
    there = with_session(erin, "there")
    foreign = with_session(ContactFactory(organisation=delta, email="olga@x.example"), "foreign")
    theirs = PortalSession.objects.get(login__email="olga@x.example")
    page = tree(browser.get(f"{PROFILE}sessions/"))
    assert text_of(page).count("This browser") == 1
    assert len(page.xpath("//main//li")) == 2
    assert browser.post(f"{PROFILE}sessions/{theirs.pk}/end/").status_code == 404
    other = PortalSession.objects.filter(login__email=erin.email).latest("id")
    assert browser.post(f"{PROFILE}sessions/{other.pk}/end/").status_code == 302
    assert is_out(there)
    with_session(erin, "third")
    browser.post(f"{PROFILE}sessions/end/")
    assert (browser.get(HOME).status_code, foreign.get(HOME).status_code) == (200, 200)
    assert PortalSession.objects.usable(timezone.now()).filter(login__email=erin.email).count() == 1
    own = PortalSession.objects.usable(timezone.now()).get(login__email=erin.email)
    browser.post(f"{PROFILE}sessions/{own.pk}/end/")
    assert is_out(browser)


def test_own_data_is_what_is_shared_and_nothing_else(browser, erin, delta):
    shown = issued_document(erin)
    drafted_document(erin)
    issued_document(ContactFactory(organisation=delta, name="Olga"))
    file = browser.get(f"{PROFILE}data/file/")
    assert file["Content-Disposition"].startswith('attachment; filename="delta-')
    assert file["Cache-Control"] == "private, no-store"
    data = json.loads(file.content)
    assert (data["business"], data["contact"]["email"]) == ("Delta", erin.email)
    assert [one["number"] for one in data["documents"]] == [shown.number]
    assert len(data["sessions"]) == 1
    assert "Olga" not in file.content.decode()
    assert "token" not in file.content.decode()


def test_who_came_by_a_documents_link_sees_the_document_alone(erin, invoice):
    PortalLinkFactory(document=invoice, token="link")
    browser = Client()
    browser.get("/portal/delta/l/link/")
    for tail in ("mails/", "sessions/", "data/", "data/file/"):
        assert browser.get(PROFILE + tail).status_code == 404
    for tail in ("language/", "password/"):
        assert browser.get(PROFILE + tail).status_code == 200
    menu = text_of(tree(browser.get(f"/portal/delta/d/{invoice.pk}/")).xpath("//*[@id='person-menu']")[0])
    assert "Create password" in menu and "Language" in menu
    assert "Sessions" not in menu


@pytest.mark.parametrize("tail", ["language/", "mails/", "sessions/", "data/", "data/file/", "password/"])
def test_strangers_meet_the_log_in(erin, tail):
    assert is_out(Client(), PROFILE + tail)
    assert Client().post(PROFILE + tail).headers["Location"] == "/portal/delta/log-in/"
    sent = Client().post(PROFILE + tail, headers={"Referer": "http://testserver/portal/delta/invoices/"})
    assert sent.headers["Location"] == "/portal/delta/log-in/?next=%2Fportal%2Fdelta%2Finvoices%2F"
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/portal/delta/invoices/?page=2"}
    fragment = Client().get(PROFILE + tail, headers=page)
    log_in = "/portal/delta/log-in/?next=%2Fportal%2Fdelta%2Finvoices%2F%3Fpage%3D2"
    assert (fragment.status_code, fragment["HX-Redirect"]) == (200, log_in)


def test_a_crawler_that_follows_every_link_changes_nothing(browser, invoice):
    before, seen, waiting = every_row(), set(), [HOME]
    issued = {f"/portal/delta/d/{invoice.pk}/pdf/", f"/portal/delta/d/{invoice.pk}/pdf/?inline"}
    while waiting:
        address = waiting.pop()
        if address in seen or address in issued:  # the PDF is made when it is first asked for
            continue
        seen.add(address)
        answer = browser.get(address)
        assert answer.status_code in (200, 204, 302), address
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.content:
            found = tree(answer).xpath("//a/@href | //@hx-get")
            waiting += [one.partition("#")[0] for one in found if one.startswith("/portal/delta/")]
    assert len(seen) > 8
    assert every_row() == before

"""What surrounds every request: 503 without a database, refusals as words, never a way out of the house."""

import json
import os
import subprocess
import sys

import pytest
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client, RequestFactory

from advisory_portal.core.http import safe_referer
from advisory_portal.core.middleware import PolicyMiddleware
from documents.models import Document
from tests.factories import MemberFactory, UserFactory, drafted_document

ASK = """
import json, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="localhost")
answers = {}
for cookie in ("", "sessionid"):
    if cookie:
        client.cookies[cookie] = "0123456789abcdef0123456789abcdef"
    for path in ("/o/delta/documents/invoices/", "/portal/delta/l/token/", "/account/"):
        response = client.get(path)
        answers[f"{cookie}{path}"] = [response.status_code, response.get("Retry-After"), response.content.decode()]
print(json.dumps(answers))
"""


def test_without_a_database_every_page_says_that_we_are_back_soon():
    environment = os.environ | {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "DATABASE_POOL_TIMEOUT": "1",
        "DJANGO_SETTINGS_MODULE": "advisory_portal.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True
    )
    answers = json.loads(asked.stdout.splitlines()[-1])
    # Without a session two pages lead to the log-in before anything is asked of the database.
    assert {path: status for path, (status, _retry, _page) in answers.items()} == {
        "/o/delta/documents/invoices/": 302,
        "/portal/delta/l/token/": 503,
        "/account/": 302,
        "sessionid/o/delta/documents/invoices/": 503,
        "sessionid/portal/delta/l/token/": 503,
        "sessionid/account/": 503,
    }
    for status, retry, page in answers.values():
        if status == 503:
            assert retry == "10"
            assert "<h1>We are back in a moment</h1>" in page


@pytest.fixture
def refusing(dan, delta, erin, client_of):
    """Dan's browser, and the address of an act that is refused: issuing a draft without lines."""
    draft = drafted_document(erin, lines=())
    return client_of(dan), f"/o/delta/documents/{draft.pk}/issue/", draft


WORDS = "Add at least one line before you issue this document."


def test_a_refusal_becomes_a_message_on_the_page_one_came_from(refusing):
    browser, address, draft = refusing
    back = f"http://testserver/o/delta/documents/{draft.pk}/"
    response = browser.post(address, headers={"Referer": back})
    assert (response.status_code, response["Location"]) == (302, back)
    assert [(str(m), m.level_tag) for m in get_messages(response.wsgi_request)] == [(WORDS, "error")]
    assert WORDS in browser.get(back).content.decode()
    assert Document.objects.get().state == "draft"


def test_a_refusal_becomes_a_toast_for_htmx(refusing):
    browser, address, _draft = refusing
    response = browser.post(address, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert WORDS in response.content.decode()
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "http:///evil.example",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
        "javascript:alert(1)",
        "http://testserver:81/",
    ],
)
def test_a_refusal_never_leads_out_of_the_house(refusing, referer):
    browser, address, _draft = refusing
    response = browser.post(address, headers={"Referer": referer})
    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("referer", ["account_login", "nothing", "partners:home"])
def test_a_referer_is_an_address_and_never_the_name_of_a_view(refusing, referer):
    browser, address, _draft = refusing
    response = browser.post(address, headers={"Referer": referer})
    assert (response.status_code, response["Location"]) in [(302, referer), (302, "/")]


def test_a_referer_in_clear_is_not_followed_from_a_secure_page():
    request = RequestFactory().get("/", secure=True, headers={"Referer": "http://testserver/x/"})
    assert safe_referer(request) == "/"
    request = RequestFactory().get("/", secure=True, headers={"Referer": "https://testserver/x/"})
    assert safe_referer(request) == "https://testserver/x/"


@pytest.mark.django_db
def test_strangers_meet_404_and_visitors_the_log_in(delta, carol, client_of):
    address = "/o/delta/documents/invoices/?q=a"
    assert client_of(carol).get(address).status_code == 404
    response = Client().get(address)
    assert (response.status_code, response["Location"]) == (
        302,
        "/accounts/login/?next=/o/delta/documents/invoices/%3Fq%3Da",
    )
    assert client_of(carol).get("/o/no-such-place/documents/invoices/").status_code == 404


@pytest.mark.django_db
def test_what_was_sent_after_the_log_out_leads_back_to_its_page(delta):
    address, form = "/o/delta/contacts/new/", "http://testserver/o/delta/contacts/new/?a=b"
    sent = Client().post(address, {"name": "x"}, headers={"Referer": form})
    assert sent["Location"] == "/accounts/login/?next=/o/delta/contacts/new/%3Fa%3Db"
    assert [str(message) for message in get_messages(sent.wsgi_request)] == [
        "You were logged out meanwhile. Log in and send it again."
    ]
    elsewhere = Client().post(address, headers={"Referer": "https://evil.example/x/"})
    assert elsewhere["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/o/delta/contacts/?q=a#b", "/o/delta/contacts/%3Fq%3Da%23b"),
        ("https://evil.example/x/", "/"),
        ("", "/"),
    ],
    ids=["ours", "foreign", "untold"],
)
@pytest.mark.django_db
def test_from_a_fragment_the_log_in_leads_back_to_its_page(delta, page, back, method):
    htmx = {"HX-Request": "true", "HX-Current-URL": page}
    for path in ("/o/delta/contacts/new/", "/account/"):
        fragment = getattr(Client(), method)(path, headers=htmx)
        assert (fragment.status_code, fragment["HX-Redirect"]) == (200, f"/accounts/login/?next={back}")


@pytest.mark.parametrize(("length", "status"), [("11", 413), ("10", 302), ("", 302), ("x", 302)])
@pytest.mark.django_db
def test_a_request_larger_than_allowed_is_not_read(settings, length, status):
    settings.MAX_REQUEST_BYTES = 10
    response = Client(raise_request_exception=False).get("/account/", CONTENT_LENGTH=length)
    assert response.status_code == status


@pytest.mark.django_db
def test_pages_are_answered_in_the_language_of_the_person(delta, client_of):
    user = UserFactory(language="es")
    MemberFactory(organisation=delta, user=user, code="owner")
    page = client_of(user).get("/o/delta/documents/invoices/", headers={"Accept-Language": "en"})
    assert '<html lang="es"' in page.content.decode()
    assert page["Content-Language"] == "es"


def test_an_unknown_address_answers_in_the_language_of_the_person(delta, client_of):
    user = UserFactory(language="es")
    MemberFactory(organisation=delta, user=user, code="owner")
    client = client_of(user)
    assert client.get("/o/delta/contacts/", headers={"Accept-Language": "en"}).status_code == 200
    page = client.get("/no-such-page/", headers={"Accept-Language": "en"})
    assert (page.status_code, '<html lang="es">' in page.content.decode()) == (404, True)


def test_the_language_is_kept_once_and_not_for_strangers(delta, client_of):
    user = UserFactory(language="es")
    MemberFactory(organisation=delta, user=user, code="owner")
    client = client_of(user)
    assert "django_language" not in client.get("/robots.txt").cookies  # no page
    kept = client.get("/o/delta/contacts/").cookies["django_language"]
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("es", True, "Lax")
    assert "django_language" not in client.get("/o/delta/contacts/").cookies
    assert "django_language" not in Client().get("/directory/").cookies


# --- The content security policy ------------------------------------------------------------------------------


def policy_of(**wishes):
    """What django-csp and our quicker one say of a page with these wishes."""
    said = []
    for kind in (CSPMiddleware, PolicyMiddleware):
        answer = HttpResponse("")
        vars(answer).update(wishes)
        said.append(kind(lambda request, answer=answer: answer)(RequestFactory().get("/o/delta/")).get(HEADER))
    return said


@pytest.mark.parametrize(
    "wishes",
    [{}, {"_csp_update": {"img-src": ["https://x.example"]}}, {"_csp_replace": {"img-src": ["*"]}}, {"_csp_exempt": 1}],
    ids=["usual", "more", "other", "none"],
)
def test_policy_is_what_the_package_would_say(wishes):
    expected, said = policy_of(**wishes)
    parts = [set(text.split("; ")) if text else None for text in (expected, said)]
    assert parts[0] == parts[1]


def test_pages_of_the_admin_say_their_own_policy():
    middleware = PolicyMiddleware(lambda request: HttpResponse(""))
    assert HEADER not in middleware(RequestFactory().get("/admin/"))
    assert "default-src 'none'" in middleware(RequestFactory().get("/o/delta/"))[HEADER]

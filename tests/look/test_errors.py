"""Error pages: they name what happened and the way back, in the reader's language, without database or session."""

import pytest
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFilesSent
from django.test import Client, RequestFactory
from django.utils import translation

from advisory_portal import errors
from advisory_portal.core.middleware import unavailable

PAGES = [
    (errors.bad_request, 400, "This request could not be understood"),
    (errors.forbidden, 403, "Your role does not open this page"),
    (errors.csrf_failure, 403, "This form was open too long"),
    (errors.not_found, 404, "This page does not exist"),
    (errors.too_large, 413, "That is too large"),
    (errors.too_many_requests, 429, "Too many tries"),
    (errors.server_error, 500, "Something went wrong on our side"),
    (unavailable, 503, "We are back in a moment"),
]


@pytest.mark.parametrize(("view", "status", "title"), PAGES)
def test_error_pages_say_what_happened_and_lead_back(view, status, title):
    # No database mark: a query would fail the test.
    response = view(RequestFactory().get("/somewhere/", SERVER_NAME="localhost"))
    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert 'href="/"' in page


@pytest.mark.parametrize("error", [RequestDataTooBig(), TooManyFilesSent()])
def test_what_is_too_large_is_answered_as_413(error):
    assert errors.bad_request(RequestFactory().get("/"), error).status_code == 413


def test_the_way_back_is_the_page_one_came_from():
    request = RequestFactory().get("/x/", SERVER_NAME="localhost", HTTP_REFERER="http://localhost/o/delta/?q=a")
    assert 'href="http://localhost/o/delta/?q=a">Go back</a>' in errors.not_found(request).content.decode()


def test_the_way_back_never_leaves_the_house():
    request = RequestFactory().get("/x/", SERVER_NAME="localhost", HTTP_REFERER="https://evil.example/")
    assert "evil.example" not in errors.not_found(request).content.decode()


def test_a_host_we_do_not_serve_gets_its_page_too():
    request = RequestFactory().get("/x/", SERVER_NAME="evil.example", HTTP_REFERER="http://evil.example/")
    response = errors.bad_request(request, DisallowedHost())
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def test_too_many_tries_says_when_to_come_back():
    assert errors.too_many_requests(RequestFactory().get("/"))["Retry-After"] == "60"


def test_errors_before_the_language_is_known_follow_the_browser():
    response = errors.server_error(RequestFactory().get("/", HTTP_ACCEPT_LANGUAGE="es,en;q=0.5"))
    assert '<html lang="es">' in response.content.decode()


def test_errors_follow_the_language_chosen_for_the_request():
    request = RequestFactory().get("/", HTTP_ACCEPT_LANGUAGE="en")
    request.LANGUAGE_CODE = "es"
    assert '<html lang="es">' in errors.server_error(request).content.decode()
    assert translation.get_language() == "en"


def test_unknown_addresses_show_our_page(db):
    response = Client(SERVER_NAME="localhost").get("/no/such/page/")
    assert response.status_code == 404
    assert "<h1>This page does not exist</h1>" in response.content.decode()

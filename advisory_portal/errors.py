"""Error pages with the way back: 400, 403, CSRF, 404, 413, 429, 500 (503: core.middleware).

None of them touches the database or the session, so that they can be shown when those are what failed.
"""

from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from advisory_portal.core.access import AccessEnded
from advisory_portal.core.http import safe_referer

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, TOO_LARGE):
        return too_large(request)
    return error_page(request, "400", 400)


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "413", 413)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "403", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, "csrf", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, AccessEnded):
        return error_page(request, "access_ended", 404, back=exception.back, has_sent=request.method == "POST")
    return error_page(request, "404", 404)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = error_page(request, "429", 429)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, "500", 500)


def error_page(request: HttpRequest, name: str, status: int, **values: Any) -> HttpResponse:
    """The page `errors/<name>.html` in the request's language, without context processors."""
    context: dict[str, Any] = {"back": way_back(request), **values}
    with translation.override(request_language(request)):
        return render(None, f"errors/{name}.html", context, status=status)


def way_back(request: HttpRequest) -> str:
    """The page of ours that the request came from, else the start page; also for a host we do not serve."""
    try:
        return safe_referer(request)
    except DisallowedHost:
        return "/"


def request_language(request: HttpRequest) -> str:
    """What was chosen for this request; where it failed before that, what the browser asks for."""
    return getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)

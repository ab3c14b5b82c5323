"""What surrounds every request: 503 without a database, the actor, refusals outside forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import resolve
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.http import is_htmx, page_in_front, refused_response

GetResponse = Callable[[HttpRequest], HttpResponse]
DATABASE_DOWN = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class AddressedPlace:
    """The organisation named in an address: area `workspace` or `portal`, and its slug."""

    area: str
    slug: str


class UnavailableMiddleware:
    """Answers 503 when the database does not, instead of an error page that looks like our fault."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return unavailable(request) if isinstance(error, DATABASE_DOWN) else None


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 page, which needs neither database nor session."""
    response = render(None, "errors/503.html", status=503)  # no request: no context processors
    response["Retry-After"] = "10"
    return response


class RequestSizeMiddleware:
    """Answers 413 to a request that says it is larger than settings.MAX_REQUEST_BYTES, before reading it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0  # what a server passes on without a length, it passes on without a body
        if size > settings.MAX_REQUEST_BYTES:
            raise RequestDataTooBig
        return self.get_response(request)


class HooksMiddleware:
    """Answers machines that call below settings.HOOKS_PATH at once: no session, language or cookie is theirs.

    What surrounds pages costs as much as taking in what they say. An address that is none gets a 404 without a page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.HOOKS_PATH):
            return self.get_response(request)
        try:
            match = request.resolver_match = resolve(request.path_info)
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404:
            return HttpResponse(status=404)
        except DATABASE_DOWN:
            return unavailable(request)
        response.headers.setdefault("Content-Length", str(len(response.content)))  # so that they keep the connection
        return response


class PolicyMiddleware(CSPMiddleware):
    """As django-csp's, which would write the policy of every page anew, though nearly all have the same one."""

    @cached_property
    def usual(self) -> str:
        """What a page says that asks for nothing of its own."""
        return build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        others = tuple(settings.CONTENT_SECURITY_POLICY["EXCLUDE_URL_PREFIXES"])
        is_usual = self.get_policy_parts(request, response) == PolicyParts() and HEADER not in response
        if not is_usual or hasattr(response, "_csp_exempt") or request.path_info.startswith(others):
            return super().process_response(request, response)
        response[HEADER] = self.usual
        return response


class ActorMiddleware:
    """Finds who acts, from the organisation in the address, once per request; nothing of it is cached between.

    A view that declares `workspace` or `portal` (see `access`) gets `request.actor`. Whoever is not known there
    meets 404, or the log-in when nobody is logged in yet; portals have their own answer, in `portal_stranger`.
    The browser keeps the language of the person in a cookie, for pages that know nobody: an unknown address, a 500.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    @cached_property
    def sources(self) -> list[Callable[[HttpRequest, AddressedPlace], Actor | None]]:
        return [import_string(name) for name in settings.ACTOR_SOURCES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # With pages only: a picture's answer may be shared by caches.
        if getattr(request, "is_spoken_to", False) and response.get("Content-Type", "").startswith("text/html"):
            keep_language(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        try:
            return self._admit(request, getattr(view, "declared_access", ""), kwargs)
        except DATABASE_DOWN:  # Django asks process_exception about views alone
            return unavailable(request)

    def _admit(self, request: HttpRequest, declared: str, kwargs: dict[str, Any]) -> HttpResponse | None:
        user = request.user
        if user.is_authenticated:
            speak(request, user.language)
        if declared == "person" and not user.is_authenticated:
            return to_log_in(request)
        if declared not in ("workspace", "portal"):
            return None
        place = AddressedPlace(declared, kwargs.pop("organisation"))
        for source in self.sources:
            actor = source(request, place)
            if actor is not None:
                request.actor = actor  # type: ignore[attr-defined]  # WorkspaceRequest
                if actor.language:
                    speak(request, actor.language)
                return None
        return self._stranger(request, place)

    def _stranger(self, request: HttpRequest, place: AddressedPlace) -> HttpResponse:
        if place.area == "portal":
            answer: HttpResponse = import_string(settings.PORTAL_STRANGER)(request, place.slug)
            return answer
        if not request.user.is_authenticated:
            return to_log_in(request)
        raise Http404


def to_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in, and from there back to the page that the person has in front of them."""
    if request.method not in ("GET", "HEAD"):
        messages.warning(request, _("You were logged out meanwhile. Log in and send it again."))
    to = redirect_to_login(page_in_front(request) or "/")
    # A fragment is no place for a log-in: htmx is told to load the page.
    return HttpResponse(headers={"HX-Redirect": to.url}) if is_htmx(request) else to


def speak(request: HttpRequest, language: str) -> None:
    """Answer this request in the language of the person it comes from."""
    translation.activate(language)
    request.LANGUAGE_CODE = language
    request.is_spoken_to = True  # type: ignore[attr-defined]  # read by ActorMiddleware


def keep_language(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser remember the language that a page was answered in, where it does not yet."""
    spoken = request.LANGUAGE_CODE
    if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != spoken:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            spoken,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class RefusedMiddleware:
    """Turns a Refused that no form caught into words for the person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused_response(request, error) if isinstance(error, Refused) else None

"""Entering a portal and leaving it: password, code by mail, the choice between contacts."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import public
from advisory_portal.core.http import form_again, is_htmx, page_in_front, submit
from advisory_portal.core.limits import client_address, limited, within
from client_portal import actions
from client_portal.forms import ChoiceForm, CodeForm, EmailForm, LogInForm
from client_portal.models import PortalPlace, contacts_at, links_with, place_at
from client_portal.sources import (
    COOKIE,
    SESSION_COOKIE,
    asked_document,
    forget_cookie,
    link_for,
    remember_session,
    remembered_links,
    session_of,
)

TRIES = "10/5m/key"  # at one address of one portal


def portal_at(slug: str) -> PortalPlace:
    """The portal of an address, or 404."""
    place = place_at(slug)
    if place is None:
        raise Http404
    return place


def device_of(request: HttpRequest) -> actions.Device:
    return actions.Device(browser=request.headers.get("User-Agent", "")[:300], address=client_address(request))


def _next(request: HttpRequest, slug: str) -> str:
    """The page of this portal that the person wanted, else its first."""
    home = reverse("client_portal:home", args=[slug])
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_safe and wanted.startswith(home) else home


def _with_next(view: str, slug: str, wanted: str) -> str:
    home = reverse("client_portal:home", args=[slug])
    tail = f"?{urlencode({'next': wanted})}" if wanted not in ("", home) else ""
    return reverse(view, args=[slug]) + tail


def entered_response(request: HttpRequest, place: PortalPlace, entered: actions.Entered, to: str) -> HttpResponse:
    """Let the browser keep its session, and lead on: to the choice between contacts, if there is one.

    `to` is a page of this portal, "" for its first.
    """
    to = to or reverse("client_portal:home", args=[place.slug])
    if entered.session.contact_id is None:
        to = _with_next("client_portal:choose", place.slug, to)
    response = redirect(to)
    remember_session(response, place.slug, entered.token, entered.session.expires_at)
    rotate_token(request)
    return response


def stranger(request: HttpRequest, slug: str) -> HttpResponse:
    """The portal's answer to who is not known: what comes next for them, the same for every page they may ask for."""
    place = portal_at(slug)
    back = page_in_front(request)
    session = session_of(request, slug)
    link = link_for(links_with(slug, remembered_links(request)), asked_document(request))
    if session is not None and contacts_at(place.id, session.email):
        to = _with_next("client_portal:choose", slug, back)
    elif link is not None and not link.asks_to_log_in:
        to = reverse("client_portal:expired_link", args=[slug, link.id])
    else:
        to = _with_next("client_portal:log_in", slug, back)
    # A fragment is no place for a log-in: htmx is told to load the page.
    return HttpResponse(headers={"HX-Redirect": to}) if is_htmx(request) else redirect(to)


@public
@limited("portal_log_in")
def log_in(request: HttpRequest, business: str) -> HttpResponse:
    place, wanted = portal_at(business), _next(request, business)
    form = LogInForm(request.POST or None)
    context = {"business": place, "form": form, "next": wanted}
    if request.method != "POST":
        return redirect(wanted) if _is_in(request, business) else render(request, "client_portal/log_in.html", context)
    entered: list[actions.Entered] = []

    def enter() -> None:
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        _count_try(request, place, email)
        entered.append(
            actions.log_in(
                place=place, email=email, password=password, device=device_of(request), now=timezone.now()
            )
        )  # fmt: skip

    if not submit(form, enter):
        return form_again(request, "client_portal/log_in.html", context)
    return entered_response(request, place, entered[0], wanted)


def _is_in(request: HttpRequest, slug: str) -> bool:
    session = session_of(request, slug)
    return session is not None and session.present_contact is not None


def _count_try(request: HttpRequest, place: PortalPlace, email: str) -> None:
    """Raises TooManyTries for an address that was tried too often, known or not."""
    if not within(request, "portal_log_in_at", key=f"{place.slug}:{email.strip().lower()}", rate=TRIES):
        raise actions.TooManyTries(_("There were too many tries for this address. Wait five minutes, then try again."))


@public
@require_POST
def log_out(request: HttpRequest, business: str) -> HttpResponse:
    session = session_of(request, business)
    if session is not None:
        actions.log_out(session_id=session.id, now=timezone.now())
    messages.success(request, _("You are logged out."))
    response = redirect("client_portal:log_in", business)
    forget_cookie(response, business, SESSION_COOKIE)
    forget_cookie(response, business, COOKIE)
    return response


@public
@limited("portal_code")
def send_code(request: HttpRequest, business: str) -> HttpResponse:
    place, wanted = portal_at(business), _next(request, business)
    if not place.allows_codes:
        raise Http404
    form = EmailForm(request.POST or None)
    context = {"business": place, "form": form, "next": wanted}
    if request.method != "POST":
        return render(request, "client_portal/send_code.html", context)
    if not submit(form, lambda: _send_code(request, place, form.cleaned_data["email"])):
        return form_again(request, "client_portal/send_code.html", context)
    context["form"] = CodeForm(initial={"email": form.cleaned_data["email"]})
    return render(request, "client_portal/enter_code.html", context)


def _send_code(request: HttpRequest, place: PortalPlace, email: str) -> None:
    _count_try(request, place, email)
    actions.send_code(place=place, email=email, now=timezone.now())


@public
@limited("portal_enter_code")
@require_POST
def enter_code(request: HttpRequest, business: str) -> HttpResponse:
    place, wanted = portal_at(business), _next(request, business)
    form = CodeForm(request.POST)
    context = {"business": place, "form": form, "next": wanted}
    entered: list[actions.Entered | None] = []

    def enter() -> None:
        email, code = form.cleaned_data["email"], form.cleaned_data["code"]
        _count_try(request, place, email)
        device = device_of(request)
        entered.append(actions.enter_with_code(place=place, email=email, code=code, device=device, now=timezone.now()))

    if submit(form, enter) and entered[0] is not None:
        return entered_response(request, place, entered[0], wanted)
    if form.is_valid():
        form.add_error("code", _("This is not the code, or it is too old. Look again, or have another one sent."))
    return form_again(request, "client_portal/enter_code.html", context)


@public
def choose(request: HttpRequest, business: str) -> HttpResponse:
    """Who one is here, of the contacts that one's address stands for."""
    place, wanted = portal_at(business), _next(request, business)
    session = session_of(request, business)
    if session is None:
        return redirect(_with_next("client_portal:log_in", business, wanted))
    if request.method == "POST":
        form = ChoiceForm(request.POST)
        if not form.is_valid():
            raise Http404
        contact_id = form.cleaned_data["contact"]
        actions.choose_contact(place=place, session_id=session.id, contact_id=contact_id, now=timezone.now())
        return redirect(wanted)
    contacts = contacts_at(place.id, session.email)
    context = {"business": place, "contacts": contacts, "session": session, "next": wanted}
    return render(request, "client_portal/choose.html", context)

"""Passwords of contacts: asked for by mail, set, changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from advisory_portal.core.access import WorkspaceRequest, portal, public
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.limits import limited
from client_portal import actions
from client_portal.forms import EmailForm, NewPasswordForm
from client_portal.models import PortalSecret, place_at
from client_portal.sources import forget_cookie, keep_cookie, remember_session
from client_portal.views.entering import device_of, entered_response, portal_at
from documents.models import Contact

LINK_COOKIE = "portal_new"
KEPT_SECONDS = 60 * 60 * 24


@public
@limited("portal_password")
def forgot_password(request: HttpRequest, business: str) -> HttpResponse:
    place = portal_at(business)
    form = EmailForm(request.POST or None)
    context = {"business": place, "form": form}
    if request.method != "POST":
        return render(request, "client_portal/forgot_password.html", context)
    if not form.is_valid():
        return form_again(request, "client_portal/forgot_password.html", context)
    actions.send_password_link(place=place, email=form.cleaned_data["email"], now=timezone.now())
    return render(request, "client_portal/password_mail_sent.html", context)


@public
@limited("portal_password_link")
def open_password_link(request: HttpRequest, business: str, token: str) -> HttpResponse:
    # As with documents' links: robots change nothing, and the token leaves the address bar.
    portal_at(business)
    response = redirect("client_portal:new_password", business)
    keep_cookie(response, business, LINK_COOKIE, token, seconds=KEPT_SECONDS)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


@public
@limited("portal_new_password")
def new_password(request: HttpRequest, business: str) -> HttpResponse:
    place, token = portal_at(business), request.COOKIES.get(LINK_COOKIE, "")
    is_open = PortalSecret.objects.with_token(place.id, token, timezone.now()).exists()
    form = NewPasswordForm(request.POST or None)
    context = {"business": place, "form": form, "is_open": is_open}
    if request.method != "POST" or not is_open:
        return render(request, "client_portal/new_password.html", context)
    entered: list[actions.Entered] = []

    def save() -> None:
        password, device = form.cleaned_data["password"], device_of(request)
        entered.append(
            actions.set_password(place=place, token=token, password=password, device=device, now=timezone.now())
        )

    if not submit(form, save):
        return form_again(request, "client_portal/new_password.html", context)
    messages.success(request, _("Your password is set. You are logged in."))
    response = entered_response(request, place, entered[0], "")
    forget_cookie(response, business, LINK_COOKIE)
    return response


@portal
def change_password(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    if actor.login_id is None:
        return _confirm_first(request)
    form = NewPasswordForm(request.POST or None)
    context = {"business": actor.place, "form": form}
    if request.method != "POST":
        return render(request, "client_portal/change_password.html", context)
    entered: list[actions.Entered] = []

    def save() -> None:
        password, device = form.cleaned_data["password"], device_of(request)
        entered.append(actions.change_password(actor=actor, password=password, device=device, now=timezone.now()))

    if not submit(form, save):
        return form_again(request, "client_portal/change_password.html", context)
    messages.success(request, _("Your password is changed. Every other session has ended."))
    response = redirect("client_portal:change_password", actor.place.slug)
    remember_session(response, actor.place.slug, entered[0].token, entered[0].session.expires_at)
    rotate_token(request)
    return response


def _confirm_first(request: WorkspaceRequest) -> HttpResponse:
    """Who came by a link confirms by mail, to the address on record, before a password is set."""
    place = place_at(request.actor.place.slug)
    email = Contact.objects.visible_to(request.actor).values_list("email", flat=True).first() or ""
    context = {"business": place, "email": email, "sent": request.method == "POST"}
    if request.method == "POST" and place is not None and email:
        actions.send_password_link(place=place, email=email, now=timezone.now())
    return render(request, "client_portal/create_password.html", context)

"""Answers of the doors: a fragment or a redirect, a form again with what was typed, a message for a refusal."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from advisory_portal.core.errors import Refused
from advisory_portal.gateways.addresses import company_of_page


class ForeignPage(Refused):
    """An address that is no page of a payment company known here."""


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def respond(request: HttpRequest, fragment: str, context: Mapping[str, Any], *, to: Any) -> HttpResponse:
    """The fragment for htmx, a redirect to `to` for a plain POST."""
    if is_htmx(request):
        return render(request, fragment, dict(context))
    return redirect(to)


def submit(form: BaseForm, action: Callable[[], object]) -> bool:
    """Run the action if the form is valid. True if it was done; else the form holds the errors to show.

    A Refused lands on its field, or on the form where the form has no such field.
    """
    if not form.is_valid():
        return False
    try:
        action()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return False
    return True


def form_again(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page with its form and errors, what was typed kept: 422, which htmx swaps too."""
    return render(request, template, dict(context), status=422)


def refused_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    """What a refusal outside a form becomes: a toast for htmx, else a message on the page one came from."""
    if is_htmx(request):
        response = render(request, "components/_toast_response.html", {"text": refused.message}, status=422)
        response["HX-Reswap"] = "none"  # the page stays as it is; only the toast joins it
        return response
    messages.error(request, refused.message)
    return HttpResponseRedirect(safe_referer(request))  # an address as it is, never the name of a view


def safe_referer(request: HttpRequest) -> str:
    """The page the request came from if it is one of ours, else the start page."""
    return _ours(request, request.headers.get("Referer", "")) or "/"


def page_in_front(request: HttpRequest) -> str:
    """The path of the page that somebody looks at: the one asked for, or the one that fetches a fragment or sends.

    "" if that is not told, or is none of ours.
    """
    if is_htmx(request):
        told = request.headers.get("HX-Current-URL", "")
    elif request.method in ("GET", "HEAD"):
        return request.get_full_path()
    else:
        told = request.headers.get("Referer", "")
    return urlsplit(_ours(request, told))._replace(scheme="", netloc="").geturl()


def _ours(request: HttpRequest, address: str) -> str:
    """The address if it is one of this site, else ""."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else ""


def leave_for(request: HttpRequest, url: str) -> HttpResponse:
    """The answer to a POST that leads on to a payment company's own page: ours, with a Refresh header and a link.

    A redirect would be held against `form-action` and blocked. Raises ForeignPage for an address that is not in the
    gateways' table (`advisory_portal.gateways.addresses`). Source: payments design, 0.6.
    """
    company = company_of_page(url, sandbox_url=settings.PAYMENTS_SANDBOX_URL)
    if company is None:
        raise ForeignPage(_("The payment page could not be opened. Please try again later."))
    there = iri_to_uri(url)
    response = render(request, "core/leaving.html", {"company": company, "url_there": there})
    response["Refresh"] = f"0; url={there}"
    response["Cache-Control"] = "no-store"  # going back must not lead on again from a copy
    return response

"""Mailed links: opened, expired, asked for again."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from advisory_portal.core.access import public
from advisory_portal.core.ids import hash_token
from advisory_portal.core.limits import limited
from advisory_portal.core.middleware import speak
from client_portal import actions
from client_portal.forms import chosen_ids
from client_portal.models import PortalLink
from client_portal.sources import remember_link, remembered_links
from client_portal.views.entering import portal_at


@public
@limited("portal_link")
def open_link(request: HttpRequest, business: str, token: str) -> HttpResponse:
    # No row is written, so robots that follow the link change nothing; the token leaves the address bar.
    links = PortalLink.objects.filter(organisation__slug=business, token_hash=hash_token(token))
    link = links.first()
    if link is None:
        raise Http404
    paid = chosen_ids(request.GET, "payment")
    response = redirect("client_portal:receipt", business, paid[0]) if paid else _to_what_it_opens(link, business)
    remember_link(request, response, business, link.pk)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _to_what_it_opens(link: PortalLink, business: str) -> HttpResponse:
    if link.document_id is None:
        return redirect("client_portal:home", business)
    return redirect("client_portal:document", business, link.document_id)


def _remembered_link(request: HttpRequest, business: str, link_id: UUID) -> PortalLink:
    """A link that this browser holds, in the language of its contact."""
    if link_id not in remembered_links(request):
        raise Http404
    links = PortalLink.objects.in_portal(business, [link_id]).select_related("organisation", "contact", "document")
    link = get_object_or_404(links)
    speak(request, link.contact.language)
    return link


@public
def expired_link(request: HttpRequest, business: str, link_id: UUID) -> HttpResponse:
    link = _remembered_link(request, business, link_id)
    if link.is_usable(timezone.now()):
        return _to_what_it_opens(link, business)
    return render(request, "client_portal/expired_link.html", {"link": link, "business": portal_at(business)})


@public
@require_POST
def send_fresh_link(request: HttpRequest, business: str, link_id: UUID) -> HttpResponse:
    link = _remembered_link(request, business, link_id)
    actions.send_fresh_link(link=link, now=timezone.now())
    return render(request, "client_portal/fresh_link_sent.html", {"link": link, "business": portal_at(business)})

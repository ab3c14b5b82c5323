"""Who a contact is: the mailed links that a browser has opened (settings.ACTOR_SOURCES).

The browser remembers the ids of the links, signed, in a cookie of that portal alone. Opening a link writes no row,
so a mail scanner that follows it changes nothing; whether a link still opens anything is asked on every request.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind, Place
from client_portal.models import PortalLink
from client_portal.rules import MOST_REMEMBERED_LINKS

COOKIE = "portal_links"
SALT = "client_portal.links"
KEPT_SECONDS = 60 * 60 * 24 * 90


def remembered_links(request: HttpRequest) -> list[UUID]:
    """Ids of the links opened in this browser, the latest last; empty if the cookie is missing or forged."""
    try:
        return [UUID(text) for text in signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def remember_link(request: HttpRequest, response: HttpResponse, slug: str, link_id: UUID) -> None:
    """Add a link to the cookie of the portal at this address."""
    kept = [one for one in remembered_links(request) if one != link_id][-(MOST_REMEMBERED_LINKS - 1) :]
    response.set_cookie(
        COOKIE,
        signing.dumps([str(one) for one in (*kept, link_id)], salt=SALT),
        max_age=KEPT_SECONDS,
        path=reverse("client_portal:home", args=[slug]),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def link_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The contact whose mailed link this browser opened, narrowed to the documents of its links, or None.

    One browser may hold links of several contacts of the business; the one of the document asked for counts,
    else the newest.
    """
    if place.area != "portal":
        return None
    links = list(
        PortalLink.objects.in_portal(place.slug, remembered_links(request)).usable(timezone.now()).with_rights()
    )
    if not links:
        return None
    match = request.resolver_match
    asked = match.kwargs.get("document_id") if match else None
    if asked is not None and all(one.document_id != asked for one in links):
        return None  # perhaps an expired link of this browser: the stranger's answer
    link = next((one for one in links if one.document_id == asked), links[0])
    contact = link.holder
    return Actor(
        kind=ActorKind.CONTACT,
        name=contact.name[:200],
        organisation=link.organisation.workspace,
        contact_id=contact.pk,
        document_ids=frozenset(one.document_id for one in links if one.document_id and one.holder.pk == contact.pk),
        language=contact.language,
    )

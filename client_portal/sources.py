"""Answers "who is this, here?" for contacts; the middleware asks (settings.ACTOR_SOURCES)."""

from django.http import HttpRequest
from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind, Place
from client_portal.cookies import remembered_links
from client_portal.models import PortalLink


def link_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The contact whose mailed link this browser opened, narrowed to the documents of its links, or None.

    One browser may hold links of several contacts of the business; the one of the document asked for counts,
    else the one opened last.
    """
    if place.area != "portal":
        return None
    links = list(
        PortalLink.objects.in_portal(place.slug, remembered_links(request))
        .usable(timezone.now())
        .select_related("organisation", "contact")
    )
    if not links:
        return None
    match = request.resolver_match
    asked = match.kwargs.get("document_id") if match else None
    link = next((one for one in links if one.document_id == asked), links[0])
    return Actor(
        kind=ActorKind.CONTACT,
        name=link.contact.name[:200],
        organisation=link.organisation.workspace,
        contact_id=link.contact_id,
        document_ids=frozenset(one.document_id for one in links if one.contact_id == link.contact_id),
        language=link.contact.language,
    )

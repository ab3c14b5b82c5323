"""Who a contact is: what a browser's cookies of one portal say (settings.ACTOR_SOURCES), asked anew each request.

Three cookies, each of that portal's path alone: `portal_session` of who logged in (a token, kept hashed in
`PortalSession`), `portal_links` with the ids of the mailed links that were opened here, signed, and `portal_view` of
staff who look at the portal as one of its contacts. Opening a link writes no row, so a mail scanner that follows it
changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from advisory_portal.core.access import Actor, ActorKind, Level, Place, Section
from advisory_portal.core.ids import hash_token
from client_portal.models import LinkRights, PortalLink, SessionRights, links_with, place_at, session_with
from client_portal.rules import MOST_REMEMBERED_LINKS, VIEW_LIFE
from documents.models import Contact

COOKIE = "portal_links"
SALT = "client_portal.links"
KEPT_SECONDS = 60 * 60 * 24 * 90
SESSION_COOKIE = "portal_session"
VIEW_COOKIE = "portal_view"
VIEW_SALT = "client_portal.view"


def keep_cookie(response: HttpResponse, slug: str, name: str, value: str, *, seconds: int) -> None:
    """Give the browser a cookie of the portal at this address alone."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=reverse("client_portal:home", args=[slug]),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_cookie(response: HttpResponse, slug: str, name: str) -> None:
    response.delete_cookie(name, path=reverse("client_portal:home", args=[slug]), samesite="Lax")


# --- Mailed links ------------------------------------------------------------------------------------------


def remembered_links(request: HttpRequest) -> list[UUID]:
    """Ids of the links opened in this browser, the latest last; empty if the cookie is missing or forged."""
    try:
        return [UUID(text) for text in signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def remember_link(request: HttpRequest, response: HttpResponse, slug: str, link_id: UUID) -> None:
    """Add a link to the cookie of the portal at this address."""
    kept = [one for one in remembered_links(request) if one != link_id][-(MOST_REMEMBERED_LINKS - 1) :]
    value = signing.dumps([str(one) for one in (*kept, link_id)], salt=SALT)
    keep_cookie(response, slug, COOKIE, value, seconds=KEPT_SECONDS)


def asked_document(request: HttpRequest) -> UUID | None:
    """The document that the address names."""
    match = request.resolver_match
    return match.kwargs.get("document_id") if match else None


def link_for(links: Iterable[LinkRights], asked: UUID | None) -> LinkRights | None:
    """Of links, the newest first, the one that counts: the asked document's own, else one to a whole portal.

    Where no document is asked for, any does.
    """
    listed = list(links)
    own = (one for one in listed if one.document_id == asked and asked is not None)
    whole = (one for one in listed if one.purpose == PortalLink.Purpose.PORTAL)
    return next(own, None) or next(whole, None) or (listed[0] if listed and asked is None else None)


def link_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The contact whose mailed link this browser opened, or None.

    A link to the portal opens all that is the contact's; links to documents open those documents alone.
    """
    ids = remembered_links(request) if place.area == "portal" else []
    if not ids:
        return None
    now = timezone.now()
    links = [one for one in links_with(place.slug, ids) if one.is_usable(now) and not one.asks_to_log_in]
    link = link_for(links, asked_document(request))
    if link is None:
        return None  # perhaps an expired link of this browser: the stranger's answer
    own = [one for one in links if one.holder.id == link.holder.id]
    is_whole = any(one.purpose == PortalLink.Purpose.PORTAL for one in own)
    return Actor(
        kind=ActorKind.CONTACT,
        name=link.holder.name[:200],
        organisation=link.place,
        contact_id=link.holder.id,
        document_ids=None if is_whole else frozenset(one.document_id for one in own if one.document_id),
        identified_by="link",
        email=link.email,
        language=link.holder.language,
        role=link.holder.kind,
    )


# --- Log-ins -----------------------------------------------------------------------------------------------


def session_of(request: HttpRequest, slug: str) -> SessionRights | None:
    """The session that this browser holds in the portal at this address, while it lasts."""
    token = request.COOKIES.get(SESSION_COOKIE, "")
    session = session_with(slug, hash_token(token)) if token else None
    return session if session is not None and session.is_usable(timezone.now()) else None


def remember_session(response: HttpResponse, slug: str, token: str, expires_at: datetime) -> None:
    seconds = max(0, int((expires_at - timezone.now()).total_seconds()))
    keep_cookie(response, slug, SESSION_COOKIE, token, seconds=seconds)


def login_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The contact that whoever logged in to this portal has chosen, or None."""
    session = session_of(request, place.slug) if place.area == "portal" else None
    contact = session.present_contact if session is not None else None
    if session is None or contact is None:
        return None
    return Actor(
        kind=ActorKind.CONTACT,
        name=contact.name[:200],
        organisation=session.place,
        contact_id=contact.id,
        login_id=session.login_id,
        identified_by=session.identified_by,
        email=session.email,
        language=contact.language,
        role=contact.kind,
    )


# --- Staff who look ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Workplace:
    """The business as staff's actor sources are asked for it."""

    slug: str
    area: str = "workspace"


def remember_view(response: HttpResponse, slug: str, *, user_id: UUID, contact_id: UUID) -> None:
    """Let this person's browser show the portal as the contact sees it."""
    value = signing.dumps([str(user_id), str(contact_id)], salt=VIEW_SALT)
    keep_cookie(response, slug, VIEW_COOKIE, value, seconds=int(VIEW_LIFE.total_seconds()))


def _viewed(request: HttpRequest) -> tuple[UUID, UUID] | None:
    """Person and contact of the cookie; None if it is missing, forged or old."""
    text = request.COOKIES.get(VIEW_COOKIE, "")
    if not text:
        return None
    try:
        user_id, contact_id = signing.loads(text, salt=VIEW_SALT, max_age=VIEW_LIFE)
        return UUID(user_id), UUID(contact_id)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def viewed_contact(request: HttpRequest) -> UUID | None:
    """The contact as which this browser shows the portal to staff."""
    viewed = _viewed(request)
    return viewed[1] if viewed is not None else None


def may_view_as(staff: Actor, kind: str) -> bool:
    """Whether staff may see all that a contact of this kind sees: contacts, and the documents on its side."""
    sections = [Section.CONTACTS]
    sections += [Section.SALES] if kind != Contact.Kind.SUPPLIER else []
    sections += [Section.PURCHASES] if kind != Contact.Kind.CUSTOMER else []
    return all(staff.may(section, Level.VIEW) for section in sections)


def viewing_actor(request: HttpRequest, place: Place) -> Actor | None:
    """Somebody of the business who looks at the portal as a contact: it sees what the contact sees, to read only."""
    viewed = _viewed(request) if place.area == "portal" and request.user.is_authenticated else None
    if viewed is None or request.user.pk != viewed[0]:
        return None
    ours = {f"{__name__}.{one.__name__}" for one in (viewing_actor, login_actor, link_actor)}
    others = [import_string(name) for name in settings.ACTOR_SOURCES if name not in ours]
    staff = next((one for source in others if (one := source(request, Workplace(place.slug)))), None)
    portal = place_at(place.slug)
    if staff is None or portal is None:
        return None
    contact = Contact.objects.visible_to(staff).present().filter(pk=viewed[1]).first()
    if contact is None or not may_view_as(staff, contact.kind):
        return None
    return Actor(
        kind=ActorKind.CONTACT,
        name=contact.name[:200],
        organisation=portal,
        contact_id=contact.pk,
        identified_by="staff",
        language=staff.language,
        read_only=True,
        role=contact.kind,
    )

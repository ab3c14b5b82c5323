"""What a browser remembers of a portal: the ids of the links it opened, signed, in a cookie of that portal alone.

Opening a link writes no row, so a mail scanner that follows it changes nothing; whether a link still opens
anything is asked of the database on every request.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from client_portal.rules import MOST_REMEMBERED_LINKS

NAME = "portal_links"
SALT = "client_portal.links"
KEPT_SECONDS = 60 * 60 * 24 * 90


def remembered_links(request: HttpRequest) -> list[UUID]:
    """Ids of the links opened in this browser, the latest last; empty if the cookie is missing or forged."""
    try:
        return [UUID(text) for text in signing.loads(request.COOKIES.get(NAME, ""), salt=SALT)]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def remember_link(request: HttpRequest, response: HttpResponse, slug: str, link_id: UUID) -> None:
    """Add a link to the cookie of the portal at this address."""
    kept = [one for one in remembered_links(request) if one != link_id][-(MOST_REMEMBERED_LINKS - 1) :]
    response.set_cookie(
        NAME,
        signing.dumps([str(one) for one in (*kept, link_id)], salt=SALT),
        max_age=KEPT_SECONDS,
        path=reverse("client_portal:home", args=[slug]),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )

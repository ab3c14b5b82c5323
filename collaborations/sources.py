"""Who a firm's person is in a client's account (settings.ACTOR_SOURCES)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from advisory_portal.core.access import AccessEnded, Actor, ActorKind, Place, utc_now
from advisory_portal.core.http import is_htmx
from collaborations.models import Grant
from collaborations.models.access import WayIn, way_in
from collaborations.rules.grants import granted_levels
from partners.models.membership import rights_in

SESSION_KEY = "grants"  # {address of the client: {"grant": its id, "back": path that leaving leads to}}
MOST_ENTERED = 20


def grant_actor(request: HttpRequest, place: Place) -> Actor | None:
    """The person of a firm who has entered this client's account and not left it, or None.

    Costs nothing where nobody has entered. A grant that opens nothing any more is forgotten, and the person told: who
    has a place of their own in the account goes on there. Raises AccessEnded for everybody else.
    """
    if place.area != "workspace" or not request.user.is_authenticated:
        return None
    entry = _entered(request).get(place.slug)
    if entry is None:
        return None
    grant_id = UUID(entry["grant"])
    found = way_in(grant_id=grant_id, user_id=request.user.pk, slug=place.slug, now=utc_now())
    if found is None:
        _ended(request, place.slug, request.user.pk)
        return None
    return actor_of_way_in(found, grant_id=grant_id, person=request.user.actor, language=request.user.language)


def _ended(request: HttpRequest, slug: str, person: UUID) -> None:
    """A part of a page that asks by itself is refused without a word: the next page says it."""
    if is_htmx(request):
        return
    back = leave(request, slug)
    if rights_in(slug, person) is None:
        raise AccessEnded(back)
    messages.warning(request, _("Your access to this account has ended."))


def actor_by(grant: Grant, person: Actor, now: datetime) -> Actor | None:
    """A firm's person as they stand in the client's account by a grant, without entering: for work in the background.

    None where the grant opens nothing to them now. The grant comes with its `business`.
    """
    if person.user_id is None:
        return None
    found = way_in(grant_id=grant.pk, user_id=person.user_id, slug=grant.business.slug, now=now)
    return actor_of_way_in(found, grant_id=grant.pk, person=person, language=person.language) if found else None


def enter(request: HttpRequest, grant: Grant, *, back: str) -> None:
    """Let this browser into the account of the grant's client, until it leaves or logs out."""
    others = [(slug, entry) for slug, entry in _entered(request).items() if slug != grant.business.slug]
    entry = {"grant": str(grant.pk), "back": back}
    request.session[SESSION_KEY] = dict([*others[-(MOST_ENTERED - 1) :], (grant.business.slug, entry)])


def leave(request: HttpRequest, slug: str) -> str:
    """Take this browser out of a client's account; gives the path it leads back to, "" if it was not in."""
    entries = _entered(request)
    left = entries.pop(slug, None)
    if left is None:
        return ""
    request.session[SESSION_KEY] = entries
    return left["back"]


def _entered(request: HttpRequest) -> dict[str, dict[str, str]]:
    """The accounts that this browser is in, the latest last."""
    return dict(request.session.get(SESSION_KEY, {}))


def actor_of_way_in(found: WayIn, *, grant_id: UUID, person: Actor, language: str) -> Actor:
    """A firm's person in a client's account, with what the grant opens."""
    return Actor(
        kind=ActorKind.GRANT,
        name=person.name,
        organisation=found.place,
        user_id=person.user_id,
        role=found.role,
        role_name=found.role_name,
        levels=granted_levels(found.levels, found.plan_sections),
        language=language,
        firm_id=found.firm_id,
        firm_name=found.firm_name,
        grant_id=grant_id,
    )

"""A portal as a value, and who holds a cookie of it: the statements that every page of a portal asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from advisory_portal.core.access import Workspace
from advisory_portal.core.statements import Prepared
from client_portal.models.links import PortalLink
from client_portal.models.logins import PortalLogin, PortalSession
from client_portal.rules import MOST_REMEMBERED_LINKS
from documents.models import Contact
from partners.models import Organisation


@dataclass(frozen=True, slots=True)
class PortalPlace(Workspace):
    """A business with what the frame of its portal shows. `title` is "" where the business's name stands for it."""

    title: str = ""
    welcome: str = ""
    logo_id: UUID | None = None
    link_hours: int = 48
    allows_codes: bool = True


class ContactRights(NamedTuple):
    """What an actor is made of, of a contact."""

    id: UUID
    name: str
    email: str
    language: str
    kind: str
    merged_into_id: UUID | None


class SessionRights(NamedTuple):
    """A session of a portal as it is now. `contact` is None until the person has chosen one."""

    id: UUID
    login_id: UUID
    email: str
    identified_by: str
    expires_at: datetime
    ended_at: datetime | None
    contact: ContactRights | None
    place: PortalPlace

    def is_usable(self, now: datetime) -> bool:
        return self.ended_at is None and self.expires_at > now

    @property
    def present_contact(self) -> ContactRights | None:
        """The chosen contact, if it is still there under the log-in's address."""
        contact = self.contact
        is_there = contact is not None and contact.merged_into_id is None and contact.email == self.email
        return contact if is_there else None


class LinkRights(NamedTuple):
    """A mailed link as it is now. `holder` is its contact, or the one that this was merged into."""

    id: UUID
    purpose: str
    document_id: UUID | None
    email: str
    expires_at: datetime
    revoked_at: datetime | None
    has_password: bool
    holder: ContactRights
    place: PortalPlace

    @property
    def asks_to_log_in(self) -> bool:
        """With a password set, a link that went to the contact's own address leads to the log-in."""
        return self.has_password and self.email == self.holder.email

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


_WORKSPACE = tuple(field.name for field in fields(Workspace))
_MORE = (
    *("portal_settings__title", "portal_settings__welcome", "document_settings__logo_id", "link_hours"),
    "portal_settings__allows_codes",
)


def _place_columns(prefix: str = "") -> list[str]:
    return [f"{prefix}{name}" for name in (*_WORKSPACE, *_MORE)]


def _contact_columns(prefix: str) -> list[str]:
    return [f"{prefix}{name}" for name in ContactRights._fields]


def _place(values: Sequence[Any]) -> PortalPlace:
    workspace, (title, welcome, logo_id, link_hours, allows_codes) = values[: -len(_MORE)], values[-len(_MORE) :]
    return PortalPlace(
        **dict(zip(_WORKSPACE, workspace, strict=True)),
        title=title or "",
        welcome=welcome or "",
        logo_id=logo_id,
        link_hours=link_hours,
        allows_codes=allows_codes is not False,
    )


_PLACE = Prepared(
    lambda slug: Organisation.objects.filter(slug=slug, kind=Organisation.Kind.BUSINESS).values_list(*_place_columns()),
    slug=str,
)


def place_at(slug: str) -> PortalPlace | None:
    """The business whose portal has this address; firms have none."""
    row = _PLACE.first(slug=slug)
    return _place(row) if row is not None else None


_OWN = ("id", "login_id", "login__email", "identified_by", "expires_at", "ended_at")
_SESSION = Prepared(
    lambda slug, token_hash: PortalSession.objects.filter(token_hash=token_hash, organisation__slug=slug).values_list(
        *_OWN, *_contact_columns("contact__"), *_place_columns("organisation__")
    ),
    slug=str,
    token_hash=str,
)


def session_with(slug: str, token_hash: str) -> SessionRights | None:
    """The session of a token in the portal at this address, ended ones too."""
    row = _SESSION.first(slug=slug, token_hash=token_hash)
    if row is None:
        return None
    size = len(ContactRights._fields)
    own, rest = row[: len(_OWN)], row[len(_OWN) :]
    chosen = ContactRights(*rest[:size]) if rest[0] is not None else None
    return SessionRights._make((*own, chosen, _place(rest[size:])))


_LINK = ("id", "purpose", "document_id", "email", "expires_at", "revoked_at", "has_password")


def links_with(slug: str, ids: Iterable[UUID]) -> list[LinkRights]:
    """The links of these ids in the portal at this address, newest first."""
    named = {f"link_{place}": one for place, one in enumerate(ids)}
    return [_link(row) for row in _links(len(named)).rows(slug=slug, **named)] if named else []


@lru_cache(maxsize=MOST_REMEMBERED_LINKS)
def _links(number: int) -> Prepared:
    """The statement about so many links: browsers hold few, and one that names each is planned once."""

    def build(slug: str, **ids: UUID) -> QuerySet[Any, Any]:
        passwords = PortalLogin.objects.filter(organisation_id=OuterRef("organisation_id"), email=OuterRef("email"))
        found = PortalLink.objects.in_portal(slug, ids.values())
        people = (*_contact_columns("contact__"), *_contact_columns("contact__merged_into__"))
        columns = (*_LINK, *people, *_place_columns("organisation__"))
        return found.annotate(has_password=Exists(passwords.exclude(password=""))).values_list(*columns)

    return Prepared(build, slug=str, **{f"link_{place}": UUID for place in range(number)})


def _link(row: Sequence[Any]) -> LinkRights:
    size = len(ContactRights._fields)
    own, rest = row[: len(_LINK)], row[len(_LINK) :]
    contact, into = ContactRights(*rest[:size]), ContactRights(*rest[size : 2 * size])
    holder = contact if contact.merged_into_id is None else into
    return LinkRights._make((*own, holder, _place(rest[2 * size :])))


def contacts_at(organisation_id: UUID, email: str) -> list[Contact]:
    """The present contacts that an address stands for, by name."""
    found = Contact.objects.filter(organisation_id=organisation_id, email=email.strip().lower()).present()
    return list(found.order_by("sort_key", "id")) if email.strip() else []

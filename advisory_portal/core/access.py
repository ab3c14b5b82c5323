"""Who acts, where, and how far: the actor, sections and levels, and what a view declares.

A view without a declaration stops `manage.py check` (see `checks.py`). A stranger to an organisation gets 404
from the middleware, a member without the level gets 403 here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

P = ParamSpec("P")


class Section(models.TextChoices):
    """The parts of an organisation's account that a role opens."""

    SALES = "sales", _("Sales")
    PURCHASES = "purchases", _("Purchases")
    CONTACTS = "contacts", _("Contacts")
    BANKING = "banking", _("Banking")
    INBOX = "inbox", _("Inbox")
    JOURNAL = "journal", _("Journal")
    TAXES = "taxes", _("Taxes")
    CATALOG = "catalog", _("Catalog")
    TEAM = "team", _("Team")
    SETTINGS = "settings", _("Settings")


class Level(models.IntegerChoices):
    """How far a role opens a section. Each level includes those before it."""

    NONE = 0, _("None")
    VIEW = 1, _("View")
    MANAGE = 2, _("Manage")


class ActorKind(models.TextChoices):
    MEMBER = "member", _("Member")
    GRANT = "grant", _("Firm")
    CONTACT = "contact", _("Contact")
    OPERATOR = "operator", _("Operator")
    SYSTEM = "system", _("System")
    KEY = "key", _("API key")


class Forbidden(PermissionDenied):
    """The actor belongs here but not this far. Answered with 403."""


class AccessEnded(Http404):
    """The person was let in here, and is so no more. Answered with 404 and with these words; `back` leads on."""

    def __init__(self, back: str) -> None:
        super().__init__("access ended")
        self.back = back


@dataclass(frozen=True, slots=True)
class Workspace:
    """The organisation in the address, as values, so that a page needs no row of it."""

    id: UUID
    slug: str
    name: str
    kind: str
    currency: str
    time_zone: str
    language: str
    country: str
    accent: str = "#1f5f8b"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, on which organisation's rows, with which level per section.

    `organisation` is None for a person outside every workspace. `document_ids` narrows a contact who came by
    a document link to exactly those documents; None means every document of the contact. `language` is the one
    the actor is answered in. Of a contact, `role` is its kind, `login_id` the portal log-in that it entered with,
    `email` the address that it is known by, and `identified_by` how: `link`, `password` or `code`. `role_name` is what
    a business calls the role that a firm's person acts by (`role` holds its code, or its id). A `read_only` actor
    looks and changes nothing: staff who view the portal as a contact.
    """

    kind: ActorKind
    name: str
    organisation: Workspace | None = None
    user_id: UUID | None = None
    contact_id: UUID | None = None
    document_ids: frozenset[UUID] | None = None
    login_id: UUID | None = None
    identified_by: str = ""
    email: str = ""
    read_only: bool = False
    language: str = ""
    role: str = ""
    role_name: str = ""
    levels: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    firm_id: UUID | None = None
    firm_name: str = ""
    grant_id: UUID | None = None

    @property
    def organisation_id(self) -> UUID | None:
        return self.organisation.id if self.organisation else None

    @property
    def place(self) -> Workspace:
        """The organisation, for code that only runs inside one. Raises LookupError outside."""
        if self.organisation is None:
            raise LookupError("This actor stands in no organisation.")
        return self.organisation

    def level(self, section: Section) -> int:
        """0, 1 or 2, as in `Level`. The system may everything."""
        return Level.MANAGE if self.kind == ActorKind.SYSTEM else self.levels.get(section, Level.NONE)

    def may(self, section: Section, level: Level) -> bool:
        return self.level(section) >= level

    def require(self, section: Section, level: Level) -> None:
        """Raises Forbidden if the actor's level in the section is lower."""
        if not self.may(section, level):
            raise Forbidden

    def today(self) -> date:
        """The calendar day in the organisation's time zone (UTC outside every organisation)."""
        return datetime.now(ZoneInfo(self.organisation.time_zone if self.organisation else "UTC")).date()


def system_actor(organisation: Workspace | None = None) -> Actor:
    """The actor of sweeps and commands."""
    return Actor(kind=ActorKind.SYSTEM, name="Advisory Portal", organisation=organisation)


class Place(Protocol):
    """What the address says of the organisation: `workspace` for /o/<slug>/, `portal` for /portal/<slug>/."""

    area: str
    slug: str


class WorkspaceRequest(HttpRequest):
    """A request inside an organisation, after the middleware has found its actor."""

    actor: Actor


View = Callable[Concatenate[Any, P], HttpResponseBase]


def _declare(view: View[P], declaration: str, check: Callable[[Any], None] | None, kind: str = "") -> View[P]:
    @wraps(view)
    def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if check is not None:
            check(request)
        return view(request, *args, **kwargs)

    guarded.declared_access = declaration  # type: ignore[attr-defined]  # read by ActorMiddleware and checks
    if kind:
        guarded.declared_kind = kind  # type: ignore[attr-defined]  # read by the house's tests
    return guarded


def access(section: Section | None = None, level: Level = Level.VIEW) -> Callable[[View[P]], View[P]]:
    """Admit actors of the workspace with at least this level; without a section, every one of them.

    Views whose section follows the row call `actor.require(section_of(row), level)` themselves.
    """

    def check(request: WorkspaceRequest) -> None:
        if section is not None:
            request.actor.require(section, level)

    return lambda view: _declare(view, "workspace", check)


def firm(*roles: str) -> Callable[[View[P]], View[P]]:
    """Admit the staff of a firm, in their own firm's workspace, with one of these roles (none named: any)."""

    def check(request: WorkspaceRequest) -> None:
        actor = request.actor
        if actor.kind != ActorKind.MEMBER or actor.place.kind != "firm" or (roles and actor.role not in roles):
            raise Forbidden

    return lambda view: _declare(view, "workspace", check, "firm")


def business(section: Section, level: Level = Level.VIEW) -> Callable[[View[P]], View[P]]:
    """Admit a business's own people with at least this level; nobody of a firm that works in its account."""

    def check(request: WorkspaceRequest) -> None:
        actor = request.actor
        if actor.kind != ActorKind.MEMBER or actor.place.kind != "business":
            raise Forbidden
        actor.require(section, level)

    return lambda view: _declare(view, "workspace", check, "business")


def portal(view: View[P]) -> View[P]:
    """Admit a contact whom an ACTOR_SOURCE knows in this business’s portal; to look only, one that is read-only."""

    def check(request: WorkspaceRequest) -> None:
        if request.actor.read_only and request.method not in ("GET", "HEAD"):
            raise Forbidden

    return _declare(view, "portal", check)


def person(view: View[P]) -> View[P]:
    """Admit anyone who is logged in, outside every organisation."""
    return _declare(view, "person", None)


def public(view: View[P]) -> View[P]:
    """Admit everybody."""
    return _declare(view, "public", None)


def utc_now() -> datetime:
    """The one clock of doors and sweeps; actions take its value as `now`."""
    return timezone.now()

"""What every page's frame shows: where one is, where one may go, what is new. Composition only.

Everything is computed when a layout asks for it: a page without a side bar pays nothing for it. One query at most, the
number of unread notifications. What is the same for many pages is rendered once and kept.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from markupsafe import Markup

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.formatting import active_language, locale_of
from advisory_portal.core.models import Notification
from advisory_portal.core.statements import Prepared
from advisory_portal.navigation import (
    ACCOUNT_TABS,
    DOCUMENT_SETTINGS_TABS,
    ENTRIES,
    SEARCHABLE,
    SETTINGS_TABS,
    Group,
    Link,
    Text,
    address_in,
    groups_of,
    marked,
)
from advisory_portal.viewers import of_a_business
from partners.models.membership import PREDEFINED_NAMES

UNREAD_CAP = 99


@lru_cache(maxsize=4096)
def sections_html(slug: str, names: tuple[str, ...], here: str, language: str) -> str:
    """The side bar's sections in the active language: the same for everybody with the same rights, so kept."""
    return Markup(render_to_string("layouts/_sections.html", {"groups": groups_of(slug, names, here)}))


@lru_cache(maxsize=256)
def keys_html(names: tuple[str, ...], language: str) -> str:
    """The list of keys in the active language, kept as the side bar is."""
    entries = (ENTRIES[name] for name in names)
    keys = [(one.key, one.label) for one in entries if one.key]
    return Markup(render_to_string("layouts/_keys.html", {"keys": keys, "in_portal": "my_portal" in names}))


def _unread(person: UUID) -> QuerySet[Notification, Any]:
    """A row for each unread notification, as far as they are counted."""
    rows = Notification.objects.filter(user_id=person).unread().order_by()
    return rows.annotate(one=Value(1)).values_list("one")[: UNREAD_CAP + 1]


_UNREAD = Prepared(_unread, person=UUID)


@lru_cache(maxsize=1024)
def switcher_html(slug: str, name: str, language: str) -> str:
    """The name of the organisation, which opens the others, in the active language; kept."""
    return Markup(render_to_string("layouts/_switcher.html", {"slug": slug, "name": name}))


@lru_cache(maxsize=1024)
def tool_bar_html(search: Link | None, questions: str, advisory: str, unread: str, language: str) -> str:
    """The bar across the top in the active language, kept."""
    values = {"search": search, "questions": questions, "advisory": advisory, "unread": unread}
    return Markup(render_to_string("layouts/_tool_bar.html", values))


@lru_cache(maxsize=1024)
def person_menu_html(name: str, email: str, language: str) -> str:
    """What stands under a person's name in the active language, kept. Its button belongs to the form `log-out`."""
    return Markup(render_to_string("layouts/_person_menu.html", {"name": name or email, "email": email}))


class Frame:
    """The frame of one request's page. Nothing is computed before a layout asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._actor: Actor | None = getattr(request, "actor", None)

    @cached_property
    def _shown(self) -> tuple[str, ...]:
        """Names of the entries that the actor is shown, in order."""
        actor = self._actor
        if actor is None or actor.organisation is None:
            return ()
        return tuple(entry.name for entry in ENTRIES.values() if entry.shown(actor))

    def _here(self, active: str) -> str:
        """The name of the entry to mark: `active` if it is shown, else the one that the address lies deepest in."""
        if active in self._shown or self._actor is None:
            return active
        slug, path = self._actor.place.slug, self._request.path
        hrefs = {name: ENTRIES[name].href(slug) for name in self._shown}
        inside = [name for name, href in hrefs.items() if path.startswith(href)]
        return max(inside, key=lambda name: len(hrefs[name]), default="")

    def groups(self, active: str = "") -> list[Group]:
        """The side bar. `active` names an entry; without it the address decides what is marked."""
        if self._actor is None or not self._shown:
            return []
        return groups_of(self._actor.place.slug, self._shown, self._here(active))

    def sections(self, active: str = "") -> str:
        """The side bar as HTML, `active` as in `groups`."""
        if self._actor is None or not self._shown:
            return ""
        return sections_html(self._actor.place.slug, self._shown, self._here(active), active_language())

    @property
    def switcher(self) -> str:
        """The head of the side bar, as HTML."""
        place = self._actor.place if self._actor is not None else None
        return switcher_html(place.slug, place.name, active_language()) if place else ""

    @property
    def tool_bar(self) -> str:
        """The bar across the top, as HTML."""
        return tool_bar_html(self.search, self.questions, self.advisory, self.unread, active_language())

    @property
    def person_menu(self) -> str:
        """What stands under the name of whoever is logged in, as HTML."""
        user = self._request.user
        return person_menu_html(user.name, user.email, active_language()) if user.is_authenticated else ""

    @property
    def keys(self) -> list[tuple[str, Text]]:
        """Keys that follow `g`, with where they lead."""
        entries = (ENTRIES[name] for name in self._shown)
        return [(entry.key, entry.label) for entry in entries if entry.key]

    @property
    def keys_help(self) -> str:
        """The dialog that `?` opens, as HTML."""
        return keys_html(self._shown, active_language())

    @property
    def advisory(self) -> str:
        """Where *My advisory* leads, for a business's own people; "" for everybody else."""
        actor = self._actor
        if actor is None or actor.kind != ActorKind.MEMBER or actor.organisation is None or not of_a_business(actor):
            return ""
        may_read = actor.may(Section.TEAM, Level.VIEW)
        return address_in(actor.place.slug, "collaborations:my_advisory") if may_read else ""

    @property
    def questions(self) -> str:
        """Where the tool bar asks how many questions wait, for the organisation's own people; "" for others."""
        actor = self._actor
        if actor is None or actor.kind != ActorKind.MEMBER or actor.organisation is None:
            return ""
        return address_in(actor.place.slug, "collaborations:questions_waiting")

    @property
    def search(self) -> Link | None:
        """Where the tool bar searches: the first list that the actor may view."""
        if self._actor is None or self._actor.organisation is None:
            return None
        for section, view, kind, label in SEARCHABLE:
            if self._actor.may(section, Level.VIEW):
                return Link(label, address_in(self._actor.place.slug, view, kind), False)
        return None

    @property
    def settings_tabs(self) -> list[Link]:
        if self._actor is None or self._actor.organisation is None:
            return []
        actor, slug = self._actor, {"organisation": self._actor.place.slug}
        links = [Link(label, reverse(view, kwargs=slug), False) for label, view, shown in SETTINGS_TABS if shown(actor)]
        return marked(links, self._request.path)

    @property
    def document_settings_tabs(self) -> list[Link]:
        if self._actor is None or self._actor.organisation is None:
            return []
        slug = self._actor.place.slug
        links = [Link(label, address_in(slug, view), False) for label, view in DOCUMENT_SETTINGS_TABS]
        return marked(links, self._request.path)

    @property
    def acting_role(self) -> str:
        """By which role a firm's person stands in a client's account, in their language."""
        actor = self._actor
        return str(PREDEFINED_NAMES.get(actor.role, actor.role_name)) if actor is not None else ""

    @property
    def account_tabs(self) -> list[Link]:
        return marked([Link(label, reverse(view), False) for label, view in ACCOUNT_TABS], self._request.path)

    @cached_property
    def unread(self) -> str:
        """How many notifications are unread, at most "99+"; "" for none."""
        if not self._request.user.is_authenticated:
            return ""
        number = len(_UNREAD.rows(person=self._request.user.pk))
        return f"{UNREAD_CAP}+" if number > UNREAD_CAP else str(number or "")

    @property
    def language_names(self) -> dict[str, str]:
        """Each language under its own name."""
        return {code: (locale_of(code).language_name or code).capitalize() for code, _name in settings.LANGUAGES}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the actor, if the address has an organisation, the lazy frame, the language, and the token
    of its forms.

    Django would make another token for each form of a page, which costs more than the form.
    """
    token = SimpleLazyObject(lambda: get_token(request))
    return {
        "actor": getattr(request, "actor", None),
        "frame": Frame(request),
        "spoken_language": active_language(),
        "csrf_token": token,
        "csrf_input": SimpleLazyObject(
            lambda: format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
        ),
    }

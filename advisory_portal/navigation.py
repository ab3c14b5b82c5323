"""What every page's frame shows: where one is, where one may go, what is new. Composition only.

Everything is computed when a layout asks for it: a page without a side bar pays nothing for it. One query at most, the
number of unread notifications. What is the same for everybody with the same sections is rendered once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.formatting import active_language, locale_of
from advisory_portal.core.models import Notification
from advisory_portal.core.statements import Prepared
from advisory_portal.viewers import (
    books_of,
    may_import,
    may_read_log,
    may_see_document_settings,
    may_see_documents,
    may_see_questions,
    of_a_business,
    of_a_firm,
    own_business,
    viewer_of,
    without_documents,
)
from partners.models.membership import PREDEFINED_NAMES

Text = str | Promise
UNREAD_CAP = 99
NEWS = "news-messages"  # the badge that collaborations:questions_waiting fills


@lru_cache(maxsize=8192)
def address_in(slug: str, view: str, kind: str = "") -> str:
    """The address of a view in a workspace; remembered, because reversing is dear and every page has fifteen."""
    return reverse(view, kwargs={"organisation": slug, **({"kind": kind} if kind else {})})


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the side bar. `key` follows `g` on the keyboard; `shown` decides for an actor; `news` is the id of the
    badge that what waits is written into.
    """

    name: str
    label: Text
    icon: str
    view: str
    shown: Callable[[Actor], bool]
    kind: str = ""
    key: str = ""
    news: str = ""

    def href(self, slug: str) -> str:
        return address_in(slug, self.view, self.kind)


@dataclass(frozen=True, slots=True)
class Link:
    label: Text
    href: str
    current: bool
    icon: str = ""
    key: str = ""
    news: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: Text
    links: list[Link]


def documents_entry(kind: str, label: Text, icon: str, section: Section, key: str = "") -> Entry:
    return Entry(kind, label, icon, "documents:list", viewer_of(section), kind=kind, key=key)


NAVIGATION: list[tuple[Text, list[Entry]]] = [
    (
        "",
        [
            Entry("overview", _("Overview"), "house", "documents:overview", may_see_documents, key="h"),
            Entry("start", _("Overview"), "house", "partners:workspace", without_documents, key="h"),
            Entry("contacts", _("Contacts"), "users", "documents:contacts", viewer_of(Section.CONTACTS), key="c"),
            Entry(
                "comments",
                _("Comments"),
                "message-square",
                "client_portal:staff_unread_comments",
                may_see_documents,
            ),
        ],
    ),
    (
        _("Sales"),
        [
            documents_entry("invoices", _("Invoices"), "file-text", Section.SALES, "i"),
            documents_entry("credit-notes", _("Credit notes"), "file-minus", Section.SALES),
            documents_entry("quotes", _("Quotes"), "file-pen", Section.SALES, "q"),
            documents_entry("proformas", _("Pro formas"), "file-clock", Section.SALES),
            documents_entry("sales-orders", _("Sales orders"), "shopping-cart", Section.SALES, "o"),
            documents_entry("delivery-notes", _("Delivery notes"), "truck", Section.SALES),
            documents_entry("recurring-invoices", _("Recurring invoices"), "repeat", Section.SALES),
            Entry(
                "online_payments",
                _("Payments"),
                "credit-card",
                "client_portal:staff_payments",
                books_of(Section.SALES),
            ),
        ],
    ),
    (
        _("Catalog"),
        [
            Entry("orders", _("Orders"), "package-check", "catalog:staff_orders", books_of(Section.CATALOG)),
            Entry("products", _("Products"), "package", "catalog:products", books_of(Section.CATALOG), key="d"),
        ],
    ),
    (
        _("Purchases"),
        [
            documents_entry("bills", _("Bills"), "receipt", Section.PURCHASES, "b"),
            documents_entry("supplier-credit-notes", _("Supplier credit notes"), "file-input", Section.PURCHASES),
            documents_entry("purchase-orders", _("Purchase orders"), "clipboard-list", Section.PURCHASES, "p"),
        ],
    ),
    (
        _("Accounting"),
        [
            Entry("inbox", _("Inbox"), "inbox", "bookkeeping:inbox", books_of(Section.INBOX), key="n"),
            Entry("banking", _("Banking"), "wallet", "bookkeeping:banking", books_of(Section.BANKING), key="k"),
            Entry("journal", _("Journal"), "notebook-text", "bookkeeping:journal", books_of(Section.JOURNAL), key="j"),
            Entry("taxes", _("Taxes"), "landmark", "bookkeeping:taxes", books_of(Section.TAXES), key="t"),
        ],
    ),
    (
        _("Advisory services"),
        [
            Entry("my_portal", _("My portal"), "id-card", "collaborations:my_portal", of_a_firm, key="y"),
            Entry("requests", _("Requests"), "messages-square", "collaborations:requests", of_a_firm, "", "r", NEWS),
            Entry(
                "questions",
                _("Questions"),
                "message-circle-question-mark",
                "collaborations:questions",
                may_see_questions,
            ),
            Entry("programme", _("Advisory services"), "handshake", "partners:advisory_services", of_a_firm),
            Entry("marketplace", _("Marketplace"), "store", "partners:marketplace", own_business),
        ],
    ),
    (
        _("Organisation"),
        [
            Entry("import", _("Import"), "upload", "documents:import", may_import, key="m"),
            Entry("jobs", _("Jobs"), "list-checks", "documents:jobs", may_see_documents),
            Entry("activity", _("Activity"), "activity", "partners:activity", may_read_log, key="a"),
            Entry(
                "settings",
                _("Settings"),
                "settings",
                "partners:organisation_settings",
                viewer_of(Section.SETTINGS),
                key="s",
            ),
        ],
    ),
]

ENTRIES = {entry.name: entry for _label, entries in NAVIGATION for entry in entries}


def _link(entry: Entry, slug: str, is_here: bool) -> Link:
    return Link(entry.label, entry.href(slug), is_here, entry.icon, entry.key, entry.news)


def groups_of(slug: str, names: Collection[str], here: str) -> list[Group]:
    """The entries of these names in a workspace, under the headings they stand under; headings of nothing left out."""
    groups = [(label, [entry for entry in entries if entry.name in names]) for label, entries in NAVIGATION]
    return [
        Group(label, [_link(one, slug, one.name == here) for one in entries]) for label, entries in groups if entries
    ]


@lru_cache(maxsize=4096)
def sections_html(slug: str, names: tuple[str, ...], here: str, language: str) -> str:
    """The side bar's sections in the active language: the same for everybody with the same rights, so kept."""
    return Markup(render_to_string("layouts/_sections.html", {"groups": groups_of(slug, names, here)}))


@lru_cache(maxsize=256)
def keys_html(names: tuple[str, ...], language: str) -> str:
    """The list of keys in the active language, kept as the side bar is."""
    entries = (ENTRIES[name] for name in names)
    return Markup(
        render_to_string("layouts/_keys.html", {"keys": [(one.key, one.label) for one in entries if one.key]})
    )


SETTINGS_TABS: list[tuple[Text, str, Callable[[Actor], bool]]] = [
    (_("Organisation"), "partners:organisation_settings", viewer_of(Section.SETTINGS)),
    (_("Documents"), "documents:settings_general", may_see_document_settings),
    (_("Client portal"), "client_portal:settings_portal", may_see_document_settings),
    (_("Catalog"), "catalog:settings_catalog", may_see_document_settings),
    (_("Payments"), "client_portal:gateway_accounts", may_see_document_settings),
    (_("Users"), "partners:users", viewer_of(Section.TEAM)),
    (_("Roles"), "partners:roles", viewer_of(Section.TEAM)),
    (_("Plan"), "partners:plan", viewer_of(Section.SETTINGS)),
]

# The tabs within Settings > Documents; "Look" and "Reminders" stand here with their views.
DOCUMENT_SETTINGS_TABS: list[tuple[Text, str]] = [
    (_("General"), "documents:settings_general"),
    (_("Look"), "documents:settings_look"),
    (_("Numbers"), "documents:settings_numbers"),
    (_("Taxes"), "documents:settings_taxes"),
    (_("Reminders"), "documents:settings_reminders"),
]

ACCOUNT_TABS: list[tuple[Text, str]] = [
    (_("Profile"), "partners:profile"),
    (_("E-mail"), "account_email"),
    (_("Password"), "account_change_password"),
    (_("Two-factor log-in"), "mfa_index"),
    (_("Sessions"), "usersessions_list"),
    (_("Notifications"), "partners:preferences"),
]


SEARCHABLE: list[tuple[Section, str, str, Text]] = [
    (Section.SALES, "documents:list", "invoices", _("Search invoices")),
    (Section.PURCHASES, "documents:list", "bills", _("Search bills")),
    (Section.CONTACTS, "documents:contacts", "", _("Search contacts")),
]


def marked(links: Iterable[Link], path: str) -> list[Link]:
    """The links with the one marked that the path lies deepest in."""
    listed = list(links)
    inside = [link.href for link in listed if path.startswith(link.href)]
    deepest = max(inside, key=len, default="")
    return [Link(link.label, link.href, link.href == deepest, link.icon, link.key) for link in listed]


def _unread(person: UUID) -> QuerySet[Notification, Any]:
    """A row for each unread notification, as far as they are counted."""
    rows = Notification.objects.filter(user_id=person).unread().order_by()
    return rows.annotate(one=Value(1)).values_list("one")[: UNREAD_CAP + 1]


_UNREAD = Prepared(_unread, person=UUID)


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
                parts = {"organisation": self._actor.place.slug} | ({"kind": kind} if kind else {})
                return Link(label, reverse(view, kwargs=parts), False)
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
    """Context of every page: the actor, if the address has an organisation, the lazy frame, and a form's hidden token.

    Django would make another token for each form of a page, which costs more than the form.
    """
    token = SimpleLazyObject(lambda: csrf_input(request))
    return {"actor": getattr(request, "actor", None), "frame": Frame(request), "csrf_input": token}

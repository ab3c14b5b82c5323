"""Where one may go: the side bar, the tabs of settings, what is searched. Composition only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Section
from advisory_portal.viewers import (
    books_of,
    may_import,
    may_read_log,
    may_see_document_settings,
    may_see_documents,
    may_see_questions,
    of_a_firm,
    own_business,
    viewer_of,
    without_documents,
)

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

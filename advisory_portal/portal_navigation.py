"""What the frame of a business's portal shows: its tabs, and what stands under the contact's name. Composition only."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import active_language
from advisory_portal.navigation import Entry, Link, Text
from catalog.models.shopping import Shopper, shopper_of

CATALOG = "catalog"  # the tab of contacts for whom the catalog is on


def has_password(actor: Actor) -> bool:
    """Of a portal's contact: whether it entered with a password."""
    return actor.identified_by == "password"


def lacks_password(actor: Actor) -> bool:
    """Who came by a link or a code creates one."""
    return not has_password(actor)


def sees_whole_portal(actor: Actor) -> bool:
    """Not who came by a document's link."""
    return actor.document_ids is None


def is_customer(actor: Actor) -> bool:
    """Of a contact: whether the business sells to it."""
    return actor.role != "supplier"


def is_supplier(actor: Actor) -> bool:
    """Of a contact: whether the business buys from it."""
    return actor.role in ("supplier", "both")


def portal_list(kind: str, label: Text, icon: str, of_a: Callable[[Actor], bool] = is_customer) -> Entry:
    """A list of documents in the portal, by the name of its kind in addresses."""
    return Entry(kind, label, icon, "client_portal:list", of_a, kind=kind)


# The tabs of a business's portal, for contacts who entered it; who came by a document's link sees that document alone.
# Of a contact, `Actor.role` is its kind: customer, supplier or both.
PORTAL_TABS: list[Entry] = [
    Entry("home", _("Home"), "house", "client_portal:home", lambda actor: True),
    Entry(CATALOG, _("Catalog"), "store", "catalog:shop", lambda actor: True),
    portal_list("invoices", _("Invoices"), "receipt"),
    portal_list("quotes", _("Quotes"), "file-pen"),
    portal_list("sales-orders", _("Sales orders"), "shopping-cart"),
    portal_list("delivery-notes", _("Delivery notes"), "truck"),
    portal_list("proformas", _("Pro formas"), "file-text"),
    portal_list("credit-notes", _("Credit notes"), "receipt-text"),
    portal_list("purchase-orders", _("Purchase orders"), "clipboard-list", of_a=is_supplier),
    Entry("payments", _("Payments"), "banknote", "client_portal:payments", is_customer),
    Entry("statement", _("Statement"), "scroll-text", "client_portal:statement", is_customer),
]

# What a portal offers under the contact's name; who came by a document's link chooses a language and a password alone.
PORTAL_PROFILE: list[Entry] = [
    Entry("password", _("Change password"), "key-round", "client_portal:change_password", has_password),
    Entry("create_password", _("Create password"), "key-round", "client_portal:change_password", lacks_password),
    Entry("language", _("Language"), "languages", "client_portal:language", lambda actor: True),
    Entry("mails", _("E-mail preferences"), "mail", "client_portal:mails", sees_whole_portal),
    Entry("sessions", _("Sessions"), "monitor-smartphone", "client_portal:sessions", sees_whole_portal),
    Entry("data", _("Your data"), "download", "client_portal:data", sees_whole_portal),
]


ENTRIES = {one.name: one for one in (*PORTAL_TABS, *PORTAL_PROFILE)}


@lru_cache(maxsize=4096)
def links_html(template: str, slug: str, names: tuple[str, ...], here: str, language: str) -> str:
    """Links of a portal in the active language, the entry `here` marked: the same for all contacts, so kept."""
    links = [Link(one.label, one.href(slug), one.name == here, one.icon) for one in map(ENTRIES.__getitem__, names)]
    return Markup(render_to_string(template, {"links": links}))


@lru_cache(maxsize=4096)
def cart_html(slug: str, in_cart: int, language: str) -> str:
    """The way to a cart with so many lines, in the active language, kept as the tabs are."""
    values = {"slug": slug, "in_cart": in_cart, "oob": False}
    return Markup(render_to_string("catalog/_cart_link.html", values))


class PortalFrame:
    """The frame of one request's page in a portal. Nothing is computed before a layout asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._actor: Actor | None = getattr(request, "actor", None)
        self._path = request.path

    @cached_property
    def _shopper(self) -> Shopper | None:
        """The contact as a shopper, as the page has found it or asked now; None where the catalog is off for it."""
        known: Shopper | None = getattr(self._request, "shopper", None)
        return known or (shopper_of(self._actor) if self._actor is not None else None)

    def _is_shown(self, entry: Entry, actor: Actor) -> bool:
        return entry.shown(actor) and (entry.name != CATALOG or self._shopper is not None)

    @property
    def cart(self) -> str:
        """The way to the cart with the number of its lines, as HTML; "" where the catalog is off."""
        if self._shopper is None:
            return ""
        return cart_html(self._shopper.place.slug, self._shopper.in_cart, active_language())

    def _html(self, template: str, entries: list[Entry], least: int = 1) -> str:
        actor = self._actor
        if actor is None or actor.organisation is None:
            return ""
        slug, names = actor.place.slug, tuple(one.name for one in entries if self._is_shown(one, actor))
        here = self._here(slug, names)
        return links_html(template, slug, names, here, active_language()) if len(names) >= least else ""

    def _here(self, slug: str, names: tuple[str, ...]) -> str:
        """The entry that the path lies deepest in; all lie below the first, which is marked on its own page alone."""
        hrefs = {name: ENTRIES[name].href(slug) for name in names}
        inside = [name for name, href in hrefs.items() if self._path.startswith(href)]
        deepest = max(inside, key=lambda name: len(hrefs[name]), default="")
        return "" if deepest == "home" and self._path != hrefs["home"] else deepest

    @property
    def tabs(self) -> str:
        """The bar of tabs as HTML; "" for who came by a document's link."""
        is_whole = self._actor is not None and sees_whole_portal(self._actor)
        return self._html("layouts/_portal_tabs.html", PORTAL_TABS, least=2) if is_whole else ""

    @property
    def profile_menu(self) -> str:
        """What the menu under the contact's name leads to, as HTML."""
        return self._html("layouts/_portal_menu_links.html", PORTAL_PROFILE)

    @property
    def profile_tabs(self) -> str:
        """The side tabs of the profile's pages, as HTML."""
        return self._html("layouts/_portal_profile_tabs.html", PORTAL_PROFILE)


def portal_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page, for the layouts of portals."""
    return {"portal_frame": PortalFrame(request)}

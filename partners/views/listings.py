"""Where firms are found: the marketplace inside, the directory for everybody."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET
from markupsafe import Markup

from advisory_portal.core.access import ActorKind, Level, Section, WorkspaceRequest, access, public
from advisory_portal.core.formatting import active_language
from advisory_portal.core.kept import kept
from partners import rows
from partners.forms import search_of
from partners.models import Listing, Organisation
from partners.models.listing import Listings
from partners.models.listing_search import corrected, facet_counts
from partners.rules.listings import KINDS, LISTINGS, PAGE_SIZE, Search


@access()
@require_GET
def marketplace(request: WorkspaceRequest) -> HttpResponse:
    here = reverse("partners:marketplace", args=[request.actor.place.slug])
    found = found_firms(request, Listing.objects.visible_to(request.actor), here, is_public=False)
    return render(request, "partners/marketplace.html", {"found": found})


@access()
@require_GET
def marketplace_firm(request: WorkspaceRequest, firm: str) -> HttpResponse:
    here = reverse("partners:marketplace", args=[request.actor.place.slug])
    found = get_object_or_404(Listing.objects.visible_to(request.actor).with_pictures(), slug=firm)
    actor = request.actor
    context = {
        "firm": rows.listed_firm(found, f"{here}{firm}/"),
        "listing": here,
        "slug": firm,
        "may_write": actor.kind == ActorKind.MEMBER
        and actor.place.kind == Organisation.Kind.BUSINESS
        and actor.may(Section.TEAM, Level.MANAGE),
    }
    return render(request, "partners/marketplace_firm.html", context)


@public
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    spoken = speak_asked(request)
    here = reverse("partners:directory")
    found = found_firms(request, Listing.objects.in_directory(), here, is_public=True, fixed=spoken)
    search = found.search
    robots = "noindex, follow" if search.words or search.number_chosen > 1 else "index, follow"
    context = {"found": found, "robots": robots, **in_languages(here, rows.address(search, {}), spoken)}
    return render(request, "partners/directory.html", context)


@public
@require_GET
def directory_firm(request: HttpRequest, firm: str) -> HttpResponse:
    spoken = speak_asked(request)
    found = get_object_or_404(Listing.objects.in_directory().with_pictures(), slug=firm)
    here = reverse("partners:directory_firm", args=[firm])
    shown = rows.listed_firm(found, here)
    picture = shown.cover or shown.logo
    image = settings.SITE_URL + picture if picture else ""
    context = {
        "firm": shown,
        "image": image,
        "structured": rows.structured(shown, found, address=settings.SITE_URL + here, image=image),
        "listing": reverse("partners:directory") + ("?" + urlencode(spoken) if spoken else ""),
    }
    return render(request, "partners/directory_firm.html", context | in_languages(here, "?", spoken))


@dataclass(frozen=True, slots=True)
class FoundFirms:
    """The answer to a search: `search` as it was understood, the page's headline, and search, facets, cards as HTML."""

    search: Search
    headline: tuple[str, str]
    html: str


def found_firms(
    request: HttpRequest, listings: Listings, here: str, *, is_public: bool, fixed: dict[str, str] | None = None
) -> FoundFirms:
    """What both result pages show. Three queries, two without words, none for what was asked a moment ago.

    The same for everybody who asks `here` in this language.
    """
    asked, fixed = search_of(request.GET), fixed or {}
    key = (here, active_language(), asked, fixed)
    return kept(LISTINGS, key, lambda: _find(asked, listings, here, fixed, is_public=is_public))


def _find(asked: Search, listings: Listings, here: str, fixed: dict[str, str], *, is_public: bool) -> FoundFirms:
    words = corrected(asked.words, is_public=is_public) if asked.words else ()
    search = replace(asked, words=words)
    counts = facet_counts(search, is_public=is_public)
    search = replace(search, page=min(search.page, rows.last_page(counts.total)))
    first = (search.page - 1) * PAGE_SIZE
    found = listings.matching(search, is_public=is_public).best_first(search).for_cards()
    choices = rows.choices(search, counts, fixed)
    picked = rows.chosen(choices)
    context = {
        "search": search,
        "cards": rows.cards(found[first : first + PAGE_SIZE], here, fixed, search) if counts.total else [],
        "total": counts.total,
        "corrected": " ".join(words) if words != asked.words else "",
        "facets": rows.facets(choices),
        "switches": rows.switches(choices),
        "chosen": picked,
        "pages": rows.pages(search, counts.total, fixed),
        "cleared": here + rows.address(Search(), fixed).rstrip("?"),
        "kept": [(kind, value) for kind in KINDS for value in search.chosen(kind)] + list(fixed.items()),
        "formula": rows.FORMULA,
    }
    headline = rows.headline(search, picked)
    html = render_to_string("partners/_found_firms.html", context)
    return FoundFirms(search, (str(headline[0]), str(headline[1])), Markup(html))


def speak_asked(request: HttpRequest) -> dict[str, str]:
    """Answer in the language that the address names with `lang`; that parameter, for the links of the page.

    Each language has an address of its own this way, for people to share and for search engines to keep, while the
    bare address answers in the reader's language. No second table of addresses, and filters work in all of them.
    """
    language = request.GET.get("lang", "")
    if language not in dict(settings.LANGUAGES):
        return {}
    translation.activate(language)
    return {"lang": language}


def in_languages(here: str, query: str, spoken: dict[str, str]) -> dict[str, Any]:
    """The page's own address, and its twins in every language: absolute for search engines, relative for people."""
    bare = here + query.rstrip("?")
    joint = "&" if "?" in bare else "?"
    twins = {code: f"{bare}{joint}lang={code}" for code, _name in settings.LANGUAGES}
    return {
        "canonical": settings.SITE_URL + (twins[spoken["lang"]] if spoken else bare),
        "alternates": [(code, settings.SITE_URL + path) for code, path in twins.items()]
        + [("x-default", settings.SITE_URL + bare)],
        "language_links": list(twins.items()),
    }

"""What marketplace and directory show around their results: facets with counts, what was chosen, pages, the formula."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, urlencode
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from advisory_portal.core.formatting import format_number
from partners.models import Listing, Organisation
from partners.models.listing_search import FacetCounts
from partners.rows.firms import ShownFirm, shown_firm
from partners.rules.listings import KINDS, PAGE_SIZE, POINTS, Search
from partners.words import SERVICES, SPECIALITIES, language_name

Text = str | Promise
SHOWN_AT_ONCE = 6
PAGES_AROUND = 2
ON_CARDS = "display_name tagline profession services city region works_remotely accepting_clients".split()

FACETS: dict[str, Text] = {
    "service": _("Services"),
    "region": _("Province or region"),
    "city": _("City"),
    "language": _("Languages"),
    "speciality": _("Specialities"),
    "profession": _("Profession"),
}
SWITCHES: dict[str, Text] = {"accepting": _("Accepting new clients"), "remote": _("Works remotely")}
REASONS: dict[str, Text] = {
    "accepting_clients": _("Accepts new clients"),
    "long_description": _("Describes itself in 400 characters or more"),
    "specialities": _("Names its specialities"),
    "industries": _("Names the industries it knows"),
    "regions_served": _("Names the regions it serves"),
    "price_from": _("Gives a price"),
    "staff": _("Shows who works there"),
    "accreditations": _("Lists accreditations"),
    "phone": _("Shows a phone number"),
    "website": _("Shows a website"),
    "cover": _("Has a cover picture"),
}
FORMULA = [(REASONS[reason], worth) for reason, worth in POINTS.items()]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet; `href` chooses it, or gives it up where it is chosen. The number as people read it."""

    label: Text
    number: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Values that are shown at once, and those behind "Show all"."""

    label: Text
    choices: list[Choice]
    more: list[Choice]


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """A page to go to; None as number stands for those left out between two."""

    number: int | None
    href: str = ""
    is_current: bool = False


PICTURES = {"logo": "logo", "logo-small": "logo_small", "cover": "cover", "cover-small": "cover_small"}


def picture_mark(file_id: UUID) -> str:
    """What makes a picture's address change with the picture."""
    return file_id.hex[-12:]


def cards(
    found: Iterable[tuple[str, Mapping[str, Any], UUID | None]],
    listing: str,
    fixed: Mapping[str, str],
    search: Search,
) -> list[tuple[ShownFirm, str]]:
    """Each firm with the address of its page below `listing`, the address of marketplace or directory.

    The services that were searched for come first.
    """
    query = "?" + urlencode(fixed) if fixed else ""
    made = []
    for slug, content, logo_id in found:
        here = f"{listing}{slug}/"
        parts = {key: content[key] for key in ON_CARDS}
        parts["services"] = sorted(parts["services"], key=lambda code: code not in search.service)
        firm = shown_firm(parts, logo_small=_picture(here, "logo-small", logo_id))
        made.append((firm, here + query))
    return made


def listed_firm(listing: Listing, here: str) -> ShownFirm:
    """The published profile with the addresses of its pictures below `here`, its page."""
    version = listing.version
    pictures = {name: _picture(here, name, getattr(version, f"{column}_id")) for name, column in PICTURES.items()}
    return shown_firm(
        version.content, logo=pictures["logo"], logo_small=pictures["logo-small"], cover=pictures["cover"]
    )


def _picture(here: str, name: str, file_id: UUID | None) -> str:
    return f"{here}{name}.webp?v={picture_mark(file_id)}" if file_id else ""


def address(search: Search, fixed: Mapping[str, str]) -> str:
    """The query string that says this search, always in the same order; "?" alone for everything."""
    pairs = [("q", search.typed)] if search.typed else []
    pairs += [(kind, value) for kind in KINDS for value in search.chosen(kind)]
    pairs += [("page", str(search.page))] if search.page > 1 else []
    return "?" + urlencode(pairs + list(fixed.items()))


def choices(search: Search, counts: FacetCounts, fixed: Mapping[str, str]) -> dict[str, list[Choice]]:
    """Every facet's values with their numbers: the chosen ones first, then the commonest."""
    return {kind: _choices(kind, search, counts, fixed) for kind in (*FACETS, *SWITCHES)}


def facets(found: Mapping[str, list[Choice]]) -> list[Facet]:
    """The facets that have something to choose, the chosen values always in sight."""
    made = []
    for kind, label in FACETS.items():
        values = found[kind]
        at_once = max(SHOWN_AT_ONCE, sum(choice.is_chosen for choice in values))
        if values:
            made.append(Facet(label, values[:at_once], values[at_once:]))
    return made


def switches(found: Mapping[str, list[Choice]]) -> list[Choice]:
    """What a firm either does or not."""
    return [choice for kind in SWITCHES for choice in found[kind]]


def chosen(found: Mapping[str, list[Choice]]) -> list[Choice]:
    """What was chosen, in the order of the facets, each with the address without it."""
    return [choice for values in found.values() for choice in values if choice.is_chosen]


def pages(search: Search, total: int, fixed: Mapping[str, str]) -> list[NumberedPage]:
    """The first page, the last, and those around this one; nothing where one page holds everything."""
    last = last_page(total)
    if last == 1:
        return []
    around = range(search.page - PAGES_AROUND, search.page + PAGES_AROUND + 1)
    numbers = sorted({1, last, *(number for number in around if 1 <= number <= last)})
    made: list[NumberedPage] = []
    for number in numbers:
        if made and made[-1].number != number - 1:
            made.append(NumberedPage(None))
        made.append(NumberedPage(number, address(replace(search, page=number), fixed), number == search.page))
    return made


def last_page(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def labels(kind: str) -> Callable[[str, str], Text]:
    """A function from a value and the name that the listings give it to what people read."""
    tables: dict[str, Mapping[str, Any]] = {
        "service": SERVICES,
        "speciality": SPECIALITIES,
        "profession": dict(Organisation.Profession.choices),
        "accepting": {"1": SWITCHES["accepting"]},
        "remote": {"1": SWITCHES["remote"]},
    }
    if kind == "language":
        return lambda value, name: language_name(value)
    return lambda value, name: tables.get(kind, {}).get(value) or name or value.title()


def _choices(kind: str, search: Search, counts: FacetCounts, fixed: Mapping[str, str]) -> list[Choice]:
    taken, numbers = search.chosen(kind), counts.values.get(kind, {})
    label = labels(kind)
    wanted = [
        *taken,
        *sorted((value for value in numbers if value not in taken), key=lambda one: (-numbers[one][0], one)),
    ]
    more, made = _adding(kind, search, fixed), []
    for value in wanted:
        number, name = numbers.get(value, (0, ""))
        is_chosen = value in taken
        rest = tuple(one for one in taken if one != value)
        href = address(search.choosing(kind, rest), fixed) if is_chosen else more(value)
        made.append(Choice(str(label(value, name)), count_text(number), href, is_chosen))
    return made


def count_text(number: int) -> str:
    """A count in the reader's language; most are too small to have a separator."""
    return str(number) if number < 1_000 else format_number(number)


def _adding(kind: str, search: Search, fixed: Mapping[str, str]) -> Callable[[str], str]:
    """A function from a value to the `address` with it chosen too; all but the value is encoded once."""
    kinds = list(KINDS)
    later = dict.fromkeys(kinds[kinds.index(kind) + 1 :], ())
    first = address(replace(search, page=1, **later), {})  # type: ignore[arg-type]
    start = first if first == "?" else f"{first}&"
    rest = [(after, value) for after in later for value in search.chosen(after)] + list(fixed.items())
    end = f"&{urlencode(rest)}" if rest else ""
    return lambda value: f"{start}{kind}={quote_plus(value)}{end}"


def structured(firm: ShownFirm, listing: Listing, *, address: str, image: str) -> Markup:
    """The firm as schema.org's AccountingService, safe inside a script element.

    Addresses are absolute, the image's may be "".
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "AccountingService",
        "@id": address,
        "url": address,
        "name": firm.name,
        "description": firm.tagline,
        "image": image,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": firm.city,
            "addressRegion": firm.region,
            "postalCode": firm.postcode,
            "addressCountry": listing.country,
        },
        "email": firm.email,
        "telephone": firm.phone,
        "sameAs": [link for link in (firm.website, *(link for _name, link in firm.social)) if link],
        "areaServed": firm.regions_served,
        "knowsLanguage": listing.languages,
        "knowsAbout": [str(word) for word in (*firm.services, *firm.specialities)],
    }
    return script_data({key: value for key, value in data.items() if value})


def script_data(data: Mapping[str, Any]) -> Markup:
    """JSON that no text in it can end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def headline(search: Search, picked: Iterable[Choice]) -> tuple[str, Text]:
    """What the page is about, for its title: ("place", "Valencia"), ("service", "Payroll"), or ("", "")."""
    only = list(picked)
    if search.words or len(only) != 1:
        return "", ""
    kind = next(kind for kind in KINDS if search.chosen(kind))
    return ("place" if kind in ("region", "city") else kind), only[0].label

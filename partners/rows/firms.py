from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import get_language

from advisory_portal.core.formatting import format_money
from partners.models import Organisation
from partners.rules.countries import country_names
from partners.rules.profiles import complete
from partners.words import INDUSTRIES, SERVICES, SOCIAL, SPECIALITIES, language_name

Words = list[str | Promise]


@dataclass(frozen=True, slots=True)
class ShownFirm:
    """A profile as its card and its page show it: only what is public, codes as words. Texts may be ""."""

    name: str
    tagline: str
    paragraphs: list[str]
    profession: str
    services: Words
    specialities: Words
    industries: Words
    languages: list[str]
    city: str
    region: str
    postcode: str
    country: str
    regions_served: list[str]
    works_remotely: bool
    accepting_clients: bool
    email: str
    phone: str
    website: str
    social: list[tuple[str, str]]
    accreditations: list[str]
    price_from: str
    staff: list[tuple[str, str]]
    logo: str
    logo_small: str
    cover: str

    @property
    def place(self) -> str:
        """City and region; the city alone where both have the same name."""
        parts = [self.city, self.region if self.region != self.city else ""]
        return ", ".join(part for part in parts if part)

    @property
    def initials(self) -> str:
        """One or two letters that stand where a logo is missing."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def website_name(self) -> str:
        """The address without scheme and www, as people say it."""
        parts = urlsplit(self.website)
        return (parts.netloc + parts.path).removeprefix("www.").rstrip("/")


def shown_firm(content: Mapping[str, Any], *, logo: str = "", logo_small: str = "", cover: str = "") -> ShownFirm:
    """A profile's content in the reader's words; `logo`, `logo_small` and `cover` are addresses of pictures."""
    given = complete(content)
    price = given["price_from"]
    return ShownFirm(
        name=given["display_name"],
        tagline=given["tagline"],
        paragraphs=[part.strip() for part in given["description"].split("\n\n") if part.strip()],
        profession=str(dict(Organisation.Profession.choices).get(given["profession"], "")),
        services=[SERVICES[code] for code in given["services"] if code in SERVICES],
        specialities=[SPECIALITIES[code] for code in given["specialities"] if code in SPECIALITIES],
        industries=[INDUSTRIES[code] for code in given["industries"] if code in INDUSTRIES],
        languages=[language_name(code) for code in given["languages"]],
        city=given["city"],
        region=given["region"],
        postcode=given["postcode"],
        country=dict(country_names(get_language() or "en")).get(given["country"], ""),
        regions_served=given["regions_served"],
        works_remotely=given["works_remotely"],
        accepting_clients=given["accepting_clients"],
        **{key: given[key] if given[f"{key}_public"] else "" for key in ("email", "phone", "website")},
        social=[(SOCIAL[network], link) for network, link in given["social"].items() if network in SOCIAL],
        accreditations=given["accreditations"],
        price_from=format_money(Decimal(price), given["price_currency"]) if price else "",
        staff=[(person["name"], person["role"]) for person in given["staff"] if person["public"]],
        logo=logo,
        logo_small=logo_small or logo,
        cover=cover,
    )

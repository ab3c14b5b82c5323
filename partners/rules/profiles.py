"""What a profile holds, and what it still lacks."""

from collections.abc import Mapping
from typing import Any

SOCIAL = ("linkedin", "x", "facebook", "instagram", "youtube")
MOST_STAFF = 20

# Every key of a profile's content with its empty value; the order is the order on the page.
EMPTY: dict[str, Any] = {
    "display_name": "",
    "tagline": "",
    "description": "",
    "profession": "",
    "services": [],
    "specialities": [],
    "industries": [],
    "languages": [],
    "city": "",
    "postcode": "",
    "region": "",
    "country": "",
    "regions_served": [],
    "works_remotely": False,
    "email": "",
    "email_public": True,
    "phone": "",
    "phone_public": True,
    "website": "",
    "website_public": True,
    "social": {},
    "accreditations": [],
    "price_from": "",
    "price_currency": "EUR",
    "accepting_clients": True,
    "staff": [],
    "hidden_from_directory": False,
}
REQUIRED = (
    "display_name",
    "tagline",
    "description",
    "profession",
    "services",
    "languages",
    "city",
    "postcode",
    "country",
    "email",
)
PICTURES = ("logo", "cover")
# What an operator may give a reason for: the profile as a whole, a picture, or a field.
REASON_KEYS = ("general", *PICTURES, *EMPTY)


def complete(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with every key, in order; keys that a profile does not have are left out."""
    return {key: content.get(key, empty) for key, empty in EMPTY.items()}


def missing(content: Mapping[str, Any], *, has_logo: bool) -> list[str]:
    """What blocks submission: keys of required fields that are empty, and "logo". Source: PRODUCT 3, profile fields."""
    lacking = [key for key in REQUIRED if not content.get(key)]
    if not has_logo:
        lacking.insert(1 if "display_name" in lacking else 0, "logo")
    return lacking

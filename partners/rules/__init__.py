"""Pure rules of people and organisations."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from advisory_portal.core.text import plain

INVITATION_LIFE = timedelta(days=14)
RESEND_PAUSE = timedelta(minutes=1)
MOST_INVITED_AT_ONCE = 20
MOST_WAITING_INVITATIONS = 200
FIRM_SECTIONS = ("team", "settings")
BUSINESS_SECTIONS = (
    "sales",
    "purchases",
    "contacts",
    "banking",
    "inbox",
    "journal",
    "taxes",
    "catalog",
    "team",
    "settings",
)


def capped_levels(levels: Mapping[str, int], sections: Collection[str]) -> dict[str, int]:
    """A role's levels, none beyond what the plan includes. The same cap holds for members and for firms."""
    return {section: level for section, level in levels.items() if section in sections}


def sections_of(kind: str) -> tuple[str, ...]:
    """The sections that an organisation of this kind has. Source: ARCHITECTURE 2 (a firm: team and settings)."""
    return FIRM_SECTIONS if kind == "firm" else BUSINESS_SECTIONS


def slugs_for(name: str) -> Iterator[str]:
    """Addresses for an organisation, best first and without end: "acme", "acme-2", "acme-3", …

    ASCII letters, digits and hyphens, at most 60 characters. A name without any becomes "organisation".
    """
    base = re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")[:50].rstrip("-") or "organisation"
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1

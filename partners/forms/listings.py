from __future__ import annotations

from django.http import QueryDict

from partners.models import Organisation
from partners.rules.listings import KINDS, Search, facet_key, query_words
from partners.words import LANGUAGES, SERVICES, SPECIALITIES

LONGEST_QUERY = 100
MOST_CHOSEN = 8  # of one facet: more is nobody's search
FARTHEST_PAGE = 10_000
KNOWN = {
    "service": frozenset(SERVICES),
    "speciality": frozenset(SPECIALITIES),
    "language": frozenset(LANGUAGES),
    "profession": frozenset(Organisation.Profession.values),
    "accepting": frozenset("1"),
    "remote": frozenset("1"),
}


def search_of(query: QueryDict) -> Search:
    """What the address of marketplace or directory asks for; what it cannot mean counts as nothing."""
    typed = " ".join(query.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]
    chosen = {kind: _chosen(kind, query.getlist(kind)) for kind in KINDS}
    return Search(words=query_words(typed), typed=typed, page=_page(query.get("page", "")), **chosen)


def _chosen(kind: str, given: list[str]) -> tuple[str, ...]:
    """The values that the facet knows, or keys of places, each once."""
    values = given if kind in KNOWN else [facet_key(value[:200]) for value in given]
    known = KNOWN.get(kind)
    return tuple(dict.fromkeys(value for value in values if value and (known is None or value in known)))[:MOST_CHOSEN]


def _page(text: str) -> int:
    return min(int(text), FARTHEST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) else 1

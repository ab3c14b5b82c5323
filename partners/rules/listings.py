"""How the marketplace and the directory search, count and sort. The formula is shown to everybody on their pages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2s
from typing import Any
from uuid import UUID

from advisory_portal.core.text import plain

LISTINGS = "listings"  # what answers about them are kept under
PAGE_SIZE = 20
MOST_WORDS, LONGEST_WORD = 8, 40
PREFIX_FROM = 3  # letters from which a word also stands for longer words that begin with it
SHORTEST_CORRECTED = 4
LOTS = 1_000
# Words that say nothing in English, Spanish or Catalan, without accents.
FILLERS = frozenset(
    "a al amb an and by con d da de del dels den di do e el els em en es et for from i in is it l la las les lo los "
    "me mi my na no o of on or our per pel pels por que se su sus the to un una uno unos unas uns unes us y".split()
)
# What a profile earns for being useful to whoever reads it; 100 together.
POINTS: dict[str, int] = {
    "accepting_clients": 40,
    "long_description": 10,
    "specialities": 8,
    "industries": 6,
    "regions_served": 4,
    "price_from": 8,
    "staff": 8,
    "accreditations": 4,
    "phone": 4,
    "website": 4,
    "cover": 4,
}
LONG_DESCRIPTION = 400  # characters
# A letter for each kind of facet in the column that is counted; those in ANY_OF have one value per firm.
KINDS = {
    "service": "s",
    "speciality": "x",
    "language": "l",
    "region": "r",
    "city": "c",
    "profession": "p",
    "accepting": "a",
    "remote": "w",
}
ANY_OF = ("region", "city", "profession")
EVERY = "e:|"


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: words without accents, chosen values per facet, and the page from 1.

    A firm must have every chosen service, speciality and language, and one of the chosen regions, cities and
    professions. Regions and cities are keys as `facet_key` writes them.
    """

    words: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    speciality: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    profession: tuple[str, ...] = ()
    accepting: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    page: int = 1
    typed: str = field(default="", compare=False)

    def chosen(self, kind: str) -> tuple[str, ...]:
        """The chosen values of one facet."""
        values: tuple[str, ...] = getattr(self, kind)
        return values

    @property
    def number_chosen(self) -> int:
        return sum(len(self.chosen(kind)) for kind in KINDS)

    def choosing(self, kind: str, values: tuple[str, ...]) -> "Search":
        """The same search with these values of one facet, from its first page."""
        changed: dict[str, Any] = {kind: values, "page": 1}
        return replace(self, **changed)


assert set(KINDS) <= {one.name for one in fields(Search)}


def words_of(text: str) -> list[str]:
    """The words of a text as they are indexed and looked for: lower case, no accents, letters and digits only."""
    return re.findall(r"[^\W_]+", plain(text))


def query_words(typed: str) -> tuple[str, ...]:
    """What to look for: at most MOST_WORDS words, each once, fillers left out unless there is nothing else."""
    found = list(dict.fromkeys(word[:LONGEST_WORD] for word in words_of(typed[:400])))
    telling = [word for word in found if word not in FILLERS]
    return tuple((telling or found)[:MOST_WORDS])


def correcting_words(words: Iterable[str]) -> list[str]:
    """Of a profile's words, each once and sorted, those that may stand in for one that somebody mistyped."""
    return sorted({word for word in words if SHORTEST_CORRECTED <= len(word) <= LONGEST_WORD and not word.isdigit()})


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that differs least from a mistyped one, in letters changed, left out, added or swapped.

    At most one letter in words of up to five, two in longer ones; the word itself if there is none so near.
    """
    if len(word) < SHORTEST_CORRECTED or word.isdigit():
        return word
    most = 1 if len(word) <= 5 else 2
    ranked = sorted((distance(word, other), other) for other in known if abs(len(other) - len(word)) <= most)
    return ranked[0][1] if ranked and ranked[0][0] <= most else word


def distance(one: str, other: str) -> int:
    """How many letters must be changed, left out, added or swapped with their neighbour to make one into the other."""
    last: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = last, row, [i]
        for j, aim in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != aim))
            if i > 1 and j > 1 and letter == other[j - 2] and aim == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]


def facet_key(name: str) -> str:
    """The name of a place as its address has it: "L'Hospitalet" becomes "l hospitalet"."""
    return " ".join(words_of(name))[:100]


def facet_lexemes(row: Mapping[str, Any]) -> list[str]:
    """What a listing counts as, "<letter>:<key>|<name>" each, the name only where no table has it; and EVERY."""
    found = [EVERY]
    for kind, key in (("service", "services"), ("speciality", "specialities"), ("language", "languages")):
        found += [f"{KINDS[kind]}:{code}|" for code in row[key]]
    for kind in ("region", "city"):
        if key := facet_key(row[kind]):
            found.append(f"{KINDS[kind]}:{key}|{row[kind]}")
    found.append(f"{KINDS['profession']}:{row['profession']}|")
    found += [f"{KINDS['accepting']}:1|"] if row["accepting_clients"] else []
    found += [f"{KINDS['remote']}:1|"] if row["works_remotely"] else []
    return found


def facet_query(search: Search) -> str:
    """The chosen facets as PostgreSQL's `tsquery`; "" when nothing is chosen."""
    parts = []
    for kind, letter in KINDS.items():
        lexemes = [_lexeme_beginning(f"{letter}:{value}|") for value in search.chosen(kind)]
        if lexemes:
            parts.append(f"({(' | ' if kind in ANY_OF else ' & ').join(lexemes)})")
    return " & ".join(parts)


def _lexeme_beginning(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def points(content: Mapping[str, Any], *, has_cover: bool) -> dict[str, int]:
    """What a profile earns, by reason, from 0 to 100 together. Nothing in it can be bought. Source: PRODUCT 3."""
    shown: dict[str, Any] = {
        "long_description": len(content["description"]) >= LONG_DESCRIPTION,
        "cover": has_cover,
        "phone": content["phone"] and content["phone_public"],
        "website": content["website"] and content["website_public"],
        "staff": any(person.get("public") for person in content["staff"]),
    }
    return {reason: worth for reason, worth in POINTS.items() if shown.get(reason, content.get(reason))}


def rank_score(earned: Iterable[int], organisation_id: UUID) -> int:
    """What listings sort by: the points, and among equals a lot drawn once for each firm, 0 to LOTS - 1."""
    lot = int.from_bytes(blake2s(organisation_id.bytes, digest_size=4).digest(), "big") % LOTS
    return sum(earned) * LOTS + lot

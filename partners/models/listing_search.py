"""Searching and counting the listings by PostgreSQL alone: words by full text, facets by one pass of `ts_stat`.

The columns are written by `partners.actions.listings`, the functions by migration 0004:
`partners_words_vector(text)` folds a text's words with four stemmers (as written, Spanish, English, Catalan),
`partners_words_query(words, prefix_from)` asks for all words, each as written, as a beginning, or as a stem,
`partners_words_like(word)` finds by trigrams which written words resemble one that nobody wrote,
`partners_any_has_words(words, prefix_from, is_public)` tells whether that is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, IntegerField, Value, When
from django.db.models.expressions import RawSQL

from partners.rules.listings import ANY_OF, EVERY, KINDS, PREFIX_FROM, Search, facet_query, nearest

MOST_PLACES = 24
HAS_WORDS = f"partners_listing.%s @@ partners_words_query(%%s::text[], {PREFIX_FROM})"
# Of the cities the commonest and those that were chosen, of other facets every value.
COUNTED = """
SELECT value, number, name FROM (
    SELECT value, number, name, row_number() OVER (PARTITION BY left(value, 1) ORDER BY number DESC, value) AS place
    FROM (
        SELECT split_part(word, '|', 1) AS value, sum(ndoc)::integer AS number,
            (array_agg(split_part(word, '|', 2) ORDER BY ndoc DESC, word))[1] AS name
        FROM ({found}) found GROUP BY 1
    ) grouped
) ranked WHERE left(value, 1) <> 'c' OR place <= %s OR value = ANY(%s)
"""
FOUND = "SELECT word, ndoc FROM ts_stat(format(%s, VARIADIC %s::text[])) WHERE left(word, 1) = ANY(%s)"
KNOWN = f"""
SELECT word, known, CASE WHEN NOT known THEN ARRAY(SELECT partners_words_like(word)) END FROM (
    SELECT word, place, partners_any_has_words(ARRAY[word], {PREFIX_FROM}, %s) AS known
    FROM unnest(%s::text[]) WITH ORDINALITY asked (word, place)
) one ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """How many listings a search finds, and how many per value: {"service": {"payroll": (12, "")}}.

    A value's number is what the page would show with it chosen too; for regions, cities and professions, what this
    value alone would bring. The name is "" where a table of words has it.
    """

    total: int
    values: dict[str, dict[str, tuple[int, str]]]


def conditions(search: Search, *, is_public: bool) -> list[tuple[str, list[str]]]:
    """What a row of `partners_listing` must fulfil: SQL with %s, and the texts for it."""
    found: list[tuple[str, list[str]]] = [("partners_listing.in_directory", [])] if is_public else []
    if chosen := facet_query(search):
        found.append(("partners_listing.facets @@ %s::tsquery", [chosen]))
    if search.words:
        found.append((HAS_WORDS % "search", [_array(search.words)]))
    return found


def as_expressions(search: Search, *, is_public: bool) -> list[RawSQL]:
    """The conditions for `filter()`."""
    return [RawSQL(sql, texts, output_field=BooleanField()) for sql, texts in conditions(search, is_public=is_public)]


def where_words_stand(search: Search) -> Case:
    """0 where the name has all words, 1 where name, offer and place together have them, 2 where the text does."""

    def has(column: str) -> RawSQL:
        return RawSQL(HAS_WORDS % column, [_array(search.words)], output_field=BooleanField())

    tiers = [When(has("names"), then=Value(0)), When(has("heads"), then=Value(1))]
    return Case(*tiers, default=Value(2), output_field=IntegerField())


def corrected(words: Iterable[str], *, is_public: bool) -> tuple[str, ...]:
    """The words, in place of each that no listing has the written word most like it (`rules.nearest`), if any."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [is_public, list(words)])
        return tuple(word if known else nearest(word, alike) for word, known, alike in cursor.fetchall())


def facet_counts(search: Search, *, is_public: bool) -> FacetCounts:
    """Count what the search finds, as a whole and per value of every facet, in one statement."""
    apart = [kind for kind in ANY_OF if search.chosen(kind)]
    together = [letter for kind, letter in KINDS.items() if kind not in apart]
    passes = [(search, [EVERY[0], *together]), *((search.choosing(kind, ()), [KINDS[kind]]) for kind in apart)]
    parameters: list[Any] = []
    for part, letters in passes:
        rows = conditions(part, is_public=is_public)
        parameters += [_template(rows), _texts(rows), letters]
    parameters += [MOST_PLACES, [f"{KINDS[kind]}:{value}" for kind in KINDS for value in search.chosen(kind)]]
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(found=" UNION ALL ".join([FOUND] * len(passes))), parameters)
        return _read(cursor.fetchall())


def _template(rows: Iterable[tuple[str, list[str]]]) -> str:
    """The statement over which `ts_stat` counts, for PostgreSQL's format()."""
    where = " AND ".join(sql.replace("%s", "%L") for sql, _texts in rows)
    return f"SELECT facets FROM partners_listing WHERE {where or 'true'}"


def _texts(rows: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [text for _sql, texts in rows for text in texts]


def _array(words: Iterable[str]) -> str:
    """PostgreSQL's text of an array of words, which are letters and digits only."""
    return "{" + ",".join(words) + "}"


def _read(rows: Iterable[tuple[str, int, str]]) -> FacetCounts:
    kinds = {letter: kind for kind, letter in KINDS.items()}
    values: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    total = 0
    for value, number, name in rows:
        letter, _colon, key = value.partition(":")
        if letter in kinds:
            values[kinds[letter]][key] = (number, name)
        else:
            total = number
    return FacetCounts(total, dict(values))

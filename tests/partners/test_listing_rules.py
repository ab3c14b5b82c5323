"""Words, corrections, facets and points: the rules behind marketplace and directory."""

from uuid import UUID

import pytest

from partners.rules.listings import (
    LOTS,
    MOST_WORDS,
    POINTS,
    Search,
    correcting_words,
    distance,
    facet_key,
    facet_lexemes,
    facet_query,
    nearest,
    points,
    query_words,
    rank_score,
    words_of,
)
from partners.rules.profiles import complete


def test_words_have_no_accents_and_no_marks():
    assert words_of("Gestoría “L'Hospitalet”, S.L. (A3-fiscal_2)") == [
        "gestoria", "l", "hospitalet", "s", "l", "a3", "fiscal", "2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", ()),
        ("  ", ()),
        ("'\"\\&|!():*<->%", ()),
        ("Nóminas en Málaga", ("nominas", "malaga")),
        ("de la", ("de", "la")),
        ("iva IVA Iva", ("iva",)),
        (" ".join(f"w{number}" for number in range(20)), tuple(f"w{number}" for number in range(MOST_WORDS))),
        ("x" * 90, ("x" * 40,)),
    ],
)
def test_query_words_say_what_is_looked_for(typed, words):
    assert query_words(typed) == words


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("", "", 0),
        ("abc", "", 3),
        ("madrid", "madrid", 0),
        ("madird", "madrid", 1),
        ("madri", "madrid", 1),
        ("mmadrid", "madrid", 1),
        ("mafrid", "madrid", 1),
        ("ca", "abc", 3),
        ("barclona", "barcelona", 1),
        ("zbaaal", "zabala", 2),
    ],
)
def test_distance_counts_letters_changed_missing_added_or_swapped(one, other, differ):
    assert distance(one, other) == distance(other, one) == differ


def test_nearest_takes_the_least_different_word_and_no_distant_one():
    known = ["madrid", "madera", "padrino", "baracaldo"]
    assert nearest("madird", known) == "madrid"
    assert nearest("madrileno", known) == "madrileno"
    assert nearest("mad", ["mid"]) == "mad"
    assert nearest("cadas", ["cedes"]) == "cadas"  # five letters: one may differ, not two
    assert nearest("cadass", ["cedess"]) == "cedess"
    assert nearest("28001", ["28002"]) == "28001"


def test_correcting_words_are_written_ones_of_some_length():
    assert correcting_words(["iva", "renta", "28001", "renta", "alta", "x" * 41]) == ["alta", "renta"]


def listing(**changes):
    row = {"services": ["payroll"], "specialities": [], "languages": ["es"], "region": "A Coruña", "city": "Ferrol"}
    return row | {"profession": "asesoria", "accepting_clients": True, "works_remotely": False} | changes


def test_facets_of_a_listing_name_places_as_written():
    assert facet_lexemes(listing()) == [
        "e:|", "s:payroll|", "l:es|", "r:a coruna|A Coruña", "c:ferrol|Ferrol", "p:asesoria|", "a:1|",
    ]  # fmt: skip
    assert facet_lexemes(listing(region="", accepting_clients=False, works_remotely=True))[-2:] == [
        "p:asesoria|",
        "w:1|",
    ]


def test_facet_query_wants_every_service_and_any_region():
    search = Search(service=("payroll", "audit"), region=("a coruna", "o'brien"))
    assert facet_query(search) == "('s:payroll|':* & 's:audit|':*) & ('r:a coruna|':* | 'r:o''brien|':*)"
    assert facet_query(Search(words=("iva",))) == ""


def test_facet_key_is_the_words_of_a_place():
    assert facet_key("  L'Hospitalet|de: Llobregat ") == "l hospitalet de llobregat"


def test_points_reward_what_helps_a_reader_and_reach_100():
    empty = complete({"accepting_clients": False})
    assert points(empty, has_cover=False) == {}
    person = {"name": "Ana", "role": "", "public": True}
    full = complete(
        {"description": "x" * 400, "specialities": ["startups"], "industries": ["retail"], "regions_served": ["Madrid"],
         "price_from": "60", "staff": [person], "accreditations": ["Register 1"], "phone": "1", "website": "https://a"}
    )  # fmt: skip
    assert points(full, has_cover=True) == POINTS
    assert sum(POINTS.values()) == 100
    hidden = full | {"phone_public": False, "website_public": False, "staff": [person | {"public": False}]}
    assert set(POINTS) - set(points(hidden, has_cover=False)) == {"phone", "website", "staff", "cover"}


def test_rank_score_is_points_and_then_a_lot_that_stays():
    one, other = UUID(int=1), UUID(int=2)
    assert rank_score([40, 8], one) // LOTS == 48
    assert rank_score([40, 8], one) == rank_score([48], one) != rank_score([48], other)
    assert 0 <= rank_score([], one) < LOTS

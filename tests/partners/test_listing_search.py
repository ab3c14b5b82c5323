"""What is found, counted and sorted, on PostgreSQL itself."""

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from partners.actions.listings import list_version
from partners.models import Listing, Organisation
from partners.models.listing_search import corrected, facet_counts
from partners.rules.listings import ANY_OF, KINDS, Search, facet_key, query_words
from partners.words import SERVICES
from tests.partners.listed import listed

pytestmark = pytest.mark.django_db


def found(typed: str, *, is_public: bool = True, **chosen) -> list[str]:
    """Slugs in their order, mistyped words corrected as the pages do."""
    words = corrected(query_words(typed), is_public=is_public) if typed else ()
    search = Search(words=words, **chosen)
    listings = Listing.objects.matching(search, is_public=is_public).best_first(search)
    slugs = list(listings.values_list("slug", flat=True))
    assert facet_counts(search, is_public=is_public).total == len(slugs)
    return slugs


@pytest.fixture
def three():
    listed("etxeberria", display_name="Etxeberria Asesores", city="Bilbao", region="Bizkaia", services=["audit"])
    listed("nunez", display_name="Gestoría Núñez", city="Málaga", description="Tramitamos herencias y nóminas.")
    listed("harbour", display_name="Harbour Accounting", city="Alicante", description="Taxes for foreign companies.",
           profession="external_cfo", languages=["en"], services=["reporting"])  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("Núñez", ["nunez"]),
        ("nunez", ["nunez"]),
        ("GESTORIA ÑÚÑEZ", ["nunez"]),
        ("etxe", ["etxeberria"]),
        ("harb acc", ["harbour"]),
        ("herencia", ["nunez"]),  # Spanish: written in the plural
        ("nómina", ["nunez"]),
        ("company", ["harbour"]),  # English: companies
        ("tax foreign", ["harbour"]),
        ("foreign herencias", []),
        ("Bizkaia", ["etxeberria"]),
        ("29001", ["nunez", "harbour", "etxeberria"]),
        ("auditoría zzzzzzz", []),
    ],
)
def test_words_are_found_with_accents_beginnings_and_stems(three, typed, slugs):
    assert sorted(found(typed)) == sorted(slugs)


def test_catalan_forms_are_found_too():
    listed("comptables", description="Portem la comptabilitat de petites empreses i autònoms")
    assert found("autonom") == ["comptables"]
    assert found("comptabilitats") == ["comptables"]
    assert found("empresa petita") == ["comptables"]


@pytest.mark.parametrize("label_language", ["en", "es"])
def test_services_are_found_by_their_name_in_every_language(three, label_language):
    with translation.override(label_language):
        name = str(SERVICES["audit"])
    assert found(name) == ["etxeberria"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("etxebarria", "etxeberria"),
        ("exteberria", "etxeberria"),
        ("bilabo", "bilbao"),
        ("hrabour", "harbour"),
        ("malga", "malaga"),
        ("nmoinas", "nominas"),
        ("qqqqqqqq", "qqqqqqqq"),
        ("nunez", "nunez"),
        ("companies", "companies"),
    ],
)
def test_mistyped_words_are_corrected_and_others_left(three, typed, meant):
    assert corrected(query_words(typed), is_public=True) == (meant,)


def test_only_the_mistyped_word_is_corrected_in_its_place(three):
    assert corrected(("asesores", "bilabo"), is_public=True) == ("asesores", "bilbao")
    assert found("asesores bilabo") == ["etxeberria"]


def test_words_of_hidden_firms_are_unknown_to_the_public():
    listed("hidden", display_name="Wexford", hidden_from_directory=True)
    listed("seen", display_name="Waxford")
    assert corrected(("wexford",), is_public=False) == ("wexford",)
    assert found("wexford", is_public=False) == ["hidden"]
    assert found("wexford") == []


def test_names_come_before_offers_and_offers_before_text():
    listed("text", description="We mention payroll in passing. " + "x" * 400, services=["audit"], price_from="60")
    listed("offer", services=["payroll"], price_from="60", phone="1")
    listed("name", display_name="Payroll People", services=["audit"], accepting_clients=False)
    listed("other", services=["audit"])
    assert found("payroll") == ["name", "offer", "text"]


def test_without_words_points_decide():
    listed("closed", accepting_clients=False)
    listed("open", accepting_clients=True)
    listed("rich", accepting_clients=True, specialities=["startups"], price_from="60")
    assert found("") == ["rich", "open", "closed"]
    scores = Listing.objects.order_by("-rank_score").values_list("rank_score", flat=True)
    assert [score // 1000 for score in scores] == [56, 40, 0]


def test_republishing_replaces_what_is_found():
    row = listed("moving", city="Bilbao", display_name="Old name")
    version = row.version
    version.content = version.content | {"display_name": "New name", "city": "Vigo"}
    list_version(version, row.published_at)
    assert Listing.objects.count() == 1
    assert (found("old"), found("bilbao"), found("new vigo")) == ([], [], ["moving"])


def test_what_is_not_public_is_not_found():
    staff = [{"name": "Zoe", "role": "", "public": False}, {"name": "Ana Shown", "role": "", "public": True}]
    private = {"email": "secret@example.com", "email_public": False, "phone": "600111222", "phone_public": False}
    listed("discreet", staff=staff, **private)
    assert found("ana shown") == ["discreet"]
    for typed in ("secret@example.com", "600111222", "zoe"):
        assert found(typed) == []


# --- Facets against brute force ------------------------------------------------------------------------------

PLACES = [("Málaga", "Málaga"), ("Marbella", "Málaga"), ("O'Grove", "Pontevedra"), ("Vigo", "Pontevedra"), ("A|B", "")]
ROWS = some.fixed_dictionaries(
    {
        "services": some.lists(
            some.sampled_from(["payroll", "audit", "reporting"]), min_size=1, max_size=3, unique=True
        ),
        "specialities": some.lists(some.sampled_from(["startups", "freelancers"]), max_size=2, unique=True),
        "languages": some.lists(some.sampled_from(["es", "ca", "en"]), min_size=1, max_size=3, unique=True),
        "place": some.sampled_from(PLACES),
        "profession": some.sampled_from(["asesoria", "gestoria"]),
        "accepting_clients": some.booleans(),
        "works_remotely": some.booleans(),
        "hidden_from_directory": some.booleans(),
        "tagline": some.sampled_from(["Renta", "Nóminas y renta", "Otra cosa"]),
    }
)
CHOICES = {
    "service": ["payroll", "audit", "reporting"],
    "speciality": ["startups", "freelancers"],
    "language": ["es", "ca", "en"],
    "region": ["malaga", "pontevedra"],
    "city": ["malaga", "marbella", "o grove", "a b"],
    "profession": ["asesoria", "gestoria"],
    "accepting": ["1"],
    "remote": ["1"],
}
SEARCHES = some.builds(
    Search,
    words=some.sampled_from([(), ("renta",), ("nominas", "renta")]),
    **{
        kind: some.lists(some.sampled_from(values), max_size=2, unique=True).map(tuple)
        for kind, values in CHOICES.items()
    },
)


def values_of(row, kind):
    singles = {
        "service": row["services"],
        "speciality": row["specialities"],
        "language": row["languages"],
        "city": [facet_key(row["place"][0])],
        "region": [facet_key(row["place"][1])] if row["place"][1] else [],
        "profession": [row["profession"]],
        "accepting": ["1"] if row["accepting_clients"] else [],
        "remote": ["1"] if row["works_remotely"] else [],
    }
    return set(singles[kind])


def fits(row, search, *, besides=""):
    for kind in KINDS:
        taken = set(search.chosen(kind))
        if not taken or kind == besides:
            continue
        has = values_of(row, kind)
        if not (has & taken if kind in ANY_OF else taken <= has):
            return False
    text = facet_key(row["tagline"])
    return not row["hidden_from_directory"] and all(word in text for word in search.words)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some.lists(ROWS, min_size=1, max_size=6), search=SEARCHES)
def test_counts_are_what_counting_one_by_one_gives(rows, search):
    Organisation.objects.all().delete()
    for number, row in enumerate(rows):
        place = row["place"]
        changes = {key: value for key, value in row.items() if key != "place"}
        listed(f"firm-{number}", city=place[0], region=place[1], **changes)
    counts = facet_counts(search, is_public=True)
    expected: dict[str, dict[str, int]] = {}
    for kind in KINDS:
        for row in rows:
            if fits(row, search, besides=kind if kind in ANY_OF else ""):
                for value in values_of(row, kind):
                    expected.setdefault(kind, {}).setdefault(value, 0)
                    expected[kind][value] += 1
    assert counts.total == sum(fits(row, search) for row in rows)
    assert {
        kind: {value: number for value, (number, _name) in of.items()} for kind, of in counts.values.items()
    } == expected
    slugs = set(Listing.objects.matching(search, is_public=True).values_list("slug", flat=True))
    assert slugs == {f"firm-{number}" for number, row in enumerate(rows) if fits(row, search)}


def test_places_keep_the_spelling_most_firms_use():
    listed("one", city="Málaga")
    listed("two", city="malaga")
    listed("three", city="Málaga")
    assert facet_counts(Search(), is_public=True).values["city"] == {"malaga": (3, "Málaga")}


def test_of_many_cities_the_commonest_are_counted_and_the_chosen(monkeypatch):
    monkeypatch.setattr("partners.models.listing_search.MOST_PLACES", 1)
    for slug, city in (("a", "Vigo"), ("b", "Vigo"), ("c", "Lugo"), ("d", "Reus")):
        listed(slug, city=city)
    assert set(facet_counts(Search(), is_public=True).values["city"]) == {"vigo"}
    assert set(facet_counts(Search(city=("reus",)), is_public=True).values["city"]) == {"vigo", "reus"}


def test_one_statement_counts_every_facet(three, django_assert_num_queries):
    search = Search(words=("asesores",), service=("audit",), region=("bizkaia",), city=("bilbao",))
    with django_assert_num_queries(1):
        assert facet_counts(search, is_public=True).total == 1


def test_sorting_without_words_reads_the_index(three):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
    plan = Listing.objects.in_directory().best_first(Search())[:20].explain()
    assert "listing_best_first" in plan

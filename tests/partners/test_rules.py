from itertools import islice

import pytest

from partners.rules import capped_levels, sections_of, slugs_for
from partners.rules.countries import country_names, currency_of, language_of, time_zone_of
from partners.rules.phones import BadPhone, clean_phone
from partners.rules.tax_ids import EXAMPLES, BadTaxId, clean_tax_id


@pytest.mark.parametrize(("country", "example"), EXAMPLES.items())
def test_clean_tax_id_accepts_each_example_with_and_without_its_country(country, example):
    assert clean_tax_id(example, country) == example
    assert clean_tax_id(f"{country} {example}", country) == example


@pytest.mark.parametrize(
    ("text", "country", "clean"),
    [
        ("es b-64.717.838", "ES", "B64717838"),
        ("54362315k", "ES", "54362315K"),
        ("EL 094259216", "GR", "094259216"),
        ("DE 136,695 976".replace(",", ""), "DE", "136695976"),
        ("ab 12/34", "KP", "AB1234"),
    ],
)
def test_clean_tax_id_writes_them_in_one_way(text, country, clean):
    assert clean_tax_id(text, country) == clean


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("B64717839", "ES"),
        ("B6471783", "ES"),
        ("DE136695976", "ES"),
        ("136695977", "DE"),
        ("", "ES"),
        ("ABC", "KP"),
        ("12", "KP"),
        ("1" * 31, "KP"),
        ("12€45", "KP"),
    ],
)
def test_clean_tax_id_refuses_what_is_none(text, country):
    with pytest.raises(BadTaxId):
        clean_tax_id(text, country)


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("Acme Advisers, S.L.", ["acme-advisers-s-l", "acme-advisers-s-l-2", "acme-advisers-s-l-3"]),
        ("Gestoría Ñandú", ["gestoria-nandu", "gestoria-nandu-2", "gestoria-nandu-3"]),
        ("北京", ["organisation", "organisation-2", "organisation-3"]),
        ("a" * 49 + " b", ["a" * 49, "a" * 49 + "-2", "a" * 49 + "-3"]),
    ],
)
def test_slugs_for_are_short_and_plain(name, slugs):
    assert list(islice(slugs_for(name), 3)) == slugs


def test_capped_levels_leaves_out_what_the_plan_does_not_include():
    assert capped_levels({"sales": 2, "banking": 1}, ["sales"]) == {"sales": 2}


def test_sections_of_a_firm_are_team_and_settings():
    assert sections_of("firm") == ("team", "settings")
    assert len(sections_of("business")) == 10


@pytest.mark.parametrize(
    ("country", "zone", "currency", "language"),
    [
        ("ES", "Europe/Madrid", "EUR", "es"),
        ("MX", "America/Mexico_City", "MXN", "es"),
        ("GB", "Europe/London", "GBP", "en"),
        ("DE", "Europe/Berlin", "EUR", "fr"),
        ("BG", "Europe/Sofia", "EUR", "fr"),
        ("??", "UTC", "EUR", "fr"),
    ],
)
def test_countries_give_zone_currency_and_language(country, zone, currency, language):
    assert time_zone_of(country) == zone
    assert currency_of(country) == currency
    assert language_of(country, ("en", "es"), otherwise="fr") == language


def test_country_names_are_in_the_language_and_by_name():
    assert dict(country_names("es"))["DE"] == "Alemania"
    names = [name for _code, name in country_names("en")]
    assert names == sorted(names, key=str.casefold)
    assert len(names) > 240


def test_every_country_has_a_time_zone():
    assert [code for code, _name in country_names("en") if time_zone_of(code) == "UTC"] == []


@pytest.mark.parametrize(
    ("text", "country", "clean"),
    [
        ("912 345 678", "ES", "+34 912 34 56 78"),
        ("+49 30 901820", "ES", "+49 30 901820"),
        ("+34912345678", "", "+34 912 34 56 78"),
    ],
)
def test_clean_phone_writes_them_in_one_way(text, country, clean):
    assert clean_phone(text, country) == clean


@pytest.mark.parametrize(("text", "country"), [("912345678", ""), ("12", "ES"), ("call me", "ES"), ("", "ES")])
def test_clean_phone_refuses_what_is_none(text, country):
    with pytest.raises(BadPhone):
        clean_phone(text, country)

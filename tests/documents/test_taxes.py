"""Taxes of countries, and the keys by which forms carry them."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from documents import rules
from documents.rules import Tax
from documents.words import exemption_text, tax_label

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()


def keys(country):
    return [rules.key_of_tax(tax) for tax in rules.taxes_of(country)]


def test_spain_has_its_rates_and_those_of_its_islands_and_cities():
    assert keys("ES") == [
        *("S:21", "S:10", "S:4", "Z:0", "L:7", "L:3", "L:0", "L:9.5", "L:15", "L:20"),
        *("M:0.5", "M:1", "M:2", "M:4", "M:8", "M:10"),
        *("E:0", "E:0::VATEX-EU-132", "E:0::VATEX-EU-135", "E:0::VATEX-EU-148", "E:0::VATEX-EU-151"),
        *("AE:0::VATEX-EU-AE", "K:0::VATEX-EU-IC", "G:0::VATEX-EU-G", "O:::VATEX-EU-O"),
    ]


@pytest.mark.parametrize("country", EU)
def test_every_country_of_the_eu_has_its_rates(country):
    assert rules.is_in_eu(country)
    taxes = rules.taxes_of(country)
    assert taxes[0].category == "S" and 17 <= taxes[0].percent <= 27
    assert {tax.category for tax in taxes} >= {"S", "E", "AE", "K", "G", "O"}
    assert len(taxes) == len(set(taxes))
    assert all(rules.is_tax(tax) for tax in taxes)


@pytest.mark.parametrize(
    ("country", "usual"), [("DE", "S:19"), ("FR", "S:20"), ("FI", "S:25.5"), ("GB", "S:20"), ("CH", "S:8.1")]
)
def test_the_usual_rate_comes_first(country, usual):
    assert keys(country)[0] == usual


@pytest.mark.parametrize("country", ["GB", "CH", "US", "JP", ""])
def test_others_are_not_in_the_eu(country):
    assert not rules.is_in_eu(country)


def test_a_country_without_value_added_tax_charges_none():
    assert keys("JP") == ["E:0", "O:::VATEX-EU-O"]
    assert keys("US") == keys("JP")


@pytest.mark.parametrize(("percent", "surcharge"), [("21", "5.2"), ("10", "1.4"), ("4", "0.5"), ("21.000000", "5.2")])
def test_surcharges_of_spain(percent, surcharge):
    tax = Tax("S", Decimal(percent))
    assert rules.with_surcharge(tax, "ES") == Tax("S", Decimal(percent), Decimal(surcharge))
    assert rules.with_surcharge(tax, "FR") == tax


@pytest.mark.parametrize(
    "tax",
    [
        Tax("Z", Decimal(0)),
        Tax("L", Decimal(7)),
        Tax("S", Decimal(5)),
        Tax("S", Decimal(21), Decimal(1)),
        Tax("O", None),
    ],
)
def test_other_taxes_have_no_surcharge(tax):
    assert rules.with_surcharge(tax, "ES") == tax


def test_withholdings_of_countries():
    assert rules.withholdings_of("ES") == tuple(map(Decimal, ("15", "7", "19", "2", "1")))
    assert rules.withholdings_of("PT")[0] == 23
    assert rules.withholdings_of("FR") == rules.withholdings_of("??") == ()


@pytest.mark.parametrize(
    ("tax", "key"),
    [
        (Tax("S", Decimal("21.000000")), "S:21"),
        (Tax("S", Decimal("100")), "S:100"),
        (Tax("S", Decimal(21), Decimal("5.20")), "S:21:5.2"),
        (Tax("E", Decimal(0), exemption_reason="why: so"), "E:0:::why: so"),
        (Tax("E", Decimal(0), exemption_reason="a", exemption_code="C"), "E:0::C:a"),
        (Tax("O", None), "O"),
        (Tax("M", Decimal("0.5")), "M:0.5"),
    ],
)
def test_a_tax_has_a_key_and_is_found_by_it(tax, key):
    assert rules.key_of_tax(tax) == key
    assert rules.tax_of_key(key) == tax


@pytest.mark.parametrize(
    "key",
    [
        *("", "S", "S:", "X:5", "S:0", "S:-1", "S:x", "S:1000", "S:21:x", "S:NaN", "S:1.0000001", "S:1:-1", "E:5"),
        *("O:0", "Z:1", "E:0:1", "Z:0:1", "L"),
    ],
)
def test_what_is_no_tax_has_no_key(key):
    with pytest.raises(ValueError, match="is not"):
        rules.tax_of_key(key)


@given(st.decimals(0, 999, places=6), st.decimals(0, 999, places=6))
def test_every_percentage_survives_its_key(percent, surcharge):
    tax = Tax("L", percent, surcharge)
    assert rules.tax_of_key(rules.key_of_tax(tax)) == tax


@pytest.mark.parametrize(
    ("category", "percent", "tax"),
    [
        ("S", "21", Tax("S", Decimal(21))),
        ("S", "0", Tax("Z", Decimal(0))),
        ("S", None, Tax("Z", Decimal(0))),
        ("B", "22", Tax("S", Decimal(22))),
        ("", None, Tax("Z", Decimal(0))),
        ("Z", "0.00", Tax("Z", Decimal(0))),
        ("E", None, Tax("E", Decimal(0))),
        ("AE", "21", Tax("AE", Decimal(0))),
        ("L", "7", Tax("L", Decimal(7))),
        ("M", None, Tax("M", Decimal(0))),
        ("O", "0", Tax("O", None)),
    ],
)
def test_what_a_file_says_becomes_a_tax(category, percent, tax):
    found = rules.nearest_tax(category, None if percent is None else Decimal(percent))
    assert found == tax
    assert rules.is_tax(found)


@pytest.mark.parametrize(
    ("number", "text"),
    [("21.000000", "21"), ("-0.00", "0"), ("0", "0"), ("1E+2", "100"), ("0.50", "0.5"), ("-1.10", "-1.1")],
)
def test_numbers_are_written_in_one_way(number, text):
    assert rules.number_text(Decimal(number)) == text


@pytest.mark.parametrize(
    ("language", "values", "label"),
    [
        ("en", ("S", "21"), "VAT 21 %"),
        ("en", ("S", "9.975"), "VAT 9.975 %"),
        ("en", ("S", "21", "5.2"), "VAT 21 % + surcharge 5.2 %"),
        ("en", ("L", "9.5"), "IGIC 9.5 %"),
        ("en", ("M", "4"), "IPSI 4 %"),
        ("en", ("Z", "0"), "VAT 0 %"),
        ("en", ("AE", "0"), "Reverse charge: the customer declares the VAT"),
        ("en", ("O", None), "Not subject to VAT"),
    ],
)
def test_taxes_are_said_in_words(language, values, label):
    category, *figures = values
    with translation.override(language):
        assert tax_label(category, *(figure and Decimal(figure) for figure in figures)) == label


@pytest.mark.parametrize("category", rules.EXEMPT_CATEGORIES)
def test_every_exemption_has_words(category):
    texts = [
        exemption_text(tax.category, tax.exemption_code) for tax in rules.taxes_of("ES") if tax.category == category
    ]
    assert all(texts)
    assert len(texts) == len(set(texts))
    assert exemption_text(category, "UNKNOWN") == exemption_text(category)
    assert exemption_text("S") == ""

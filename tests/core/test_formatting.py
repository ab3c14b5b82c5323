"""Dates, numbers and money in English and Spanish, compared with Babel where the two should agree."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from advisory_portal.core.formatting import (
    active_language,
    format_ago,
    format_date,
    format_moment,
    format_money,
    format_number,
)
from advisory_portal.core.money import CURRENCIES, exponent

LOCALES = {"en": "en_GB", "es": "es"}
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "english", "spanish"),
    [
        ("1234.5", "EUR", "€1,234.50", "1.234,50\xa0€"),
        ("-1234.5", "EUR", "-€1,234.50", "-1.234,50\xa0€"),
        ("0", "EUR", "€0.00", "0,00\xa0€"),
        ("1234567", "JPY", "JP¥1,234,567", "1.234.567\xa0JPY"),
        ("-5", "JPY", "-JP¥5", "-5\xa0JPY"),
        ("1.5", "KWD", "KWD\xa01.500", "1,500\xa0KWD"),
        ("99999999999999999.99", "EUR", "€99,999,999,999,999,999.99", "99.999.999.999.999.999,99\xa0€"),
    ],
)
def test_money_is_written_as_its_language_does(amount, currency, english, spanish):
    assert format_money(Decimal(amount), currency, "en") == english
    assert format_money(Decimal(amount), currency, "es") == spanish


@given(
    st.integers(min_value=-(10**14), max_value=10**14),
    st.sampled_from(CURRENCIES),
    st.sampled_from(sorted(LOCALES)),
)
def test_money_agrees_with_babel(units, currency, language):
    locale = LOCALES[language]
    assume(get_currency_precision(currency) == exponent(currency))  # CLDR leaves out cents that nobody uses
    symbol = get_currency_symbol(currency, locale)
    assume(language == "es" or not symbol[-1].isalpha())  # "CHF 10.00": Babel would write "CHF10.00"
    amount = Decimal(units).scaleb(-exponent(currency))
    assert format_money(amount, currency, language) == format_currency(amount, currency, locale=locale)


@given(
    st.decimals(min_value=-(10**11), max_value=10**11, places=8, allow_nan=False),
    st.integers(min_value=0, max_value=8),
    st.sampled_from(sorted(LOCALES)),
)
def test_numbers_agree_with_babel(number, least, language):
    assume(number != 0)  # Babel writes "-0"
    pattern = "#,##0." + "0" * least + "#" * (8 - least)
    expected = format_decimal(number, format=pattern, locale=LOCALES[language])
    assert format_number(number, language, least=least) == expected


@pytest.mark.parametrize(
    ("number", "options", "english", "spanish"),
    [
        (Decimal("2.50000000"), {}, "2.5", "2,5"),
        (Decimal("1000.00"), {}, "1,000", "1.000"),
        (7, {}, "7", "7"),
        (Decimal("7"), {"least": 2}, "7.00", "7,00"),
        (Decimal("0.125"), {"most": 2}, "0.12", "0,12"),
        (Decimal("-1234.5"), {"least": 2}, "-1,234.50", "-1.234,50"),
    ],
)
def test_number_keeps_only_the_decimals_it_needs(number, options, english, spanish):
    assert format_number(number, "en", **options) == english
    assert format_number(number, "es", **options) == spanish


def test_dates_follow_the_language_and_the_width():
    day = date(2015, 1, 9)
    assert [format_date(day, language) for language in ("en", "es")] == ["9 Jan 2015", "9 ene 2015"]
    assert format_date(day, "en", width="long") == "9 January 2015"
    assert format_date(day, "es", width="long") == "9 de enero de 2015"


def test_without_a_language_the_active_one_counts():
    with translation.override("es"):
        assert active_language() == "es"
        assert format_money(Decimal("2.5"), "EUR") == "2,50\xa0€"
        assert format_number(Decimal("2.5")) == "2,5"
        assert format_date(date(2015, 1, 9)) == "9 ene 2015"
    with translation.override(None):
        assert active_language() == "en"


def test_moments_are_told_in_the_time_zone():
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert format_moment(late, "Europe/Madrid", "en").startswith("3 Mar 2026")
    assert "00:30" in format_moment(late, "Europe/Madrid", "en")
    assert format_moment(late, "America/New_York", "es").startswith("2 mar 2026")


@pytest.mark.parametrize(
    ("moment", "language", "text"),
    [
        (NOON - timedelta(hours=3), "en", "3 hours ago"),
        (NOON - timedelta(days=2), "es", "hace 2 días"),
        (NOON + timedelta(minutes=5), "en", "1 second ago"),
    ],
)
def test_ago_is_rough_and_never_in_the_future(moment, language, text):
    assert format_ago(moment, NOON, language) == text

"""Money: exponents, rounding, limits, smallest units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisory_portal.core.money import CURRENCIES, exponent, fits, from_minor, round_money, to_minor

currencies = st.sampled_from(CURRENCIES)
amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=5, allow_nan=False)


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLP", 0), ("TND", 3)])
def test_exponent_follows_the_currency(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize("code", ["", "eur", "XXX", "EURO", "CLF"])
def test_exponent_refuses_unknown_codes(code):
    with pytest.raises(ValueError, match="is not a currency code known here"):
        exponent(code)


def test_currencies_are_listed_once_in_order():
    assert len(CURRENCIES) == len(set(CURRENCIES)) == 156
    assert list(CURRENCIES) == sorted(CURRENCIES)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("2.6749999", "EUR", "2.67"),
        ("0.5", "JPY", "1"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_round_money_rounds_halves_away_from_zero(amount, currency, rounded):
    assert str(round_money(Decimal(amount), currency)) == rounded


@given(amounts, currencies)
def test_round_money_is_the_nearest_whole_unit(amount, currency):
    unit = Decimal(1).scaleb(-exponent(currency))
    rounded = round_money(amount, currency)
    assert abs(rounded - amount) <= unit / 2
    assert round_money(rounded, currency) == rounded
    assert round_money(-amount, currency) == -rounded


@given(amounts, currencies)
def test_minor_units_go_there_and_back(amount, currency):
    rounded = round_money(amount, currency)
    units = to_minor(rounded, currency)
    assert units == rounded * 10 ** exponent(currency)
    assert from_minor(units, currency) == rounded


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "EUR"), ("0.1", "JPY"), ("0.0001", "KWD")])
def test_what_is_finer_than_the_smallest_unit_is_no_amount(amount, currency):
    assert not fits(Decimal(amount), currency)
    with pytest.raises(ValueError, match="finer"):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "answer"),
    [
        ("99999999999999999.99", True),
        ("-99999999999999999.99", True),
        ("100000000000000000", False),
        ("-100000000000000000", False),
        ("NaN", False),
        ("Infinity", False),
        ("1E+3", True),
        ("1.10", True),
    ],
)
def test_fits_knows_what_the_column_holds(amount, answer):
    assert fits(Decimal(amount), "EUR") is answer

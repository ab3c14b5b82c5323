from decimal import Decimal as D

import pytest

from catalog.rules import (
    Fault,
    State,
    Tier,
    availability,
    can_take,
    nearest_quantity,
    options_of,
    options_text,
    price_at,
    quantity_fault,
    shown_price,
    sku_key,
    tiers_of,
    usual_tax,
)
from documents.rules import Tax


def tiers(*pairs):
    return [Tier(D(quantity), D(price)) for quantity, price in pairs]


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, "9.5"), ("4.99", "9.5"), (5, "9"), ("9.99", "9"), (10, "7"), (10**6, "7")]
)
def test_stronger_list_counts_from_its_first_quantity_on(quantity, price):
    found = tiers_of(D(10), tiers((5, 9), (0, "9.5"), (20, 8)), tiers((10, 7)))
    assert price_at(found, D(quantity)) == D(price)


def test_weaker_price_holds_below_the_first_quantity_of_a_list():
    assert price_at(tiers_of(D(10), tiers((5, 9))), D(4)) == 10
    assert tiers_of(D(10), [], []) == (Tier(D(0), D(10)),)


def test_without_a_price_there_is_nothing_to_buy_at():
    assert price_at(tiers_of(None), D(1)) is None
    assert price_at(tiers_of(None, tiers((5, 9))), D(4)) is None


@pytest.mark.parametrize(
    ("price", "currency", "tax", "shown"),
    [
        ("10", "EUR", None, "10.00"),
        ("0.0125", "EUR", None, "0.0125"),
        ("100", "JPY", None, "100"),
        ("0", "EUR", None, "0.00"),
        ("10", "EUR", Tax("S", D(21)), "12.10"),
        ("0.05", "EUR", Tax("S", D(10)), "0.06"),
        ("10", "EUR", Tax("S", D(21), D("5.2")), "12.62"),
        ("10", "EUR", Tax("O", None), "10.00"),
    ],
)
def test_price_is_shown_with_tax_in_the_decimals_it_needs(price, currency, tax, shown):
    assert str(shown_price(D(price), currency, tax)) == shown


def test_usual_tax_is_the_business_s_or_its_country_s():
    assert usual_tax("S:10", "ES") == Tax("S", D(10))
    assert usual_tax("", "ES") == Tax("S", D(21))


@pytest.mark.parametrize(
    ("quantity", "given", "fault"),
    [
        ("0", {}, Fault.NOT_POSITIVE),
        ("-1", {}, Fault.NOT_POSITIVE),
        ("NaN", {}, Fault.NOT_POSITIVE),
        ("1e12", {}, Fault.TOO_MANY),
        ("1000000", {}, None),
        ("0.5", {}, Fault.NOT_WHOLE),
        ("0.5", {"is_divisible": True, "minimum": D("0.5")}, None),
        ("0.123456789", {"is_divisible": True, "minimum": D("0.1")}, Fault.TOO_FINE),
        ("1", {"minimum": D(2)}, Fault.BELOW_MINIMUM),
        ("2", {"minimum": D(2)}, None),
        ("5", {"multiple": D(3)}, Fault.NOT_MULTIPLE),
        ("6", {"multiple": D(3)}, None),
    ],
)
def test_quantity_is_judged(quantity, given, fault):
    rules = {"minimum": D(1), "multiple": D(0), "is_divisible": False} | given
    assert quantity_fault(D(quantity), **rules) is fault


@pytest.mark.parametrize(
    ("quantity", "given", "nearest"),
    [
        ("5", {"multiple": D(6)}, 6),
        ("6", {"multiple": D(6)}, 6),
        ("0", {"minimum": D(4)}, 4),
        ("2.2", {}, 3),
        ("5", {"multiple": D("1.5")}, 6),
        ("1e12", {}, 1_000_000),
    ],
)
def test_nearest_quantity_can_be_ordered(quantity, given, nearest):
    rules = {"minimum": D(1), "multiple": D(0), "is_divisible": False} | given
    found = nearest_quantity(D(quantity), **rules)
    assert found == nearest
    assert quantity_fault(found, **rules) is None


@pytest.mark.parametrize(
    ("free", "given", "state"),
    [
        (None, {}, State.ALWAYS),
        ("3", {}, State.IN_STOCK),
        ("2", {"alarm_at": D(2)}, State.LOW),
        ("1", {"minimum": D(2)}, State.OUT),
        ("0", {"allows_backorders": True}, State.BACKORDER),
        ("-1", {}, State.OUT),
    ],
)
def test_availability(free, given, state):
    rules = {"minimum": D(1), "alarm_at": None, "allows_backorders": False} | given
    assert availability(None if free is None else D(free), **rules) is state


def test_no_more_is_taken_than_is_free():
    assert can_take(D(2), D(2), allows_backorders=False)
    assert not can_take(D("2.00000001"), D(2), allows_backorders=False)
    assert can_take(D(3), D(2), allows_backorders=True)
    assert can_take(D(3), None, allows_backorders=False)


def test_skus_are_compared_without_case_spaces_and_accents():
    assert sku_key(" Ab 1é ") == "ab1e"


def test_options_are_read_as_they_are_written():
    options = options_of("Colour: Red, Size: 10:30")
    assert options == (("Colour", "Red"), ("Size", "10:30"))
    assert options_text(options) == "Colour: Red, Size: 10:30"
    assert options_of("") == ()
    for wrong in ("Red", "Colour:", ": Red", "A: 1, a: 2", "A: 1, B: 2, C: 3, D: 4"):
        with pytest.raises(ValueError, match=r".+"):
            options_of(wrong)

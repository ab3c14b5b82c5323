"""What has changed of a thing in a cart, and what a quick-order pad says."""

from decimal import Decimal as D

import pytest

from catalog.rules import Change, Fault, Now, PadLine, Seen, change_of, most_to_take, pad_lines

EVEN = {"minimum": D(2), "multiple": D(2), "is_divisible": False}


def now(**values):
    usual = {"price": D(10), "currency": "EUR", "free": D(5), "is_offered": True, "allows_backorders": False}
    return Now(**{**usual, "fault": None, **values})


@pytest.mark.parametrize(
    ("seen", "values", "change"),
    [
        ({}, {}, None),
        ({}, {"is_offered": False, "price": None}, Change.GONE),
        ({}, {"price": None}, Change.UNPRICED),
        ({}, {"fault": Fault.NOT_WHOLE, "free": D(0)}, Change.FAULTY),
        ({}, {"free": D("3.99")}, Change.SHORT),
        ({}, {"free": D(4)}, None),
        ({}, {"free": None}, None),
        ({}, {"price": D("10.01")}, Change.DEARER),
        ({}, {"price": D("9.99")}, Change.CHEAPER),
        ({"currency": "USD"}, {}, Change.REPRICED),
        ({"price": None}, {}, Change.REPRICED),
        ({}, {"free": D(3), "allows_backorders": True}, Change.WAITS),
        ({"free": D(3)}, {"free": D(2), "allows_backorders": True}, None),
        ({"free": None}, {"free": D(2), "allows_backorders": True}, Change.WAITS),
    ],
)
def test_the_change_that_matters_most_is_named(seen, values, change):
    assert change_of(D(4), Seen(**{"price": D(10), "currency": "EUR", "free": D(5), **seen}), now(**values)) is change


@pytest.mark.parametrize(("free", "most"), [("7", 6), ("6", 6), ("1", 0), ("0", 0), ("-3", 0), ("3000000", 1_000_000)])
def test_the_most_that_can_be_taken_fits_the_steps(free, most):
    assert most_to_take(D(free), **EVEN) == most


def test_parts_are_taken_of_what_is_divisible_alone():
    whole = {"minimum": D(1), "multiple": D(0)}
    assert most_to_take(D("2.5"), **whole, is_divisible=False) == 2
    assert most_to_take(D("2.5"), **whole, is_divisible=True) == D("2.5")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A-1\t5", [("A-1", "5")]),
        ("A-1;5\nB 2;1,5", [("A-1", "5"), ("B 2", "1,5")]),
        ("A-1 5", [("A-1", "5")]),
        ("A-1, 5", [("A-1", "5")]),
        ("A-1", [("A-1", "")]),
        ("Article\tPieces\nA-1\t5", [("A-1", "5")]),
        ("A-1\tOak chair, red\t5\t", [("A-1", "5")]),
        ('"A-1"\t"5"', [("A-1", "5")]),
        ("A-1\tmany", [("A-1", "many")]),
        ("\n  \n\t\n", []),
        ("A-1 -3", [("A-1", "-3")]),
    ],
)
def test_a_pad_is_read_as_people_paste_it(text, lines):
    assert [(line.sku, line.quantity) for line in pad_lines(text)] == lines


def test_lines_of_a_pad_keep_their_numbers():
    assert pad_lines("A 1\n\nB 2") == [PadLine(1, "A", "1"), PadLine(3, "B", "2")]

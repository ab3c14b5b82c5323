"""A business's colour, made readable."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from advisory_portal import colour

PART = st.integers(0, 255)
COLOURS = st.tuples(PART, PART, PART)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 0, 0), (255, 255, 255), 21.0),
        ((255, 255, 255), (255, 255, 255), 1.0),
        ((119, 119, 119), (255, 255, 255), 4.48),
    ],
)
def test_contrast_agrees_with_known_pairs(one, other, expected):
    assert round(colour.contrast(one, other), 2) == expected


@given(COLOURS, st.sampled_from([colour.LIGHT_SURFACE, colour.DARK_SURFACE]))
def test_readable_reaches_the_contrast_on_either_ground(any_colour, ground):
    assert colour.contrast(colour.readable(any_colour, on=ground), ground) >= colour.ENOUGH


def test_readable_keeps_a_colour_that_can_be_read():
    assert colour.readable((11, 110, 79), on=colour.LIGHT_SURFACE) == (11, 110, 79)


@given(COLOURS)
def test_ink_on_the_brand_is_the_one_that_reads_better(brand):
    css = colour.brand_css(brand)
    ink = colour.parse(css.partition("--brand-ink:#")[2][:6])
    assert colour.contrast(ink, brand) >= colour.ENOUGH


def test_sheet_sets_the_properties_and_is_kept():
    response = Client(SERVER_NAME="localhost").get("/colour/0b6e4f.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content.decode().startswith(
        ":root{--brand:#0b6e4f;--brand-ink:#ffffff;--accent:light-dark(#0b6e4f,#"
    )


@pytest.mark.parametrize("name", ["red", "0b6e4", "0b6e4f;", "gggggg", "0b6e4f}body{"])
def test_anything_but_a_colour_is_not_found(name):
    assert Client(SERVER_NAME="localhost").get(f"/colour/{name}.css").status_code == 404

"""Text as it is sorted, searched and kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisory_portal.core.text import beginnings, clean_line, plain, search_words, sort_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Électricité Ñandú", "electricite nandu"),
        ("STRASSE Straße", "strasse strasse"),
        ("ﬁn №5", "fin no5"),
        ("Ελλάς", "ελλασ"),
        ("漢字", "漢字"),
    ],
)
def test_plain_drops_case_and_accents(text, expected):
    assert plain(text) == expected


def test_sort_key_has_single_spaces_and_a_limit():
    assert sort_key("  Ávila \t &\n Sons ") == "avila & sons"
    assert sort_key("x" * 300) == "x" * 200
    assert sort_key("abc", limit=2) == "ab"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  A\r\nB\tC  ", "A B C"),
        ("nul\x00 bell\x07 delete\x7f", "nul bell delete"),
        ("line\u2028separator", "line separator"),
        ("\x01\x02", ""),
    ],
)
def test_clean_line_is_one_line_without_control_characters(text, line):
    assert clean_line(text) == line


@given(st.text())
def test_clean_line_leaves_nothing_that_breaks_a_header(text):
    line = clean_line(text)
    assert not set(line) & {chr(code) for code in (*range(32), 127)}
    assert clean_line(line) == line


@given(st.text(max_size=50))
def test_what_is_searched_is_found_in_what_was_kept(text):
    assert search_words(text) in " ".join(plain(text).split())
    assert search_words(f"  {text}\n") == search_words(text)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("Café  ERIN", "cafe & erin:*"),
        ("inv-2026_0031", "inv & 2026 & 0031:*"),
        ("o'neill & sons | !x <-> (y):*", "o & neill & sons & x & y:*"),
        ("Ελλάς 株式", "ελλασ & 株式:*"),
        ("-- ' \\ %", ""),
    ],
)
def test_beginnings_are_words_of_which_the_last_may_go_on(typed, query):
    assert beginnings(typed) == query

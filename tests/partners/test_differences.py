"""What a reviewer sees of a change."""

from hypothesis import given
from hypothesis import strategies as st

from partners.rules.differences import Difference, Mark, Piece, differences, list_difference, text_difference

SAME, ADDED, REMOVED = Mark.SAME, Mark.ADDED, Mark.REMOVED


def test_text_difference_marks_words_that_came_and_went():
    assert text_difference("We keep the books of bars.", "We keep books of bars and hotels.") == (
        Piece(SAME, "We keep "),
        Piece(REMOVED, "the "),
        Piece(SAME, "books of "),
        Piece(REMOVED, "bars. "),
        Piece(ADDED, "bars and hotels. "),
    )


def test_text_difference_of_equal_texts_is_one_piece():
    assert text_difference("Calm  books", "Calm books ") == (Piece(SAME, "Calm books "),)
    assert text_difference("", "") == ()


def test_text_difference_shows_a_new_paragraph():
    assert text_difference("One. Two.", "One.\n\nTwo.") == (
        Piece(REMOVED, "One. "),
        Piece(ADDED, "One.\n\n"),
        Piece(SAME, "Two. "),
    )


def test_text_difference_from_nothing_and_to_nothing():
    assert text_difference("", "All new") == (Piece(ADDED, "All new "),)
    assert text_difference("All gone", "") == (Piece(REMOVED, "All gone "),)


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_text_difference_holds_both_texts(before, after):
    pieces = text_difference(before, after)
    old = "".join(piece.text for piece in pieces if piece.mark is not ADDED)
    new = "".join(piece.text for piece in pieces if piece.mark is not REMOVED)
    assert old.split() == before.split()
    assert new.rstrip() == after.strip()


def test_list_difference_keeps_the_new_order_and_puts_what_is_gone_last():
    assert list_difference(["Tax", "Payroll", "Audit"], ["Audit", "Grants", "Tax"]) == (
        Piece(SAME, "Audit"),
        Piece(ADDED, "Grants"),
        Piece(SAME, "Tax"),
        Piece(REMOVED, "Payroll"),
    )


def test_list_difference_counts_an_entry_once():
    assert list_difference(["Tax", "Tax"], ["Tax", "Tax"]) == (Piece(SAME, "Tax"),)


def test_differences_cover_every_field_in_its_order():
    before = {"city": "Madrid", "services": ["Tax"], "tagline": "Calm books"}
    after = {"tagline": "Calm books", "services": ["Payroll"], "phone": "+34932000001", "city": ""}
    assert differences(before, after) == [
        Difference("tagline", False, False, (Piece(SAME, "Calm books "),)),
        Difference("services", True, True, (Piece(ADDED, "Payroll"), Piece(REMOVED, "Tax"))),
        Difference("phone", False, True, (Piece(ADDED, "+34932000001 "),)),
        Difference("city", False, True, (Piece(REMOVED, "Madrid "),)),
    ]


def test_differences_of_a_first_version_are_all_added():
    assert differences({}, {"tagline": "New", "services": ["Tax"], "website": "", "specialities": []}) == [
        Difference("tagline", False, True, (Piece(ADDED, "New "),)),
        Difference("services", True, True, (Piece(ADDED, "Tax"),)),
        Difference("website", False, False, ()),
        Difference("specialities", True, False, ()),
    ]


def test_differences_take_a_field_whose_kind_changed():
    assert differences({"tags": "one"}, {"tags": ["one"]}) == [Difference("tags", True, True, (Piece(ADDED, "one"),))]

"""What the editor makes of what people type: numbers, rows, what is wrong with them."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation

from documents.forms import Choices, EditorForm, act_on_rows, blank_line, set_due, shown_figures, texts_of
from documents.forms.acts import split_act
from documents.forms.lines import LINE_PARTS, percentage, typed_rows
from documents.forms.numbers import BadNumber, bounded_number, read_number
from documents.rules import AdjustmentContent, Content, LineContent, Tax, key_of_tax
from documents.sources import tax_of
from tests.documents.typing import LINE, posted
from tests.factories import typed_content


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "1,234.56", "1234.56"),
        ("en", "1234.56", "1234.56"),
        ("en", "1,234", "1234"),
        ("en", "12,5", "12.5"),
        ("en", "0,125", "0.125"),
        ("en", ".5", "0.5"),
        ("en", "5.", "5"),
        ("en", "-3", "-3"),
        ("en", "\N{MINUS SIGN}3", "-3"),
        ("en", "€1,200.00", "1200"),
        ("en", "1\N{NO-BREAK SPACE}234.5", "1234.5"),
        ("en", "12.5 %", "12.5"),
        ("es", "1.234,56", "1234.56"),
        ("es", "1.234", "1234"),
        ("es", "12.5", "12.5"),
        ("es", "0.125", "0.125"),
        ("es", "1.234.567,89", "1234567.89"),
        ("es", "1234,5", "1234.5"),
    ],
)
def test_numbers_are_read_in_the_readers_language(language, text, number):
    assert read_number(text, language) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", text) for text in ("", "abc", "1e5", "inf", "NaN", "--3", "1.234.567", "1,23,4", "１２", "1/2", ".")),
        ("es", "1,234.56"),
        ("en", "1" * 61),
    ],
)
def test_what_is_no_number_is_refused(language, text):
    with pytest.raises(BadNumber, match="This is not a number"):
        read_number(text, language)


@pytest.mark.parametrize(
    ("text", "limits", "words"),
    [
        ("1" + "0" * 30, {}, "too large"),
        ("1000000000000", {}, "too large"),
        ("0." + "1" * 30, {}, "at most 8 decimals"),
        ("1.234", {"decimals": 2}, "at most 2 decimals"),
        ("-1", {"least": Decimal(0)}, "cannot be negative"),
        ("101", {"most": Decimal(100)}, "100 at most"),
    ],
)
def test_numbers_keep_within_their_column(text, limits, words):
    with pytest.raises(BadNumber, match=words):
        bounded_number(text, **limits)


def test_limits_themselves_fit():
    assert bounded_number("999,999,999,999.99999999") == Decimal("999999999999.99999999")
    assert (percentage("100"), percentage("0.123456")) == (100, Decimal("0.123456"))


# --- Rows ----------------------------------------------------------------------------------------------------


def rows_of(data):
    return [row["name"] for row in typed_rows(data, "line", LINE_PARTS)]


def data_of(*names, **head):
    data = QueryDict(mutable=True)
    for name, value in posted(lines=[LINE | {"name": name} for name in names], **head).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


@pytest.mark.parametrize(
    ("act", "names", "focus"),
    [
        ("add", ["a", "b", "c", ""], "line-3-name"),
        ("remove-1", ["a", "c"], "line-1-name"),
        ("remove-2", ["a", "b"], "line-1-name"),
        ("remove-9", ["a", "b", "c"], "line-2-name"),
        ("up-2", ["a", "c", "b"], "line-1-up"),
        ("up-0", ["a", "b", "c"], "line-0-up"),
        ("down-0", ["b", "a", "c"], "line-1-down"),
        ("down-2", ["a", "b", "c"], "line-2-down"),
        ("nonsense", ["a", "b", "c"], ""),
        ("up--1", ["a", "b", "c"], ""),
    ],
)
def test_buttons_change_the_rows(act, names, focus):
    data = data_of("a", "b", "c")
    assert act_on_rows(data, act, new_line=blank_line("S:21")) == focus
    assert rows_of(data) == names


def test_a_document_keeps_one_line():
    data = data_of("a")
    act_on_rows(data, "remove-0", new_line=blank_line("S:21"))
    assert rows_of(data) == [""]


def test_at_most_500_lines_are_added():
    data = data_of(*("x" * 500))
    act_on_rows(data, "add", new_line=blank_line("S:21"))
    assert len(rows_of(data)) == 500


def test_rows_of_a_spreadsheet_become_lines():
    data = data_of("a", "")
    data.setlist("line_unit_price", ["5", ""])
    data["pasted"] = "Nails\t3\t4.50\nHammer\t1\t20\t5\n\nAdvice\n"
    act_on_rows(data, "paste-1", new_line=blank_line("S:21"))
    assert rows_of(data) == ["a", "Nails", "Hammer", "Advice"]
    assert data.getlist("line_quantity") == ["1", "3", "1", "1"]
    assert data.getlist("line_unit_price") == ["5", "4.50", "20", ""]
    assert data.getlist("line_discount") == ["", "", "5", ""]
    assert data.getlist("line_tax") == ["S:21"] * 4


def test_adjustments_come_and_go():
    data = data_of("a")
    assert act_on_rows(data, "adjust", new_line={}) == "adjustment-0"
    assert data.getlist("adjustment_kind") == ["discount"]
    assert act_on_rows(data, "unadjust-0", new_line={}) == "adjust"
    assert data.getlist("adjustment_kind") == []


@pytest.mark.parametrize("act", ["add", "up-x", "up-1234567", "", "-", "up-²"])
def test_acts_without_a_row_are_about_the_first(act):
    assert split_act(act)[1] == 0


def test_due_date_follows_the_date_if_there_is_one():
    data = data_of("a")
    set_due(data, 15)
    assert data["due_on"] == "2026-03-17"
    for bad in ("", "nonsense", "9999-12-31"):
        data["issued_on"] = bad
        set_due(data, 15)
        assert data["due_on"] == "2026-03-17"


# --- The form ------------------------------------------------------------------------------------------------


def form_of(*lines, strict=True, kind="invoice", contact=None, series=(), **head):
    data = QueryDict(mutable=True)
    for name, value in posted(contact=contact, lines=lines, **head).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    choices = Choices(kind, contact, [("S:21", "VAT 21 %")], [("", "–")], [("", "no unit")], list(series), tax_of)
    form = EditorForm(data, choices=choices, strict=strict)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("part", "text", "error"),
    [
        ("quantity", "abc", "This is not a number."),
        ("quantity", "1" + "0" * 30, "This number is too large."),
        ("quantity", "1." + "1" * 30, "Write at most 8 decimals."),
        ("unit_price", "", "Write a number."),
        ("unit_price", "-1", "This cannot be negative."),
        ("discount", "101", "Write 100 at most."),
        ("discount", "-1", "This cannot be negative."),
        ("withholding", "x", "This is not a number."),
        ("tax", "S:banana", "Choose a tax."),
        ("tax", "", "Choose a tax."),
        ("name", "", "Say what this line is."),
        ("name", "x" * 501, "Write 500 characters at most."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_above(part, text, error):
    form = form_of(LINE, LINE | {part: text})
    assert form.lines[0].errors == {}
    assert form.lines[1].errors == {part: error}
    (listed,) = form.non_field_errors()
    assert listed.startswith("Line 2, ") and listed.endswith(error)


def test_negative_and_zero_quantities_are_kept():
    form = form_of(LINE | {"quantity": "-2"}, LINE | {"quantity": "0"})
    lines, _adjustments = form.figures
    assert [line.quantity for line in lines] == [-2, 0]
    assert [line.errors for line in form.lines] == [{}, {}]


def test_blank_lines_are_passed_over():
    form = form_of(LINE, blank_line("S:21"), LINE)
    assert len(form.figures[0]) == 2
    assert [line.net for line in shown_figures(form).lines] == ["€100.00", "", "€100.00"]


def test_many_mistakes_are_counted():
    form = form_of(*[LINE | {"quantity": "x"}] * 30)
    assert len(form.non_field_errors()) == 13
    assert form.non_field_errors()[-1] == "18 more things in the lines."


def test_more_lines_than_500_are_refused():
    form = form_of(*[LINE] * 501)
    assert "A document typed by hand has 500 lines at most." in form.non_field_errors()


@pytest.mark.django_db
def test_while_somebody_types_what_is_missing_is_no_mistake(erin):
    form = form_of(LINE | {"name": ""}, strict=False)
    assert (form.errors, form.lines[0].errors) == ({}, {})
    assert form.lacks == "Not saved yet: choose a contact"
    assert form_of(LINE | {"name": ""}, strict=False, contact=erin).lacks == "Not saved yet: a line has no name"
    assert form_of(LINE, strict=False, contact=erin, issued_on="").lacks == "Not saved yet: give it a date"
    assert form_of(LINE | {"quantity": "x"}, strict=False, contact=erin).lacks == "Not saved: correct what is marked"
    assert form_of(LINE, strict=False, contact=erin).lacks == ""


@pytest.mark.django_db
def test_head_says_what_is_wrong(erin):
    form = form_of(LINE, contact=erin, due_on="2026-03-01", currency="XXX", issued_on="2026-02-30")
    assert set(form.errors) == {"currency", "issued_on"}
    form = form_of(LINE, contact=erin, due_on="2026-03-01")
    assert form.errors == {"due_on": ["This is before the date of the document."]}


def test_fields_follow_the_kind():
    assert "number" in form_of(kind="bill").fields
    assert "number" not in form_of(kind="invoice").fields
    assert form_of(kind="quote").fields["due_on"].label == "Valid until"
    assert "due_on" not in form_of(kind="credit_note").fields
    assert "series" in form_of(series=[("a", "A-"), ("b", "B-")]).fields
    assert "series" not in form_of(series=[("a", "A-")]).fields


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_draft_comes_back_from_the_page_as_it_was(erin, language):
    content = typed_content(
        erin,
        lines=(
            LineContent("Nails", Decimal("1234.5"), Decimal("0.12345678"), Tax("S", Decimal(21), Decimal("5.2"))),
            LineContent(
                "Hammer", Decimal(-1), Decimal(20), Tax("O", None), Decimal("12.5"), Decimal(15), "Big", "C62", "H-1"
            ),
        ),
        adjustments=(
            AdjustmentContent("Friend", percent=Decimal("2.5")),
            AdjustmentContent("Way", True, None, Decimal(1500)),
        ),
        buyer_reference="R 1",
        note="Two\nlines",
    )
    with translation.override(language):
        data = texts_of(content, key_of_tax)
        form = EditorForm(data, choices=Choices("invoice", erin, [], [], [], [], tax_of))
        assert form.is_valid(), form.errors
        assert form.content == content


@pytest.mark.django_db
def test_totals_show_discounts_taxes_and_withholding(erin):
    content = Content(
        contact_id=erin.pk,
        currency="EUR",
        issued_on=typed_content(erin).issued_on,
        lines=(LineContent("A", Decimal(1), Decimal(1000), Tax("S", Decimal(21)), withholding_percent=Decimal(15)),),
        adjustments=(AdjustmentContent("", percent=Decimal(10)),),
    )
    form = EditorForm(texts_of(content, key_of_tax), choices=Choices("invoice", erin, [], [], [], [], tax_of))
    assert form.is_valid()
    assert [(row.label, row.value) for row in shown_figures(form).totals] == [
        ("Sum of lines", "€1,000.00"),
        ("Discounts", "-€100.00"),
        ("Total without tax", "€900.00"),
        ("VAT 21 % of €900.00", "€189.00"),
        ("Withholding 15 % of €900.00", "-€135.00"),
        ("Total", "€954.00"),
    ]


def test_more_than_can_be_added_up_is_said():
    form = form_of(*[LINE | {"quantity": "999,999,999,999", "unit_price": "999,999,999,999"}] * 2)
    assert shown_figures(form).totals[-1].label == "This is more than can be added up."

"""Components: what they write, above all what they escape and how they tie things together."""

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from lucide import IconDoesNotExist

from advisory_portal.jinja2 import attributes, dom_id, icon, query, widget


def render(source: str, **context: object) -> str:
    request = RequestFactory().get(context.pop("path", "/"))
    template = engines["jinja2"].env.from_string(source)
    return template.render({"request": request, "csrf_input": "CSRF", **context}).strip()


class Person(forms.Form):
    name = forms.CharField(label="Name", help_text="As registered.")
    nickname = forms.CharField(label="Nickname", required=False)
    born_on = forms.DateField(label="Born", required=False)
    sections = forms.MultipleChoiceField(
        label="Sections", choices=[("a", "Alpha"), ("b", "Beta")], widget=forms.CheckboxSelectMultiple
    )


FIELD = '{% from "components/field.html" import field, form_errors, form as whole with context %}'


def test_field_without_error_is_described_by_its_help():
    html = str(widget(Person()["name"], "As registered."))
    assert html == '<input type="text" name="name" aria-describedby="id_name_helptext" required id="id_name">'


def test_field_with_error_keeps_what_was_typed_and_is_described_by_help_and_error():
    class Short(forms.Form):
        name = forms.CharField(max_length=2)

    html = str(widget(Short({"name": "<b>long"})["name"], "Help"))
    assert 'value="&lt;b&gt;long"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_field_shows_label_help_and_error_with_their_ids():
    html = render(FIELD + "{{ field(person.name) }}", person=Person({}))
    assert '<label for="id_name">Name</label>' in html
    assert '<div class="field-help" id="id_name_helptext">As registered.</div>' in html
    assert 'id="id_name_error"><p>' in html
    assert "This field is required.</p>" in html


def test_optional_fields_say_so():
    assert "(optional)" in render(FIELD + "{{ field(person.nickname) }}", person=Person())
    assert "(optional)" not in render(FIELD + "{{ field(person.name) }}", person=Person())


def test_dates_use_the_browser_s_calendar_and_iso_whatever_the_language(settings):
    settings.LANGUAGE_CODE = "es"
    html = str(widget(Person(initial={"born_on": "2001-02-03"})["born_on"]))
    assert 'type="date"' in html
    assert 'value="2001-02-03"' in html


def test_choices_are_a_group_with_a_legend():
    html = render(FIELD + "{{ field(person.sections) }}", person=Person({"sections": ["b"]}))
    assert "<legend>Sections</legend>" in html
    assert '<label for="id_sections_1">Beta</label>' in html
    assert 'value="b" id="id_sections_1" checked' in html


def test_a_group_of_boxes_does_not_say_that_it_may_be_left_empty():
    person = Person()
    person.fields["sections"].required = False
    assert "(optional)" not in render(FIELD + "{{ field(person.sections) }}", person=person)


def test_error_summary_counts_and_links_to_the_fields():
    html = render(FIELD + "{{ form_errors(person) }}", person=Person({}))
    assert "Please correct 2 things" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_sections">Sections: This field is required.</a>' in html


def test_error_of_the_whole_form_stands_alone():
    """Nothing of what was typed can be corrected, so nobody is asked to."""
    person = Person({"name": "Erin", "sections": ["a"]})
    person.add_error(None, "A payment is under way.")
    html = render(FIELD + "{{ form_errors(person) }}", person=person)
    assert "A payment is under way." in html
    assert "Please correct" not in html


def test_error_summary_is_absent_on_a_fresh_form():
    assert render(FIELD + "{{ form_errors(person) }}", person=Person()) == ""


def test_form_carries_the_token_and_one_button():
    html = render(FIELD + '{{ whole(person, cancel="/back/") }}', person=Person())
    assert "CSRF" in html
    assert html.count("<button") == 1
    assert '<a class="button button-quiet" href="/back/">Cancel</a>' in html


BUTTON = '{% from "components/button.html" import button, icon_button, post_button with context %}'


def test_button_is_a_link_with_an_address_and_a_button_without():
    assert render(BUTTON + '{{ button("Go", href="/a/?b=1&c=2") }}') == (
        '<a class="button button-primary" href="/a/?b=1&amp;c=2">Go</a>'
    )
    assert render(BUTTON + '{{ button("Save", kind="secondary", name="a", value="1") }}') == (
        '<button class="button button-secondary" type="submit" name="a" value="1">Save</button>'
    )


def test_icon_button_has_a_name():
    html = render(BUTTON + '{{ icon_button("Settings", "settings") }}')
    assert 'aria-label="Settings"' in html
    assert '<svg width="18" height="18"' in html


def test_post_button_posts_with_the_token_and_its_fields():
    assert render(BUTTON + '{{ post_button("Void", "/void/", fields={"a": "<1>"}) }}') == (
        '<form class="inline-form" method="post" action="/void/">CSRF<input type="hidden" name="a" value="&lt;1&gt;">'
        '<button class="button button-secondary" type="submit">Void</button></form>'
    )


def test_post_button_with_confirm_asks_in_a_dialog_that_needs_no_script():
    html = render(
        BUTTON + '{{ post_button("Void", "/void/", confirm={"title": "Sure?", "text": "Gone.", "label": "Void it"}) }}'
    )
    opener, _, rest = html.partition("</button>")
    target = opener.partition('popovertarget="')[2].partition('"')[0]
    assert 'type="button"' in opener
    assert f'<dialog class="dialog" id="{target}" popover' in rest
    assert '<button class="button button-primary" type="submit">Void it</button>' in rest


TABLE = '{% from "components/table.html" import data_table, select_cell with context %}'
COLUMNS = [
    {"key": "number", "label": "Number", "sort": True},
    {"key": "total", "label": "Total", "sort": True, "number": True},
]


def test_table_heads_sort_and_turn_around_and_begin_at_the_first_page():
    source = TABLE + '{% call data_table(columns, request=request, sort="-number") %}{% endcall %}'
    html = render(source, columns=COLUMNS, path="/?state=paid&after=abc&sort=-number")
    assert 'aria-sort="descending"><a href="?state=paid&amp;sort=number">Number' in html
    assert '<th scope="col" class="number"><a href="?state=paid&amp;sort=total">Total</a></th>' in html


def test_table_sorted_upwards_offers_downwards():
    source = TABLE + '{% call data_table(columns, request=request, sort="total") %}{% endcall %}'
    assert 'aria-sort="ascending"><a href="?sort=-total">' in render(source, columns=COLUMNS)


def test_pagination_keeps_filters_and_swaps_the_cursor():
    source = '{% from "components/pagination.html" import pagination with context %}{{ pagination(page, request) }}'
    html = render(source, page={"next": "n", "previous": "p"}, path="/?q=a&before=x")
    assert 'rel="next" href="?q=a&amp;after=n"' in html
    assert 'rel="prev" href="?q=a&amp;before=p"' in html


def test_pagination_of_a_single_page_is_absent():
    source = '{% from "components/pagination.html" import pagination with context %}{{ pagination(page, request) }}'
    assert render(source, page={"next": "", "previous": ""}) == ""


def test_filter_bar_keeps_the_sorting_but_not_the_page():
    source = (
        '{% from "components/filter_bar.html" import filter_bar with context %}{{ filter_bar(request, value=\'"x\') }}'
    )
    html = render(source, path="/?sort=-total&after=abc")
    assert '<input type="hidden" name="sort" value="-total">' in html
    assert "abc" not in html
    assert 'value="&#34;x"' in html


def test_bar_chart_draws_heights_in_proportion_and_repeats_the_figures_in_a_table():
    source = '{% from "components/chart.html" import bar_chart %}{{ bar_chart("Sales", series, ["Jan", "Feb"]) }}'
    html = render(source, series=[("Sales", [50, 100], ["€50", "€100"])])
    assert 'y="100.5" width="4.8%" height="99.5"' in html
    assert 'y="1.0" width="4.8%" height="199.0"' in html
    assert '<tr><th scope="row">Feb</th><td>€100</td></tr>' in html


@pytest.mark.parametrize("values", [[0, 0], []])
def test_bar_chart_without_figures_is_empty_not_an_error(values):
    source = '{% from "components/chart.html" import bar_chart %}{{ bar_chart("Sales", series, labels) }}'
    html = render(source, series=[("Sales", values, ["€0"] * len(values))], labels=["Jan", "Feb"][: len(values)])
    assert html.count("<rect") == len(values)


def test_sparkline_of_one_value_or_equal_values_is_a_line():
    source = '{% from "components/chart.html" import sparkline %}{{ sparkline(values, "Flat") }}'
    assert 'points="0.0,24.0 96.0,24.0 "' in render(source, values=[3, 3])


def test_menu_marks_the_current_item_and_takes_more_from_its_block():
    source = (
        '{% from "components/menu.html" import menu with context %}'
        '{% call menu("More", [{"label": "One", "href": "/1/", "current": True}]) %}<hr>{% endcall %}'
    )
    html = render(source)
    assert '<a href="/1/" aria-current="true">One</a>' in html
    assert "<hr>" in html


def test_states_with_two_words_name_one_class():
    assert render('{% from "components/pill.html" import pill %}{{ pill("partially_paid", "Partly <paid>") }}') == (
        '<span class="pill pill-partially-paid">Partly &lt;paid&gt;</span>'
    )


def test_refusals_for_htmx_are_toasts_that_leave_the_page_alone():
    html = engines["jinja2"].get_template("components/_toast_response.html").render({"text": "No <way>"})
    assert html.strip().startswith('<div id="toasts" hx-swap-oob="beforeend">')
    assert "<p>No &lt;way&gt;</p>" in html


def test_icon_is_hidden_from_screen_readers_and_repeats_nothing_that_css_says():
    assert icon("x", 16) == (
        '<svg width="16" height="16" viewBox="0 0 24 24" class="icon" aria-hidden="true">'
        '<path d="M18 6 6 18" /><path d="m6 6 12 12" /></svg>'
    )


def test_unknown_icons_are_errors():
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")


def test_attributes_escape_and_leave_out_what_is_not_set():
    assert attributes({"a": '"<', "b": True, "c": None, "d": False, "e": 0}) == ' a="&#34;&lt;" b e="0"'


def test_dom_id_depends_on_every_part():
    assert dom_id("x", "a", "b") == dom_id("x", "a", "b")
    assert len({dom_id("x", "a", "b"), dom_id("x", "ab"), dom_id("x", "b", "a")}) == 3


def test_query_changes_and_removes_parameters():
    request = RequestFactory().get("/?a=1&b=2&b=3&c=4")
    assert query(request, a="x y", c=None) == "?a=x+y&b=2&b=3"
    assert query(RequestFactory().get("/?a=1"), a="") == "?"

"""What pages repeat is rendered once and filled in, and says what the template says."""

import pytest
from django.http import HttpRequest
from django.template import engines
from django.utils import translation

from advisory_portal.jinja2 import repeated, url
from client_portal.rows.documents import DocumentRow

ROW = "client_portal/_document_row.html"


def row(**values: str) -> DocumentRow:
    texts = dict.fromkeys(DocumentRow._fields, "x") | values
    return DocumentRow(**texts)


def said(text: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(text).render(context))


def test_each_row_has_its_own_texts_where_the_template_puts_them():
    first, second = repeated(ROW, [row(number="A-1", left="1 €"), row(number="A-2")], due="", has_left=True).split(
        "</tr>"
    )[:2]
    assert 'aria-label="Select A-1"' in first
    assert ">A-1</a>" in first
    assert '<td class="number wide">1 €</td>' in first
    assert "A-2" not in first
    assert ">A-2</a>" in second


def test_what_is_given_for_all_decides_what_a_row_has():
    assert "wide" not in repeated(ROW, [row()], due="", has_left=False)
    assert 'data-label="Due"' in repeated(ROW, [row()], due="Due", has_left=False)
    assert repeated(ROW, [], due="", has_left=False) == ""


def test_texts_are_escaped_and_mean_nothing():
    html = repeated(ROW, [row(number='<b>"%s" %d \1 1\1 &', state_label="100 %")], due="", has_left=False)
    assert "&lt;b&gt;&#34;%s&#34; %d \1 1\1 &amp;</a>" in html
    assert ">100 %</span>" in html
    assert "<b>" not in html


def test_words_of_the_template_are_in_the_language_of_the_page():
    assert "Select A-1" in repeated(ROW, [row(number="A-1")], due="", has_left=False)
    with translation.override("es"):
        assert "Seleccionar A-1" in repeated(ROW, [row(number="A-1")], due="", has_left=False)


@pytest.mark.parametrize(("language", "word"), [("en", "Invoices"), ("es", "Facturas"), ("en", "Invoices")])
def test_words_follow_the_language(language, word):
    with translation.override(language):
        assert said("{{ _('Invoices') }}") == word


def test_values_in_words_are_escaped():
    assert said("{{ _('Hello %(name)s', name=name) }}", name="<b>") == "Hello &lt;b&gt;"


def test_an_address_is_that_of_its_parts():
    assert url("client_portal:home", organisation="acme") == "/portal/acme/"
    assert url("client_portal:home", organisation="delta") == "/portal/delta/"


def test_the_forms_of_a_page_have_one_token():
    page = engines["jinja2"].from_string("{{ csrf_input }}|{{ csrf_input }}")
    one, other = page.render({}, HttpRequest()).split("|")
    assert one == other
    assert page.render({}, HttpRequest()) != f"{one}|{one}"

"""Every text of a template goes through gettext, in a form that a catalogue can hold."""

from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from advisory_portal.translations import texts_of_template
from tests.translations.bare_texts import bare_texts, computed_texts

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(
    path.relative_to(FOLDER).as_posix() for ending in ("html", "txt") for path in FOLDER.rglob(f"*.{ending}")
)
# The style guide's sheet shows a made-up document, which stays in its own language as documents do.
MADE_UP = {
    "styleguide/_sheet.html": {
        "Delta Bikes Ltd",
        "12 Mill Lane",
        "Leeds LS1 4AB",
        "GB 123 4567 89",
        "Panadería La Espiga, S. L.",
        "Calle Mayor 3",
        "28013 Madrid",
        "18 Nov 2026",
        "18 Dec 2026",
    }
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_says_nothing_past_gettext(name: str) -> None:
    found = bare_texts((FOLDER / name).read_text(), html=name.endswith(".html"))
    assert set(found) == MADE_UP.get(name, set())


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_gives_gettext_written_out_texts(name: str) -> None:
    assert computed_texts((FOLDER / name).read_text()) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_texts_can_be_formatted(name: str) -> None:
    """Jinja2 formats every text of a template, so a lone % in one is an error when the page is shown."""
    for _context, *texts in texts_of_template((FOLDER / name).read_text()):
        for text in filter(None, texts):
            assert text % defaultdict(str)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ _('Fine') }}</p>", []),
        ("<p>Plain text</p>", ["Plain text"]),
        ("<p>{{ _('Total') }}: about {{ total }}</p>", [": about"]),
        ("{% if a %}<li>One</li>{% else %}{{ b }}{% endif %}", ["One"]),
        ('<img alt="A cat">', ["A cat"]),
        ('<input placeholder="{{ _("Name") }}" class="wide field">', []),
        ('<button aria-label="Close {{ name }}"></button>', ["Close"]),
        ('<a title="{{ text }}" href="/plain/words">{{ text }}</a>', []),
        (
            '<meta name="description" content="What it does"><meta name="color-scheme" content="light dark">',
            ["What it does"],
        ),
        ('{{ button("Save") }}', ["Save"]),
        ('{{ button(_("Save"), kind="secondary", attrs={"title": "press here"}) }}', ["press here"]),
        ("{# A remark. #}<code>plain code</code><script>let x = 'plain';</script> · 3 €", []),
        ("Advisory Portal", []),
    ],
)
def test_bare_texts_finds_what_is_not_translated(source: str, found: list[str]) -> None:
    assert bare_texts(source) == found


def test_bare_texts_reads_mails_line_by_line() -> None:
    source = "{{ _('Hello,') }}\n\nRegards\n{{ url }}\n"
    assert bare_texts(source, html=False) == ["Regards"]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("{{ _('Good') }}\n{{ ngettext('one', 'more', n) }}\n{{ pgettext('where', 'what') }}", []),
        ("\n{{ _(text) }}", [2]),
        ("{{ _('a' ~ b) }}", [1]),
        ("{{ _('Yes' if a else 'No') }}", [1]),
        ("{{ ngettext('one', many, n) }}", [1]),
        ("{{ pgettext('where', what) }}", [1]),
    ],
)
def test_computed_texts_finds_what_no_catalogue_can_know(source: str, lines: list[int]) -> None:
    assert computed_texts(source) == lines

"""Finds English that a template shows without asking gettext: in text, in attributes, in expressions."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

ALLOWED = (
    "Advisory Portal",  # the product
    "Esc",  # as it is printed on the key
    "UTC",
    "input changed delay:200ms",  # when htmx asks
)
ATTRIBUTES = {"alt", "aria-label", "aria-description", "content", "placeholder", "title", "data-copied", "data-error"}
SILENT = {"script", "style", "code"}
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
EXPRESSION = "\ue000"
ATTRIBUTE_BLOCK = re.compile(r"{% block body_attributes %}.*?{% endblock %}")  # stands inside a tag
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"^[A-Z][a-z]+\b(?!/)|[a-z]{2,} [a-z]{2,}")

environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


def bare_texts(source: str, *, html: bool = True) -> list[str]:
    """What a reader would see of the template in English whatever their language; [] for a good one."""
    markup = _without_expressions(ATTRIBUTE_BLOCK.sub("", source))
    shown = list(_texts_of_html(markup)) if html else markup.splitlines()
    texts = [text.replace(EXPRESSION, " ") for text in shown]
    return [" ".join(text.split()) for text in texts if _has_words(text)] + list(_constants(source))


def _has_words(text: str) -> bool:
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    return WORD.search(text) is not None


def _without_expressions(source: str) -> str:
    """The template's own markup, with a mark where an expression is written out."""
    parts = []
    for _line, kind, value in environment.lex(source):
        if kind == "data":
            parts.append(value)
        elif kind == "variable_begin":
            parts.append(EXPRESSION)
    return "".join(parts)


def _texts_of_html(markup: str) -> Iterator[str]:
    parser = _Texts()
    parser.feed(markup)
    parser.close()
    yield from parser.texts


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.inside.append(tag)
        given = dict(attrs)
        for name, value in attrs:
            says = name in ATTRIBUTES and (name != "content" or given.get("name") == "description")
            if value and says:
                self.texts.append(value)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts.append(data)


def _constants(source: str) -> Iterator[str]:
    """Strings in expressions that read like words for people and are not given to gettext."""
    tree = environment.parse(source)
    translated = {
        id(node)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for node in call.find_all(nodes.Const)
    }
    for node in tree.find_all(nodes.Const):
        if id(node) in translated or not isinstance(node.value, str) or node.value in ALLOWED:
            continue
        if SENTENCE.search(node.value):
            yield node.value


def computed_texts(source: str) -> list[int]:
    """Lines where gettext is given something else than a written-out text, which no catalogue can know."""
    found = []
    for call in environment.parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT:
            texts = call.args[:1] if call.node.name in ("_", "gettext") else call.args[:2]
            if not all(isinstance(text, nodes.Const) for text in texts):
                found.append(call.lineno)
    return found

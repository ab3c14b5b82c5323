"""The Jinja2 environment of all our own pages and mails."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from hashlib import blake2s
from typing import Any
from xml.etree import ElementTree

import lucide
from django.conf import settings
from django.forms import BoundField, DateInput
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import json_script
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from advisory_portal import activity, colour
from advisory_portal.core import formatting

MARK = re.compile("\1([0-9]+)\1")  # where a row's text goes, in what is rendered once for all rows
# What css/components.css says once for every icon, so that a page does not repeat it per icon.
ICON_ATTRIBUTES_IN_CSS = ("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "class")


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named view; positional or keyword parts as in the pattern."""
    return _address(name, args, tuple(kwargs.items()))


@lru_cache(maxsize=16_384)
def _address(name: str, args: tuple[Any, ...], parts: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, args=args, kwargs=dict(parts))


@lru_cache(maxsize=512)
def static_address(path: str) -> str:
    """The address of a static file, its name with the hash of its content."""
    return static(path)


@cache
def htmx_tag() -> str:
    """The element that loads htmx."""
    return htmx_script()


@lru_cache(maxsize=len(settings.LANGUAGES))
def trouble_html(language: str) -> str:
    """The words for answers that did not come, in the active language: on every page that has a place for messages."""
    return Markup(render_to_string("layouts/_trouble.html"))


@pass_context
def said(context: Context, message: str, /, **values: Any) -> str:
    """`_("Hello %(name)s", name=…)`: the words in the active language; values are escaped where the template's are.

    Asking Django for the language costs ten times what finding the words does, so a page says it (frame.frame).
    """
    is_markup = context.eval_ctx.autoescape
    if values or not is_markup:
        text = translation.gettext(message)
        words: str = (Markup(text) if is_markup else text) % values
        return words
    return _plain_words(context.get("spoken_language") or formatting.active_language(), message)


@lru_cache(maxsize=8192)
def _plain_words(language: str, message: str) -> Markup:
    return Markup(translation.gettext(message)) % {}


@lru_cache(maxsize=256)
def icon(name: str, size: int = 18) -> Markup:
    """A lucide icon as SVG, hidden from screen readers: a label or `aria-label` stands beside or around it.

    Size in CSS pixels. Raises lucide.IconDoesNotExist for an unknown name.
    """
    svg = ElementTree.fromstring(lucide._render_icon(name, size))
    for attribute in ICON_ATTRIBUTES_IN_CSS:
        svg.attrib.pop(attribute, None)
    svg.attrib |= {"class": "icon", "aria-hidden": "true"}
    for node in svg.iter():
        node.text = node.tail = None
    return Markup(ElementTree.tostring(svg, encoding="unicode"))


def attributes(values: Mapping[str, Any]) -> Markup:
    """HTML attributes with a leading space; True gives a bare name, False and None nothing. Values are escaped."""
    parts = []
    for name, value in values.items():
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            parts.append(f' {name}="{escape(value)}"')
    return Markup("".join(parts))


def repeated(template: str, rows: Sequence[tuple[str, ...]], **given: Any) -> Markup:
    """What the template says of each `row` (a NamedTuple of texts), with the same `given` for all.

    The template is rendered once for these and the language, with marks where the row's texts go, and kept: a row
    costs a tenth of what it does in a loop. So the template may put a row's texts somewhere, and not decide by them.
    """
    if not rows:
        return Markup("")
    kind: Any = type(rows[0])
    text, places = _pattern(template, kind, tuple(given.items()), formatting.active_language())
    filled = []
    for row in rows:
        texts = str(escape("\0".join(row))).split("\0")
        filled.append(text % tuple([texts[place] for place in places]))
    return Markup("".join(filled))


@lru_cache(maxsize=1024)
def _pattern(template: str, kind: Any, given: tuple[tuple[str, Any], ...], language: str) -> tuple[str, list[int]]:
    """The template's text with %s for each of a row's texts, and which of them go there."""
    row = kind._make(f"\1{place}\1" for place in range(len(kind._fields)))
    text = render_to_string(template, {"row": row, **dict(given)}).replace("%", "%%")
    return MARK.sub("%s", text), [int(place) for place in MARK.findall(text)]


def dom_id(prefix: str, *parts: Any) -> str:
    """An id for an element, the same for the same parts, so that a swapped fragment keeps it."""
    digest = blake2s("\0".join(map(str, parts)).encode(), digest_size=6).hexdigest()
    return f"{prefix}-{digest}"


def query(request: HttpRequest, **changes: Any) -> str:
    """This page's query string with changes: None or "" removes a parameter. "?" alone when nothing is left."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


def describing_ids(bound: BoundField, help_text: str) -> str:
    """Ids of the help and the error that belong to a field, for aria-describedby; "" when it has neither."""
    tied = {"helptext": help_text, "error": bound.errors}
    return " ".join(f"{bound.auto_id}_{name}" for name, there in tied.items() if there)


def widget(bound: BoundField, help_text: str = "", attrs: Mapping[str, Any] | None = None) -> str:
    """The field's widget tied to its help and error; a date is asked for with the browser's own calendar."""
    described = {**(attrs or {}), "aria-describedby": describing_ids(bound, help_text) or None}
    chosen = bound.field.widget
    if type(chosen) is DateInput:
        chosen = DateInput(attrs={**chosen.attrs, "type": "date"}, format="%Y-%m-%d")
    return bound.as_widget(widget=chosen, attrs={name: value for name, value in described.items() if value is not None})


def is_markup(name: str | None) -> bool:
    """Whether a template's values are escaped: all are but the plain texts of mails."""
    return name is None or not name.endswith(".txt")


FILTERS = {
    "activity": activity.lines,
    "ago": formatting.format_ago,
    "attributes": attributes,
    "date": formatting.format_date,
    "ink_on": colour.ink_on,
    "moment": formatting.format_moment,
    "money": formatting.format_money,
    "number": formatting.format_number,
}


def environment(**options: Any) -> Environment:
    """Undefined names raise; text is escaped; gettext understands newstyle `_("Hello %(name)s", name=…)`."""
    ours = {"undefined": StrictUndefined, "autoescape": is_markup, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**{**options, **ours})
    made.add_extension("jinja2.ext.i18n")
    made.add_extension("jinja2.ext.do")
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(
        _=said,
        activity_things=activity.THINGS,
        active_language=formatting.active_language,
        describing_ids=describing_ids,
        dom_id=dom_id,
        htmx_script=htmx_tag,
        icon=icon,
        json_script=json_script,
        languages=settings.LANGUAGES,
        query=query,
        repeated=repeated,
        static=static_address,
        trouble_html=trouble_html,
        url=url,
        widget=widget,
    )
    made.filters.update(FILTERS)
    return made

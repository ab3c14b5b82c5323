"""The Jinja2 environment of all our own pages and mails."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2s
from typing import Any
from xml.etree import ElementTree

import lucide
from django.conf import settings
from django.forms import BoundField, DateInput
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import json_script
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from advisory_portal import activity, colour
from advisory_portal.core import formatting

# What css/components.css says once for every icon, so that a page does not repeat it per icon.
ICON_ATTRIBUTES_IN_CSS = ("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "class")


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named view; positional or keyword parts as in the pattern."""
    return reverse(name, args=args, kwargs=kwargs)


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
        activity_things=activity.THINGS,
        active_language=formatting.active_language,
        describing_ids=describing_ids,
        dom_id=dom_id,
        htmx_script=htmx_script,
        icon=icon,
        json_script=json_script,
        languages=settings.LANGUAGES,
        query=query,
        static=static,
        url=url,
        widget=widget,
    )
    made.filters.update(
        activity=activity.lines,
        ago=formatting.format_ago,
        attributes=attributes,
        date=formatting.format_date,
        ink_on=colour.ink_on,
        moment=formatting.format_moment,
        money=formatting.format_money,
        number=formatting.format_number,
    )
    return made

"""What stands above the rows of *My portal*: filters and heads, written once for all who ask for the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from markupsafe import Markup

from advisory_portal.core.formatting import active_language
from collaborations.forms.portal import ANY, NEXT, PortalFilter
from collaborations.models.portal_settings import PortalSettings
from collaborations.rows.portal import COLUMNS, TEXT_COLUMNS

Choices = tuple[tuple[str, str], ...]
MOST_KEPT = 64
_CLASSES = {"name": "client", "managers": "who", "since": "day"}


class Head(NamedTuple):
    """The head of a column: where sorting by it leads, and `order`, "ascending" or "descending" if it is sorted."""

    href: str
    label: str
    order: str
    classes: str


def heads(columns: Iterable[str], asked: PortalFilter) -> str:
    """The heads of the clients' names and of these columns, as HTML. A count begins with the largest."""
    others = "".join(f"{part}&" for part in (asked.filters, "size=all" if asked.is_whole else "") if part)
    write = _heads.__wrapped__ if asked.words else _heads
    html: str = write(tuple(columns), asked.order, others, active_language())
    return html


@lru_cache(maxsize=MOST_KEPT)
def _heads(columns: tuple[str, ...], sorted_by: str, others: str, language: str) -> str:
    """`others` are the filters, as an address says them."""

    def head(code: str) -> Head:
        is_count, backwards = code in COLUMNS and code not in TEXT_COLUMNS, sorted_by == f"-{code}"
        order = ("descending" if backwards else "ascending") if sorted_by.removeprefix("-") == code else ""
        sort = code if backwards or not (order or is_count) else f"-{code}"
        classes = "number" if is_count else _CLASSES.get(code, code)
        return Head(f"?{others}{urlencode({'sort': sort})}", str(COLUMNS.get(code) or _("Client")), order, classes)

    given = {"client": head("name"), "is_next": sorted_by == NEXT, "others": [head(code) for code in columns]}
    return Markup(render_to_string("collaborations/_portal_heads.html", given))


def filters(asked: PortalFilter, settings: PortalSettings) -> str:
    """The bar of filters, as HTML, with the managers and the tags that there are to filter by."""
    write = _filters.__wrapped__ if asked.words else _filters  # nobody else searches for the same
    html: str = write(replace(asked, page=1), tuple(settings.managers), tuple(settings.tags), active_language())
    return html


@lru_cache(maxsize=MOST_KEPT)
def _filters(asked: PortalFilter, managers: Choices, tags: Choices, language: str) -> str:
    counted = [(code, label) for code, label in COLUMNS.items() if code not in TEXT_COLUMNS]
    given = {
        "asked": asked,
        "managers": list(managers),
        "tags": tags,
        "kpis": [(ANY, _("Anything")), *counted],
        "kept": {"sort": asked.order if asked.order != "name" else "", "size": "all" if asked.is_whole else ""},
    }
    return Markup(render_to_string("collaborations/_portal_filter_bar.html", given))

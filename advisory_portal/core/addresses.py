"""Finding the view of an address among hundreds."""

from collections.abc import Iterable
from importlib import import_module
from itertools import groupby
from typing import Any

from django.urls import URLPattern, URLResolver, include, path


def addresses_of(module: str) -> Any:
    """What `include` gives for an app's module of addresses, found segment by segment."""
    app = import_module(module)
    return include((by_segments(app.urlpatterns), app.app_name))


def by_segments(patterns: Iterable[URLPattern]) -> list[URLPattern | URLResolver]:
    """The same addresses, with neighbours that begin with the same segment in an `include` of their own.

    Django tries every pattern in turn; so it tries one for each segment instead. What stands apart stays apart, so that
    an address never finds another view than in the list as written.
    """
    grouped: list[URLPattern | URLResolver] = []
    for head, neighbours in groupby(patterns, _head):
        same = list(neighbours)
        if len(same) == 1 or not head:
            grouped += same
        else:
            grouped.append(path(head, include(by_segments([_without(head, one) for one in same]))))
    return grouped


def _head(pattern: URLPattern) -> str:
    """The first segment of a route with its slash; "" where no other follows."""
    head, slash, _rest = str(pattern.pattern).partition("/")
    return head + slash if slash else ""


def _without(head: str, pattern: URLPattern) -> URLPattern:
    route = str(pattern.pattern).removeprefix(head)
    return path(route, pattern.callback, pattern.default_args, pattern.name)

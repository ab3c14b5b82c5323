"""System checks of the house: every view says whom it admits."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

OURS = (
    "advisory_portal",
    "partners",
    "documents",
    "bookkeeping",
    "catalog",
    "client_portal",
    "collaborations",
)


def url_patterns(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address pattern of the project with its whole route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from url_patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


@register()
def every_view_declares_access(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Our views without a declaration, and views inside an organisation whose address does not name it."""
    found: list[CheckMessage] = []
    for route, pattern in url_patterns():
        if pattern.callback.__module__.split(".")[0] not in OURS:
            continue
        declared = getattr(pattern.callback, "declared_access", None)
        if declared is None:
            found.append(Error(f"/{route} declares no access: use one of core.access", id="core.E001"))
        elif (declared in ("workspace", "portal")) != ("<slug:organisation>" in route):
            found.append(Error(f"/{route} is declared {declared}, which its address does not fit", id="core.E002"))
    return found

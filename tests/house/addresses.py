"""All addresses, those of the demo too: what `ROOT_URLCONF` names in the tests that try every address."""

import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

with override_settings(DEMO=True):
    _composed = runpy.run_module("advisory_portal.urls")

urlpatterns = _composed["urlpatterns"]
handler400, handler403 = _composed["handler400"], _composed["handler403"]
handler404, handler500 = _composed["handler404"], _composed["handler500"]


@dataclass(frozen=True)
class Address:
    """A named address, the parts that it asks for, and whom its view says it admits ("" for other people's views).

    `kind` is that of the only organisations which have this page, "" for both.
    """

    name: str
    parts: tuple[str, ...]
    admits: str
    kind: str = ""


def every_address() -> list[Address]:
    """All but the admin's, whose door is tried as one."""
    return list(_addresses(get_resolver(__name__).url_patterns, "", ()))


def _addresses(patterns: list[Any], namespace: str, before: tuple[str, ...]) -> Iterator[Address]:
    for pattern in patterns:
        parts = before + _parts(pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from _addresses(pattern.url_patterns, inner, parts)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            said = [getattr(pattern.callback, f"declared_{what}", "") for what in ("access", "kind")]
            yield Address(f"{namespace}{pattern.name}", parts, *said)


def _parts(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    return tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)

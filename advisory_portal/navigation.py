"""What every page's frame shows: where one is, where one may go. Composition only."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the actor, if the address has an organisation."""
    return {"actor": getattr(request, "actor", None)}

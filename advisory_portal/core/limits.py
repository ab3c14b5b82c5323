"""Limits on doors that take a secret: how often one address may try."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.core import ratelimit
from django.http import HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponse]


def limited(action: str, rate: str = "30/m/ip") -> Callable[[View[P]], View[P]]:
    """Answers 429 to an address that comes more often than `rate` (30 a minute), whatever it brings.

    Without Redis nobody is counted. The notation is allauth's, whose own doors count in the same place.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            refusal: HttpResponse | None = ratelimit.consume_or_429(
                request, action=action, config={action: rate}, limit_get=True
            )
            return refusal or view(request, *args, **kwargs)

        return guarded

    return decorate

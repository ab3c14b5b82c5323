"""Limits on doors that take a secret: how often one address may try, and where requests come from."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

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


def within(request: HttpRequest, action: str, *, key: str, rate: str) -> bool:
    """Count a try at what `key` names; False once it was tried more often than `rate` ("10/5m/key"), from wherever."""
    refusal = ratelimit.consume_or_429(request, action=action, key=key, config={action: rate}, limit_get=True)
    return refusal is None


def client_address(request: HttpRequest) -> str:
    """The IP address that a request comes from, as the limits count it."""
    address: str = get_adapter(request).get_client_ip(request)
    return address

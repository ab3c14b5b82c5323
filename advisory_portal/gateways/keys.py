"""What a key says of itself before anybody is asked: that it is none, or where it works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from advisory_portal.gateways.registry import CREDENTIALS, Mode

Oddity = Literal["missing", "characters", "publishable", "webhook", "application", "form"]
LONGEST = 300
# What is sent in a header, and what stands in an address or tells the account.
_PRINTABLE = re.compile(r"[!-~]+")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
# field: (what it looks like when it is something else of the company's, its name)
_MISTAKEN: Mapping[str, tuple[tuple[re.Pattern[str], Oddity], ...]] = {
    "secret_key": ((re.compile(r"pk_"), "publishable"), (re.compile(r"whsec_"), "webhook")),
    "access_token": ((re.compile(r"(sandbox-)?sq0id[a-z]-"), "application"),),
}
_FORMS = {
    "secret_key": re.compile(r"(sk|rk)_(live|test)_[A-Za-z0-9_]+"),
    "location_id": re.compile(r"[A-Z0-9]{4,50}"),
}
# How a key of this project's own stand-ins begins.
_SANDBOX = {
    "stripe": ("secret_key", ("sk_test_sandbox", "rk_test_sandbox")),
    "paypal": ("client_id", ("sandbox",)),
    "square": ("access_token", ("EAAAsandbox",)),
}


def oddity(kind: str, credentials: Mapping[str, Any]) -> tuple[str, Oddity] | None:
    """The first field that cannot be what it should be, and why; None if all may be right. Nobody is asked."""
    for name in CREDENTIALS[kind]:
        value = str(credentials.get(name) or "")
        if not value:
            return name, "missing"
        if why := _oddity_of(name, value):
            return name, why
    return None


def _oddity_of(name: str, value: str) -> Oddity | None:
    allowed = _PLAIN if name in ("client_id", "location_id") else _PRINTABLE
    if len(value) > LONGEST or allowed.fullmatch(value) is None:
        return "characters"
    for sign, what in _MISTAKEN.get(name, ()):
        if sign.match(value):
            return what
    form = _FORMS.get(name)
    return "form" if form is not None and form.fullmatch(value) is None else None


def modes_of(kind: str, credentials: Mapping[str, Any], *, has_sandbox: bool) -> tuple[Mode, ...]:
    """Where these credentials may work, to be asked in this order. Stripe's keys say it, the others' do not.

    `has_sandbox`: this instance has stand-ins; their keys are theirs alone.
    """
    field, signs = _SANDBOX[kind]
    if has_sandbox and str(credentials[field]).startswith(signs):
        return (Mode.SANDBOX,)
    if kind == "stripe":
        return (Mode.LIVE if "_live_" in str(credentials["secret_key"])[:9] else Mode.TEST,)
    return (Mode.LIVE, Mode.TEST)

"""Asking a payment company about credentials, and what its answer is called to people."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from advisory_portal.core.errors import Refused
from advisory_portal.gateways import (
    CREDENTIALS,
    AccountInfo,
    ConfigError,
    Gateway,
    GatewayError,
    Mode,
    Rejected,
    gateway_of,
)
from advisory_portal.gateways.addresses import COMPANIES
from advisory_portal.gateways.keys import Oddity, modes_of, oddity


class NotTaken(Refused):
    """The company does not take the credentials, or they are not what this account needs."""


class NotReached(Refused):
    """The company does not answer: later it may."""


def ask_company(kind: str, credentials: Mapping[str, Any]) -> tuple[Mode, AccountInfo]:
    """Where the credentials work, and whose account it is. Calls the company; at most two addresses of it.

    Raises NotTaken, beside the field that is wrong, and NotReached.
    """
    if found := oddity(kind, credentials):
        raise NotTaken(odd_words(kind, *found), field=found[0])
    modes = modes_of(kind, credentials, has_sandbox=bool(settings.PAYMENTS_SANDBOX_URL))
    refused: GatewayError | None = None
    for mode in modes:
        gateway = gateway_of(kind, mode, credentials, sandbox_url=settings.PAYMENTS_SANDBOX_URL)
        try:
            return mode, said_by(gateway, kind)
        except _Refusal as error:
            refused = error.cause
        finally:
            gateway.end()
    assert refused is not None  # every company has a mode, and each was refused
    raise not_taken(kind, refused)


class _Refusal(Exception):
    """These credentials are not taken here; elsewhere they may be."""

    def __init__(self, cause: GatewayError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def said_by(gateway: Gateway, kind: str) -> AccountInfo:
    """What the company says of the account. Raises NotReached; _Refusal where it does not take the credentials."""
    try:
        return gateway.check()
    except (ConfigError, Rejected) as error:
        raise _Refusal(error) from error
    except GatewayError as error:
        raise not_reached(kind) from error


def require_currency(kind: str, info: AccountInfo, currency: str) -> None:
    """Raises NotTaken where the account takes one currency alone and the business works in another."""
    if info.currency and info.currency != currency:
        words = _("This location takes %(theirs)s; you work in %(ours)s. Choose a location that takes %(ours)s.")
        raise NotTaken(words % {"theirs": info.currency, "ours": currency}, field="location_id")


def not_reached(kind: str) -> NotReached:
    return NotReached(_("%(company)s does not answer. Please try again in a few minutes.") % _company(kind))


def not_taken(kind: str, error: GatewayError) -> NotTaken:
    """The refusal in words, beside the field that it is about."""
    secret = next(name for name in CREDENTIALS[kind] if name not in ("client_id", "location_id"))
    if error.code == "LOCATION_INACTIVE":
        return NotTaken(_("This location is not active at Square. Choose another."), field="location_id")
    if kind == "square" and isinstance(error, Rejected):
        return NotTaken(_("Square knows no location of this account with this id."), field="location_id")
    return NotTaken(
        _("%(company)s does not take this key: it is mistyped, was withdrawn, or lacks permissions.") % _company(kind),
        field=secret,
    )


def odd_words(kind: str, field: str, why: Oddity) -> str:
    """What is wrong with what was typed, before the company is asked."""
    words: Mapping[Oddity, str] = {
        "missing": _("This field is required."),
        "characters": _("There is a character in it that no key has. Copy it again, without spaces."),
        "publishable": _("This is the publishable key. The secret key begins with “sk_” or “rk_”."),
        "webhook": _("This is the secret of a webhook. The secret key begins with “sk_” or “rk_”."),
        "application": _("This is the id of the application. The access token begins with “EAAA”."),
        "form": _("The id of a location has capital letters and digits only, as in “L8H3XKQ0V4T2N”."),
    }
    if field == "secret_key" and why == "form":
        return _("This is no secret key of Stripe: it begins with “sk_live_”, “sk_test_”, “rk_live_” or “rk_test_”.")
    return words[why]


def _company(kind: str) -> dict[str, str]:
    return {"company": COMPANIES[kind]}

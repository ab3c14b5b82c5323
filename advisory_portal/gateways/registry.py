"""Which gateways there are, what each needs to know, and where each is. Addresses are never typed by anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from advisory_portal.gateways.base import Gateway

if TYPE_CHECKING:
    from advisory_portal.gateways.stripe_billing import StripeBilling


class Mode(StrEnum):
    """Real money, the company's own tests, or the stand-in of this project."""

    LIVE = "live"
    TEST = "test"
    SANDBOX = "sandbox"


# kind: (module, class). Modules are loaded with the first account, because the SDKs are large.
_CLASSES = {
    "stripe": ("advisory_portal.gateways.stripe", "StripeGateway"),
    "paypal": ("advisory_portal.gateways.paypal", "PayPalGateway"),
    "square": ("advisory_portal.gateways.square", "SquareGateway"),
}
_ADDRESSES = {
    ("stripe", Mode.LIVE): "https://api.stripe.com",
    ("stripe", Mode.TEST): "https://api.stripe.com",
    ("paypal", Mode.LIVE): "https://api-m.paypal.com",
    ("paypal", Mode.TEST): "https://api-m.sandbox.paypal.com",
    ("square", Mode.LIVE): "https://connect.squareup.com",
    ("square", Mode.TEST): "https://connect.squareupsandbox.com",
}
KINDS = tuple(_CLASSES)
# What a business types to connect an account; what provisioning a webhook adds is not among it.
CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "stripe": ("secret_key",),
    "paypal": ("client_id", "client_secret"),
    "square": ("access_token", "location_id"),
}
# What of these is no secret: it is shown again, and tells which account it is.
PUBLIC = frozenset({"client_id", "location_id"})
# How each company calls what its webhooks are checked with.
_HOOK_SECRETS = {"stripe": "webhook_secrets", "paypal": "webhook_ids", "square": "signature_keys"}


def gateway_of(
    kind: str, mode: Mode, credentials: Mapping[str, Any], *, hook_secrets: Sequence[str] = (), sandbox_url: str = ""
) -> Gateway:
    """The gateway of an account. `credentials` are what CREDENTIALS names for it, `hook_secrets` those that
    `provision_webhook` gave, all of which its webhooks may be signed with. `sandbox_url` is where this project's
    stand-ins answer, for Mode.SANDBOX alone.

    Raises ValueError for a kind that is not known, or for the sandbox where there is none.
    """
    if kind not in _CLASSES:
        raise ValueError(f"{kind!r} is no gateway known here")
    if mode == Mode.SANDBOX and not sandbox_url:
        raise ValueError("There is no sandbox here.")
    module, name = _CLASSES[kind]
    address = f"{sandbox_url.rstrip('/')}/{kind}" if mode == Mode.SANDBOX else _ADDRESSES[kind, mode]
    hooks = {_HOOK_SECRETS[kind]: tuple(hook_secrets)} if hook_secrets else {}
    made: Gateway = getattr(import_module(module), name)(base_url=address, **credentials, **hooks)
    return made


def billing_of(
    mode: Mode, secret_key: str, *, hook_secrets: Sequence[str] = (), sandbox_url: str = "", is_quick: bool = False
) -> StripeBilling:
    """Stripe Billing in the account of a key. Raises ValueError for the sandbox where there is none, and for a key
    that works elsewhere than `mode` says.
    """
    if mode == Mode.SANDBOX and not sandbox_url:
        raise ValueError("There is no sandbox here.")
    if ("_live_" in secret_key[:9]) != (mode == Mode.LIVE):
        raise ValueError(f"The key is not one for {mode}.")
    module = import_module("advisory_portal.gateways.stripe_billing")
    address = f"{sandbox_url.rstrip('/')}/stripe" if mode == Mode.SANDBOX else _ADDRESSES["stripe", mode]
    made: StripeBilling = module.StripeBilling(
        secret_key=secret_key, webhook_secrets=tuple(hook_secrets), base_url=address, is_quick=is_quick
    )
    return made

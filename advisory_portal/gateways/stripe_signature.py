"""Stripe's signatures of webhooks, by the SDK's own verifier and a clock that looks both ways."""

from __future__ import annotations

import time
from collections.abc import Mapping

import stripe

TOLERANCE = 300  # seconds that a webhook's time may differ from ours, either way


def is_signed(client: stripe.StripeClient, secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the body was signed with one of the secrets, at most TOLERANCE seconds from now."""
    header = headers.get("Stripe-Signature", "")
    for secret in secrets:
        try:
            client.construct_event(body, header, secret, TOLERANCE)
            if signed_at(header) <= time.time() + TOLERANCE:  # the SDK lets any time in the future pass
                return True
        except Exception:  # noqa: S112 - the SDK raises TypeError and UnicodeDecodeError at odd input too
            continue
    return False


def signed_at(header: str) -> float:
    """The time in a Stripe-Signature header, which the SDK has verified."""
    return float(dict(part.split("=", 1) for part in header.split(","))["t"])

"""Whose pages a payer may be led to. A page of the web is never led to from an address that somebody typed."""

from __future__ import annotations

from urllib.parse import urlsplit

# host: whose it is. Where payers and subscribers are sent first; what follows there is the company's own affair.
PAGES = {
    "checkout.stripe.com": "Stripe",
    "billing.stripe.com": "Stripe",
    "www.paypal.com": "PayPal",
    "www.sandbox.paypal.com": "PayPal",
    "square.link": "Square",
    "checkout.square.site": "Square",
    "sandbox.square.link": "Square",
    "connect.squareupsandbox.com": "Square",
}
COMPANIES = {"stripe": "Stripe", "paypal": "PayPal", "square": "Square"}


def company_of_page(url: str, *, sandbox_url: str = "") -> str | None:
    """The company whose page this address is, None for a foreign one. `sandbox_url` is where the stand-ins answer.

    Only https, the usual port and no user name count; for the stand-ins exactly their own scheme, host and port.
    """
    try:
        parts, sandbox = urlsplit(url), urlsplit(sandbox_url)
        odd = parts.username is not None or parts.port not in (None, 443)
    except ValueError:
        return None
    if sandbox.netloc and (parts.scheme, parts.netloc) == (sandbox.scheme, sandbox.netloc):
        kind = next((kind for kind in COMPANIES if kind in parts.path.split("/")), "stripe")
        return COMPANIES[kind]
    if parts.scheme != "https" or odd:
        return None
    return PAGES.get(parts.hostname or "")

"""What tests of payouts begin with: invoices that gateways brought the money of."""

from datetime import date
from decimal import Decimal

from advisory_portal.core.access import system_actor
from bookkeeping.models import GatewayMoney
from documents.actions import settle
from tests.bookkeeping.entries import reviewed

FIRST = date(2026, 3, 3)


def brought(actor, contact, fee="2.07", *, method="stripe", day=FIRST, amount="121", key="1", **values):
    """The invoice that was paid by a gateway, and what the gateway holds of it."""
    document = reviewed(actor, contact, **values)
    return document, more(document, amount, fee, method=method, day=day, key=key)


def more(document, amount, fee=None, *, method="stripe", day=FIRST, key="2"):
    """Money that a gateway brings for a document, or takes back."""
    settle(
        actor=system_actor(),
        document=document,
        amount=Decimal(amount),
        received_on=day,
        method=method,
        source_key=f"{method}:{key}",
        fee=None if fee is None else Decimal(fee),
    )
    return GatewayMoney.objects.get(settlement__document=document, settlement__source_key=f"{method}:{key}")

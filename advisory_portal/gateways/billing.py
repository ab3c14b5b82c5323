"""What charging again and again is about, in values; which company does it, `stripe_billing` knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SubscriptionStatus = Literal["trialing", "active", "past_due", "cancelled", "incomplete"]
CheckoutStatus = Literal["open", "complete", "expired", "unknown"]


@dataclass(frozen=True, slots=True)
class BillingCustomer:
    """Who shall pay. `key` makes a repeated creation the same one; `reference` is ours and kept by Stripe."""

    key: str
    reference: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A subscription to begin on Stripe's page. `price` is Stripe's id of what is charged, and how often."""

    key: str
    customer: str
    price: str
    reference: str
    return_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SeenCheckout:
    """A page to subscribe on, as it stands: where it is while it is open, and what is charged there."""

    ref: str
    status: CheckoutStatus
    redirect_url: str = ""


@dataclass(frozen=True, slots=True)
class SeenSubscription:
    """A subscription as Stripe has it.

    `paid_until` is the end of what was paid: of the current period, or its beginning where that was not paid;
    `ends_at` when it will end, where it was cancelled to a date; `incomplete` was never paid at all.
    """

    id: str
    customer: str
    status: SubscriptionStatus
    price: str
    created_at: datetime
    paid_until: datetime | None
    ends_at: datetime | None = None
    is_live: bool = False

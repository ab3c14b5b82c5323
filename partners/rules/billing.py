"""What a subscription at Stripe means here. Source: payments design, 7."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

LIVE = ("active", "trialing", "past_due")  # what one has; a cancelled one has ended


@dataclass(frozen=True, slots=True)
class Paid:
    """A subscription as far as this site cares: its state, its price, its last paid moment, and when it will end."""

    ref: str
    status: str
    price: str
    created_at: datetime
    paid_until: datetime | None
    ends_at: datetime | None


def standing(found: Iterable[Paid]) -> Paid | None:
    """Of all that a customer has and had, the one that counts: the best that lives, else the last that ended.

    What was never paid does not count.
    """
    rank = {"active": 4, "trialing": 3, "past_due": 2, "cancelled": 1}
    counted = [one for one in found if one.status in rank]
    return max(counted, key=lambda one: (rank[one.status], one.paid_until or one.created_at), default=None)


def last_day(moment: datetime | None) -> date | None:
    """The last day that is paid, in UTC, as Stripe counts its periods."""
    return moment.date() if moment is not None else None


def look_again(paid: Paid | None, *, is_waiting: bool, now: datetime) -> datetime | None:
    """When to ask again although nobody said that something happened; None where nothing can happen any more.

    Soon while somebody may be paying, and after the end of a period; daily while a subscription lives.
    """
    if is_waiting:
        return now + timedelta(minutes=10)
    if paid is None or paid.status not in LIVE:
        return None
    daily = now + timedelta(days=1)
    if paid.status == "past_due" or paid.paid_until is None:
        return now + timedelta(hours=6)
    return min(daily, max(paid.paid_until + timedelta(hours=2), now + timedelta(hours=1)))


def takes_over(*, is_by_hand: bool, is_paid_by_hand: bool, set_at: datetime | None, created_at: datetime) -> bool:
    """Whether what Stripe says replaces the subscription that is kept.

    One that the operator set by hand stays, unless it is not paid and somebody subscribed after it was set.
    """
    if not is_by_hand:
        return True
    return not is_paid_by_hand and set_at is not None and created_at > set_at

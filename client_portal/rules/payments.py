"""Pure rules of online payments. Source: payments design, 5.3 and 5.4."""

from datetime import datetime, timedelta
from decimal import Decimal

from advisory_portal.core.money import round_money

PAID_ONLINE = ("invoice", "sales_order")  # the kinds of documents that a contact pays at a gateway
ATTEMPT_LIFE = timedelta(hours=1)  # of a page to pay on, where the gateway lets us say
NEAR_END = timedelta(minutes=5)  # a page that ends sooner is not handed out again
LEASE = timedelta(minutes=2)  # longer than the longest call to a gateway, its own retries included
# From one asking to the next while nothing changes; then daily.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 360))
DAILY = timedelta(days=1)
LONGEST_ASKED = timedelta(days=14)  # from the beginning of an attempt
AFTER_END = timedelta(days=1)  # one more look at what has ended: money may still come
SURELY_GONE = timedelta(hours=24)  # after it a gateway forgets our key, so that the same key is not the same payment


def next_look(*, syncs: int, began: datetime, now: datetime) -> datetime | None:
    """When to ask the gateway again about an open attempt that was asked about `syncs` times; None for never."""
    if now - began >= LONGEST_ASKED:
        return None
    return now + (PAUSES[syncs] if syncs < len(PAUSES) else DAILY)


def fee_part(*, fee: Decimal, amount: Decimal, before: Decimal, part: Decimal, currency: str) -> Decimal:
    """What of a payment's fee falls on `part` of its `amount`, of which `before` bore its share already.

    The parts of a whole payment come to the whole fee, whatever they are; what is booked a second time bears none.
    """

    def up_to(sum_: Decimal) -> Decimal:
        return round_money(fee * min(sum_, amount) / amount, currency)

    return up_to(before + part) - up_to(before)

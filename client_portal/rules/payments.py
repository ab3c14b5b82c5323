"""Pure rules of online payments. Source: payments design, 5.3 and 5.4."""

from datetime import datetime, timedelta
from decimal import Decimal

from advisory_portal.core.money import round_money

PAID_ONLINE = ("invoice", "sales_order")  # the kinds of documents that a contact pays at a gateway
ATTEMPT_LIFE = timedelta(hours=1)  # of a page to pay on, where the gateway lets us say
NEAR_END = timedelta(minutes=5)  # a page that ends sooner is not handed out again
LEASE = timedelta(minutes=2)  # longer than the longest call to a gateway, its own retries included
TICK = timedelta(microseconds=1)
# From one asking to the next while nothing changes; then daily.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 360))
DAILY = timedelta(days=1)
LONGEST_ASKED = timedelta(days=14)  # from the beginning of an attempt
AFTER_END = timedelta(days=1)  # one more look at what ended without money: it may still come
FEE_PAUSES = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72))  # looks for a fee that was not told at once
COMPARE_EVERY = timedelta(days=1)  # the books with what each gateway lists
COMPARE_OVERLAP = timedelta(hours=2)  # looked at twice, because a gateway may list late
UNHEARD_AFTER = timedelta(hours=24)  # without a webhook though money came
CALLS_WITHIN = timedelta(hours=1)  # a webhook of money that came later than this may still be on its way
LONGEST_PAUSE = timedelta(hours=1)  # that a gateway may ask for


def next_look(*, state: str, syncs: int, began: datetime, now: datetime, waits: bool) -> datetime | None:
    """When to ask the gateway again about an attempt in this state, None for never.

    `syncs` counts the regular checks since it came to the state; `waits`: more is to come of what has ended (a fee,
    money on its way).
    """
    if state == "succeeded":
        return now + FEE_PAUSES[syncs] if waits and syncs < len(FEE_PAUSES) else None
    if state in ("failed", "expired", "cancelled") and not waits:
        return now + AFTER_END if syncs == 0 else None
    if now - began >= LONGEST_ASKED:
        return None
    return now + (PAUSES[syncs] if syncs < len(PAUSES) else DAILY)


def pause_of(seconds: float) -> timedelta:
    """How long a gateway wants to be left alone, within reason."""
    return min(timedelta(seconds=max(seconds, 0)), LONGEST_PAUSE)


def fee_part(*, fee: Decimal, amount: Decimal, before: Decimal, part: Decimal, currency: str) -> Decimal:
    """What of a payment's fee falls on `part` of its `amount`, of which `before` bore its share already.

    The parts of a whole payment come to the whole fee, whatever they are; what is booked a second time bears none.
    """

    def up_to(sum_: Decimal) -> Decimal:
        return round_money(fee * min(sum_, amount) / amount, currency)

    return up_to(before + part) - up_to(before)

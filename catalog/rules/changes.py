"""What has changed of a thing since somebody put it into the cart."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from catalog.rules.availability import can_take
from catalog.rules.quantities import MOST_QUANTITY, Fault, quantity_fault


class Change(Enum):
    """GONE, UNPRICED, SHORT and FAULTY stand in the way of an order; the others are to be agreed to."""

    GONE = "gone"
    UNPRICED = "unpriced"
    FAULTY = "faulty"
    SHORT = "short"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    REPRICED = "repriced"  # in another currency than before, or where there was no price
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Seen:
    """Price of one unit and free stock as the person last agreed to them; None: no price, no stock kept."""

    price: Decimal | None
    currency: str
    free: Decimal | None


@dataclass(frozen=True, slots=True)
class Now:
    """The same as it is. `is_offered` is False for what was withdrawn."""

    price: Decimal | None
    currency: str
    free: Decimal | None
    is_offered: bool
    allows_backorders: bool
    fault: Fault | None


def change_of(quantity: Decimal, seen: Seen, now: Now) -> Change | None:
    """The one change that matters most for so many of it; None where nothing has changed that matters."""
    if not now.is_offered:
        return Change.GONE
    if now.price is None:
        return Change.UNPRICED
    if now.fault is not None:
        return Change.FAULTY
    if not can_take(quantity, now.free, allows_backorders=now.allows_backorders):
        return Change.SHORT
    if seen.price is None or seen.currency != now.currency:
        return Change.REPRICED
    if now.price != seen.price:
        return Change.DEARER if now.price > seen.price else Change.CHEAPER
    was_there = seen.free is None or quantity <= seen.free
    is_there = now.free is None or quantity <= now.free
    return Change.WAITS if was_there and not is_there else None


def most_to_take(free: Decimal, *, minimum: Decimal, multiple: Decimal, is_divisible: bool) -> Decimal:
    """The largest quantity of at most `free` that can be ordered; 0 where there is none."""
    most = min(free, MOST_QUANTITY)
    step = multiple or (Decimal(0) if is_divisible else Decimal(1))
    if step:
        most = most // step * step
    fault = quantity_fault(most, minimum=minimum, multiple=multiple, is_divisible=is_divisible)
    return most if fault is None else Decimal(0)

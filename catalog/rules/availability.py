"""What can be had of a variant."""

from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    """What a contact may expect. ALWAYS is of what no stock is kept, such as a service."""

    ALWAYS = "always"
    IN_STOCK = "in_stock"
    LOW = "low"
    BACKORDER = "backorder"
    OUT = "out"


def availability(free: Decimal | None, *, minimum: Decimal, alarm_at: Decimal | None, allows_backorders: bool) -> State:
    """The state of a variant of which `free` can still be ordered, None where no stock is kept.

    It is out when less than its minimum order is free, LOW at or below its alarm.
    """
    if free is None:
        return State.ALWAYS
    if free < minimum:
        return State.BACKORDER if allows_backorders else State.OUT
    return State.LOW if is_low(free, alarm_at) else State.IN_STOCK


def can_take(quantity: Decimal, free: Decimal | None, *, allows_backorders: bool) -> bool:
    """Whether so many can be ordered now."""
    return free is None or allows_backorders or quantity <= free


def is_low(free: Decimal, alarm_at: Decimal | None) -> bool:
    """Whether the free quantity is at or below the alarm; without an alarm it never is."""
    return alarm_at is not None and free <= alarm_at

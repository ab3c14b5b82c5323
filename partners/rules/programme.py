"""Who may join the partner programme."""

from dataclasses import dataclass
from datetime import date

PROFESSIONS = ("gestoria", "asesoria", "external_cfo")


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a firm needs before it may ask to join, one by one. Source: PRODUCT R2."""

    is_firm: bool
    is_paid: bool
    has_profession: bool

    @property
    def all_met(self) -> bool:
        return self.is_firm and self.is_paid and self.has_profession


def is_paid(status: str, paid_until: date | None, today: date) -> bool:
    """Does a subscription count on this day? `paid_until` is its last day; None means open-ended.

    A trial and an active subscription count until then, an overdue or cancelled one only within a period that was
    paid. Raises ValueError for an unknown status. Source: PRODUCT 3.
    """
    if status in ("trialing", "active"):
        return paid_until is None or paid_until >= today
    if status in ("past_due", "cancelled"):
        return paid_until is not None and paid_until >= today
    raise ValueError(f"unknown status of a subscription: {status!r}")


def preconditions(kind: str, profession: str, *, has_paid: bool) -> Preconditions:
    """The three preconditions for an organisation of this kind and profession. Source: PRODUCT R2."""
    return Preconditions(is_firm=kind == "firm", is_paid=has_paid, has_profession=profession in PROFESSIONS)

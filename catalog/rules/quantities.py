"""Which quantities of a variant may be ordered."""

from decimal import ROUND_CEILING, Decimal, localcontext
from enum import StrEnum

MOST_QUANTITY = Decimal(1_000_000)
_DECIMALS = 8
_DIGITS = 60


class Fault(StrEnum):
    """Why a quantity cannot be ordered."""

    NOT_POSITIVE = "not_positive"
    TOO_MANY = "too_many"
    NOT_WHOLE = "not_whole"
    TOO_FINE = "too_fine"
    BELOW_MINIMUM = "below_minimum"
    NOT_MULTIPLE = "not_multiple"


def quantity_fault(quantity: Decimal, *, minimum: Decimal, multiple: Decimal, is_divisible: bool) -> Fault | None:
    """Why so many cannot be ordered, None where they can. A `multiple` of 0 means any."""
    if not quantity.is_finite() or quantity <= 0:
        return Fault.NOT_POSITIVE
    if quantity > MOST_QUANTITY:
        return Fault.TOO_MANY
    if quantity != round(quantity, _DECIMALS):
        return Fault.TOO_FINE
    if not is_divisible and quantity != quantity.to_integral_value():
        return Fault.NOT_WHOLE
    if quantity < minimum:
        return Fault.BELOW_MINIMUM
    return Fault.NOT_MULTIPLE if multiple and quantity % multiple else None


def nearest_quantity(quantity: Decimal, *, minimum: Decimal, multiple: Decimal, is_divisible: bool) -> Decimal:
    """The smallest quantity that can be ordered and is not below the one asked for; at most MOST_QUANTITY is asked.

    Of a divisible variant without a multiple it is rounded up to eight decimals.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        wanted = max(min(quantity, MOST_QUANTITY), minimum)
        step = multiple or (Decimal(1).scaleb(-_DECIMALS) if is_divisible else Decimal(1))
        if not is_divisible and step != step.to_integral_value():
            step = step * step.as_integer_ratio()[1]
        return (wanted / step).to_integral_value(ROUND_CEILING) * step

"""What a unit costs a contact, by quantity, and as it is shown. Source: PRODUCT 5, Catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from advisory_portal.core.money import exponent
from documents.rules import Tax, tax_of_key, taxes_of

_DIGITS = 60
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of one unit, without tax, from a quantity on."""

    from_quantity: Decimal
    price: Decimal


def tiers_of(list_price: Decimal | None, *lists: Sequence[Tier]) -> tuple[Tier, ...]:
    """The price of each quantity for a contact, smallest quantity first; empty where there is none to buy at.

    `list_price` is None where the contact buys in another currency than the variant's. `lists` are the tiers of the
    contact's price lists, the stronger one last: a list counts from its first quantity on, the weaker ones below it.
    """
    tiers = [] if list_price is None else [Tier(Decimal(0), list_price)]
    for listed in lists:
        if listed:
            stronger = sorted(listed, key=lambda tier: tier.from_quantity)
            tiers = [tier for tier in tiers if tier.from_quantity < stronger[0].from_quantity] + stronger
    return tuple(tiers)


def price_at(tiers: Sequence[Tier], quantity: Decimal) -> Decimal | None:
    """The price of one unit when so many are bought, None where the quantity has no price."""
    reached = [tier.price for tier in tiers if tier.from_quantity <= quantity]
    return reached[-1] if reached else None


def shown_price(price: Decimal, currency: str, tax: Tax | None = None) -> Decimal:
    """A unit's price as it is shown, with `tax` and its surcharge where given, in at least the currency's decimals.

    With tax it is rounded half up to the currency's smallest unit, or to as many decimals as the price itself has.
    """
    with localcontext() as context:
        context.prec, context.rounding = _DIGITS, "ROUND_HALF_UP"
        decimals = max(exponent(currency), -_last_place(price))
        if tax is not None:
            price = price * (_HUNDRED + (tax.percent or 0) + tax.surcharge_percent) / _HUNDRED
        return price.quantize(Decimal(1).scaleb(-decimals))


def usual_tax(default_tax: str, country: str) -> Tax:
    """The tax of products that name none: the business's usual one, else its country's (ISO 3166)."""
    return tax_of_key(default_tax) if default_tax else taxes_of(country)[0]


def _last_place(number: Decimal) -> int:
    """The exponent of the last digit that is not a zero: -2 for 1.50000001 is -8, for 1.500 it is -1."""
    return int(number.normalize().as_tuple().exponent)

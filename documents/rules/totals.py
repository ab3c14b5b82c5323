"""What lines add up to. Source: EN 16931."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from advisory_portal.core.money import round_money


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What the totals need of a line: its net in whole currency units, and its tax group."""

    net: Decimal
    tax_category: str
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class TaxGroup:
    category: str
    percent: Decimal
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    lines_net: Decimal
    tax_exclusive: Decimal
    tax_total: Decimal
    payable: Decimal
    groups: Sequence[TaxGroup]


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal, currency: str) -> Decimal:
    """Quantity times price less a percentage, rounded half up to the currency. Source: EN 16931 BT-131."""
    return round_money(quantity * unit_price * (Decimal(100) - discount_percent).scaleb(-2), currency)


def totals(lines: Iterable[LineFigures], currency: str) -> Totals:
    """Totals of a document whose tax is computed once per rate group. Source: EN 16931 BR-CO-10, -14, -15, -17."""
    taxable: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.tax_category, line.tax_percent)
        taxable[key] = taxable.get(key, Decimal(0)) + line.net
    groups = [
        TaxGroup(category, percent, base, round_money(base * percent.scaleb(-2), currency))
        for (category, percent), base in sorted(taxable.items())
    ]
    net = sum(taxable.values(), Decimal(0))
    tax = sum((group.tax for group in groups), Decimal(0))
    return Totals(lines_net=net, tax_exclusive=net, tax_total=tax, payable=net + tax, groups=groups)

"""What a document adds up to. Source: EN 16931; Spanish VAT law for surcharge and withholding.

Every line's net is rounded to the currency, and every tax once per rate on the document, halves away from zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from advisory_portal.core.money import round_money
from documents.rules.content import AdjustmentContent, LineContent, Tax

VAT, SURCHARGE, WITHHOLDING = "vat", "surcharge", "withholding"
_ZERO = Decimal(0)
_DIGITS = 60  # the product of a quantity, a price and a discount is exact before it is rounded


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """One tax of the document. `kind` is vat, surcharge or withholding; `tax` is positive for what is withheld too.

    `percent` is None where the category has no rate. Reasons and codes of an exemption are those of its lines.
    """

    kind: str
    category: str
    percent: Decimal | None
    taxable: Decimal
    tax: Decimal
    exemption_reasons: tuple[str, ...] = ()
    exemption_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdjustmentPart:
    """What of an adjustment (`index` in those given) falls to one tax; `base` is what a percentage was taken of."""

    index: int
    tax: Tax
    amount: Decimal
    base: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a document in its currency.

    `tax_total` is VAT and surcharge; `tax_inclusive` = `tax_exclusive` + `tax_total`; `payable` = `tax_inclusive` -
    `withheld`.
    """

    line_nets: tuple[Decimal, ...]
    lines_net: Decimal
    adjustments: tuple[AdjustmentPart, ...]
    allowances: Decimal
    charges: Decimal
    tax_exclusive: Decimal
    groups: tuple[TaxGroup, ...]
    tax_total: Decimal
    tax_inclusive: Decimal
    withheld: Decimal
    payable: Decimal


@dataclass(frozen=True, slots=True)
class _Pot:
    """Lines that are taxed and withheld alike; amounts are collected by pot, so that each tax finds its base."""

    category: str
    percent: Decimal | None
    surcharge: Decimal
    withholding: Decimal

    def takes(self, tax: Tax) -> bool:
        return (self.category, self.percent, self.surcharge) == (tax.category, tax.percent, tax.surcharge_percent)

    def order(self) -> tuple[str, Decimal, Decimal, Decimal]:
        return self.category, self.percent or _ZERO, self.surcharge, self.withholding


def compute(lines: Sequence[LineContent], adjustments: Sequence[AdjustmentContent], currency: str) -> Totals:
    """Net of each line, and the sums and taxes of the document, in whole smallest units of the currency.

    A percentage of an adjustment is of the sum of all lines. What has no tax of its own is spread over the taxes
    of the lines in proportion to their nets, the cents that remain on the largest. An adjustment also lowers or
    raises, in the same proportion, what tax is withheld from; one whose tax no line has is not withheld from.
    Source: EN 16931 BR-CO-10 to BR-CO-17, BT-131.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        nets = tuple(line_net(line.quantity, line.unit_price, line.discount_percent, currency) for line in lines)
        pots: dict[_Pot, Decimal] = defaultdict(Decimal)
        for line, net in zip(lines, nets, strict=True):
            pots[_pot(line.tax, line.withholding_percent)] += net
        lines_net = sum(nets, _ZERO)
        shares = [_shares(one, dict(pots), lines_net, currency) for one in adjustments]
        for one, parts in zip(adjustments, shares, strict=True):
            for pot, amount in parts.items():
                pots[pot] += amount if one.is_charge else -amount
        return _sums(lines, adjustments, nets, shares, pots, currency)


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal, currency: str) -> Decimal:
    """Quantity times price less a percentage, rounded half up to the currency. Source: EN 16931 BT-131."""
    with localcontext() as context:
        context.prec = _DIGITS
        return round_money(quantity * unit_price * (Decimal(100) - discount_percent).scaleb(-2), currency) + _ZERO


def _share(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    """A percentage of the amount, rounded; nothing of -10 is 0, not -0."""
    return round_money(amount * percent.scaleb(-2), currency) + _ZERO


def _pot(tax: Tax, withholding: Decimal = _ZERO) -> _Pot:
    return _Pot(tax.category, tax.percent, tax.surcharge_percent, withholding)


def _shares(
    one: AdjustmentContent, pots: Mapping[_Pot, Decimal], lines_net: Decimal, currency: str
) -> dict[_Pot, Decimal]:
    """The adjustment's amount by pot. Of pots that cancel out, an amount goes by their sizes without sign."""
    amount = _share(lines_net, one.percent, currency) if one.percent is not None else one.amount or _ZERO
    amount = round_money(amount, currency)
    among = {pot: net for pot, net in pots.items() if one.tax is None or pot.takes(one.tax)}
    if not among:
        return {_pot(one.tax or Tax("Z", _ZERO)): amount}
    if one.percent is not None and one.tax is None:
        shares = {pot: _share(net, one.percent, currency) for pot, net in among.items()}
    else:
        size = sum((abs(net) for net in among.values()), _ZERO) or Decimal(1)
        shares = {pot: round_money(amount * abs(net) / size, currency) for pot, net in among.items()}
    largest = max(among, key=lambda pot: (abs(among[pot]), pot.order()))
    shares[largest] += amount - sum(shares.values(), _ZERO)
    return shares


def _sums(
    lines: Sequence[LineContent],
    adjustments: Sequence[AdjustmentContent],
    nets: tuple[Decimal, ...],
    shares: Sequence[Mapping[_Pot, Decimal]],
    pots: Mapping[_Pot, Decimal],
    currency: str,
) -> Totals:
    totals = [sum(parts.values(), _ZERO) for parts in shares]
    allowances = sum((total for one, total in zip(adjustments, totals, strict=True) if not one.is_charge), _ZERO)
    charges = sum((total for one, total in zip(adjustments, totals, strict=True) if one.is_charge), _ZERO)
    taxes = [*(line.tax for line in lines), *(one.tax for one in adjustments if one.tax is not None)]
    groups = _groups(pots, taxes, currency)
    lines_net = sum(nets, _ZERO)
    tax_exclusive = lines_net - allowances + charges
    tax_total = sum((group.tax for group in groups if group.kind != WITHHOLDING), _ZERO)
    withheld = sum((group.tax for group in groups if group.kind == WITHHOLDING), _ZERO)
    return Totals(
        line_nets=nets,
        lines_net=lines_net,
        adjustments=tuple(_parts(adjustments, shares, lines, nets)),
        allowances=allowances,
        charges=charges,
        tax_exclusive=tax_exclusive,
        groups=groups,
        tax_total=tax_total,
        tax_inclusive=tax_exclusive + tax_total,
        withheld=withheld,
        payable=tax_exclusive + tax_total - withheld,
    )


def _groups(pots: Mapping[_Pot, Decimal], taxes: Sequence[Tax], currency: str) -> tuple[TaxGroup, ...]:
    bases: dict[tuple[str, str, Decimal | None], Decimal] = defaultdict(Decimal)
    for pot, net in pots.items():
        bases[VAT, pot.category, pot.percent] += net
        if pot.surcharge:
            bases[SURCHARGE, pot.category, pot.surcharge] += net
        if pot.withholding:
            bases[WITHHOLDING, "", pot.withholding] += net
    order = (VAT, SURCHARGE, WITHHOLDING)
    rows = sorted(bases.items(), key=lambda row: (order.index(row[0][0]), row[0][1], row[0][2] or _ZERO))
    return tuple(
        TaxGroup(
            kind=kind,
            category=category,
            percent=percent,
            taxable=taxable,
            tax=_share(taxable, percent or _ZERO, currency),
            exemption_reasons=_said(tax.exemption_reason for tax in taxes if tax.category == category),
            exemption_codes=_said(tax.exemption_code for tax in taxes if tax.category == category),
        )
        for (kind, category, percent), taxable in rows
    )


def _said(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(filter(None, set(texts))))


def _parts(
    adjustments: Sequence[AdjustmentContent],
    shares: Sequence[Mapping[_Pot, Decimal]],
    lines: Sequence[LineContent],
    nets: Sequence[Decimal],
) -> Iterable[AdjustmentPart]:
    """The shares as a document lists them: one part for each tax, in the order of the adjustments."""
    bases: dict[Tax, Decimal] = defaultdict(Decimal)
    for line, net in zip(lines, nets, strict=True):
        bases[_rate(line.tax)] += net
    for index, (one, by_pot) in enumerate(zip(adjustments, shares, strict=True)):
        amounts: dict[Tax, Decimal] = defaultdict(Decimal)
        for pot, amount in by_pot.items():
            amounts[Tax(pot.category, pot.percent, pot.surcharge)] += amount
        for tax, amount in sorted(amounts.items(), key=lambda row: _pot(row[0]).order()):
            base = sum(nets, _ZERO) if one.tax else bases[tax]
            yield AdjustmentPart(index, tax, amount, None if one.percent is None else base)


def _rate(tax: Tax) -> Tax:
    return Tax(tax.category, tax.percent, tax.surcharge_percent)

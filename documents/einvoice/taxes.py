"""Taxes of a document as tax groups of the norm, which knows neither surcharge nor withholding.

The Spanish equivalence surcharge is written as part of the rate (21 % and 5.2 % as 26.2 %), with its tax in the
group's. What is withheld counts as paid in advance (BT-113). A note names both.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_money, format_number
from advisory_portal.core.money import round_money
from advisory_portal.formats import invoice as norm
from documents.models import AllowanceCharge, Document, DocumentLine, TaxLine
from documents.rules.taxes import EXEMPTION_CODES

_ZERO = Decimal(0)
_WITHOUT_RATE = ("Z", "E", "AE", "K", "G")
Rate = tuple[str, Decimal | None]


def category_of(category: str, percent: Decimal | None) -> Rate:
    """Category and rate as the norm pairs them: no S of 0 %, no rate for O, 0 for all that is exempt."""
    if category in ("", "S") and not percent:
        return "Z", _ZERO
    if category in _WITHOUT_RATE:
        return category, _ZERO
    return ("O", None) if category == "O" else (category or "S", percent)


class Surcharges:
    """Which lines of the document pay the surcharge, and what of discounts and taxes falls to them.

    The document's tax lines are by rate alone; a rate whose lines pay different surcharges is taken apart here.
    """

    def __init__(
        self, lines: Sequence[DocumentLine], adjustments: Sequence[AllowanceCharge], taxes: Sequence[TaxLine]
    ) -> None:
        self._nets: dict[Rate, dict[Decimal, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for line in lines:
            self._nets[line.tax_category, line.tax_percent][line.surcharge_percent] += line.net
        self._taxes = taxes
        self._adjustments = adjustments

    def groups(self, currency: str) -> list[norm.TaxGroup]:
        """The tax groups, in the order of the document's; their taxes sum up to its `tax_total`."""
        found: list[norm.TaxGroup] = []
        for tax in self._taxes:
            if tax.kind == TaxLine.Kind.VAT:
                found += self._parts(tax, currency)
        total = sum((tax.tax for tax in self._taxes if tax.kind != TaxLine.Kind.WITHHOLDING), _ZERO)
        rest = total - sum((group.tax for group in found), _ZERO)
        if rest and found:  # cents of a rate that was taken apart
            largest = max(range(len(found)), key=lambda index: abs(found[index].tax))
            found[largest] = replace(found[largest], tax=found[largest].tax + rest)
        return found

    def _parts(self, tax: TaxLine, currency: str) -> Iterable[norm.TaxGroup]:
        """One group for each surcharge that the lines of this rate pay."""
        surcharges = sorted(self._nets.get((tax.category, tax.percent), {_ZERO: _ZERO}))
        plain = _group(tax)
        if surcharges == [_ZERO]:
            yield plain
            return
        taxable_left, vat_left = tax.taxable, tax.tax
        for index, surcharge in enumerate(surcharges):
            is_last = index == len(surcharges) - 1
            taxable = taxable_left if is_last else self._taxable(tax, surcharge)
            vat = vat_left if is_last else round_money(taxable * (tax.percent or _ZERO) / 100, currency)
            taxable_left, vat_left = taxable_left - taxable, vat_left - vat
            yield replace(
                plain,
                percent=(tax.percent or _ZERO) + surcharge,
                taxable=taxable,
                tax=vat + round_money(taxable * surcharge / 100, currency),
            )

    def _taxable(self, tax: TaxLine, surcharge: Decimal) -> Decimal:
        """What of a rate's base pays this surcharge: the lines' nets, and their share of the adjustments."""
        taxable = self._nets[tax.category, tax.percent][surcharge]
        for one in self._adjustments:
            if (one.tax_category, one.tax_percent) == (tax.category, tax.percent):
                part = dict(self.split(one))[surcharge]
                taxable += part if one.is_charge else -part
        return taxable

    def split(self, one: AllowanceCharge) -> list[tuple[Decimal, Decimal]]:
        """An adjustment by surcharge: (surcharge percent, its part of the amount), as large as the lines' nets."""
        nets = self._nets.get((one.tax_category, one.tax_percent), {_ZERO: _ZERO})
        surcharges = sorted(nets)
        whole = sum(nets.values(), _ZERO)
        parts = [
            (surcharge, round(one.amount * nets[surcharge] / whole, 2) if whole else _ZERO)
            for surcharge in surcharges[:-1]
        ]
        return [*parts, (surcharges[-1], one.amount - sum((part for _percent, part in parts), _ZERO))]


def _group(tax: TaxLine) -> norm.TaxGroup:
    category, percent = category_of(tax.category, tax.percent)
    code = tax.exemption_code or EXEMPTION_CODES.get(category, "")
    reason = tax.exemption_reason
    if category == "E" and not (code or reason):
        reason = _("Exempt")
    exempt = category in ("E", "AE", "K", "G", "O")
    return norm.TaxGroup(
        category=category,
        percent=percent,
        taxable=tax.taxable,
        tax=tax.tax,
        exemption_reason=reason if exempt else "",
        exemption_code=code if exempt else "",
        scheme="VAT",
    )


def notes_of(document: Document, taxes: Sequence[TaxLine]) -> Iterable[norm.Note]:
    """The surcharge and what is withheld in words, of which the norm's figures do not speak."""
    language, currency = document.language, document.currency
    texts = {
        TaxLine.Kind.SURCHARGE: _("Includes the equivalence surcharge of %(percent)s %% on %(base)s: %(amount)s."),
        TaxLine.Kind.WITHHOLDING: _("Withheld: %(percent)s %% of %(base)s, %(amount)s; it counts as paid in advance."),
    }
    for tax in taxes:
        if tax.kind in texts:
            words = {
                "percent": format_number(tax.percent or _ZERO, language),
                "base": format_money(tax.taxable, currency, language),
                "amount": format_money(tax.tax, currency, language),
            }
            yield norm.Note(text=texts[TaxLine.Kind(tax.kind)] % words)

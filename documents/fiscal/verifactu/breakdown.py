"""The taxes of an invoice as VeriFactu breaks them down ("Desglose"). Source: agency's lists L1, L8A, L9, L10."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from advisory_portal.core.money import round_money
from documents.fiscal.regime import NotReportable
from documents.models import Document, TaxLine

MOST_DETAILS = 12
VAT, IPSI, IGIC = "01", "02", "03"
GENERAL, EXPORT = "01", "02"
TAXED, REVERSE_CHARGE, OUT_OF_SCOPE, ELSEWHERE = "S1", "S2", "N1", "N2"
VAT_RATES = {Decimal(rate) for rate in ("0", "2", "4", "5", "7.5", "10", "21")}
EXEMPTIONS = {"20": "E1", "21": "E2", "22": "E3", "23": "E4", "24": "E4", "25": "E5"}  # articles of Ley 37/1992
EXEMPTION_OF_CODE = {
    "VATEX-EU-132": "E1",
    "VATEX-EU-135": "E1",
    "VATEX-EU-148": "E3",
    "VATEX-EU-151": "E3",
    "VATEX-EU-G": "E2",
    "VATEX-EU-IC": "E5",
}
OTHER_EXEMPTION = "E6"
_ARTICLE = re.compile(r"\bart\w*\.?\s*(2[0-5])\b", re.IGNORECASE)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of the breakdown; "" for what it does not say. `kind` or `exemption` is given, never both."""

    tax: str
    regime: str
    kind: str
    exemption: str
    rate: str
    base: str
    amount: str
    surcharge_rate: str = ""
    surcharge: str = ""


def money(amount: Decimal) -> str:
    """An amount as the agency writes it: two decimals, a point, no sign on zero."""
    cents = amount.quantize(_CENT)
    return f"{cents if cents else abs(cents):.2f}"


def details_of(document: Document, sign: int) -> list[dict[str, str]]:
    """The breakdown of an invoice, `sign` -1 for a credit note. Two queries. Raises NotReportable."""
    taxes = list(document.taxes.all())
    surcharges = [tax for tax in taxes if tax.kind == TaxLine.Kind.SURCHARGE]
    pairs = _rates_of_surcharges(document) if surcharges else {}
    buyer_country = document.parties.get("buyer", {}).get("address", {}).get("country", "")
    found: list[Detail] = []
    for tax in taxes:
        if tax.kind == TaxLine.Kind.VAT:
            own = [one for one in surcharges if pairs.get(one.percent) == tax.percent and tax.category == "S"]
            found += _details(tax, own, sign, is_abroad=buyer_country not in ("", "ES"))
    if len(found) > MOST_DETAILS:
        raise NotReportable(_("VeriFactu takes at most %(most)s taxes on one invoice.") % {"most": MOST_DETAILS})
    return [asdict(detail) for detail in found]


def _rates_of_surcharges(document: Document) -> dict[Decimal | None, Decimal | None]:
    lines = document.lines.filter(surcharge_percent__gt=0).order_by()
    return dict(lines.values_list("surcharge_percent", "tax_percent").distinct())


def _details(tax: TaxLine, surcharges: Sequence[TaxLine], sign: int, *, is_abroad: bool) -> list[Detail]:
    base, amount = sign * tax.taxable, sign * tax.tax
    if tax.category in ("S", "Z", "L", "M"):
        return _taxed(tax, surcharges, base, amount, sign)
    if tax.category == "AE":
        return [Detail(VAT, GENERAL, REVERSE_CHARGE, "", money(Decimal(0)), money(base), money(Decimal(0)))]
    if tax.category == "O":
        return [Detail(VAT, GENERAL, ELSEWHERE if is_abroad else OUT_OF_SCOPE, "", "", money(base), "")]
    cause = _exemption(tax)
    regime = EXPORT if cause in ("E2", "E3") else GENERAL  # the agency's rule 1199
    return [Detail(VAT, regime, "", cause, "", money(base), "")]


def _taxed(tax: TaxLine, surcharges: Sequence[TaxLine], base: Decimal, amount: Decimal, sign: int) -> list[Detail]:
    """A rate, split where the surcharge is on part of it only."""
    impost = {"L": IGIC, "M": IPSI}.get(tax.category, VAT)
    percent = tax.percent or Decimal(0)
    if impost == VAT and percent not in VAT_RATES:
        raise NotReportable(_("VeriFactu does not know a VAT of %(percent)s %%.") % {"percent": f"{percent:f}"})
    rate, found = money(percent), []
    for one in surcharges:
        part = sign * one.taxable
        vat = amount if part == base else round_money(part * percent.scaleb(-2), "EUR")
        base, amount = base - part, amount - vat
        extra = money(one.percent or Decimal(0)), money(sign * one.tax)
        found.append(Detail(impost, GENERAL, TAXED, "", rate, money(part), money(vat), *extra))
    if base or amount or not found:
        found.append(Detail(impost, GENERAL, TAXED, "", rate, money(base), money(amount)))
    return found


def _exemption(tax: TaxLine) -> str:
    if tax.category in ("G", "K"):
        return "E2" if tax.category == "G" else "E5"
    if article := _ARTICLE.search(tax.exemption_reason):
        return EXEMPTIONS[article[1]]
    codes = (cause for code, cause in EXEMPTION_OF_CODE.items() if code in tax.exemption_code)
    return next(codes, OTHER_EXEMPTION)

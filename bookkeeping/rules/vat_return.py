"""Form 303 of Spain: into which boxes the taxes of documents go, and what the boxes come to. Amounts are in euro.

Every tax of a document goes into exactly one `Figure`, or is left out for one of REASONS.
Source: Orden EHA/3786/2008 (form of 2025), Ley 37/1992 art. 75, 76, 80, 84, 92, 97 and 154.

- Sales count on the day of the operation (tax point, else delivery, else date), what credits them on its own date.
- Purchases count on the date of the bill: that it was at hand, and can be deducted in full as current expense, is
  assumed, as is the general rate where the buyer owes the tax, because a bill cannot say either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

CURRENCY = "EUR"
SALES, SALES_CREDITS = "invoice", "credit_note"
PURCHASES, PURCHASE_CREDITS = "bill", "supplier_credit_note"
KINDS = (SALES, SALES_CREDITS, PURCHASES, PURCHASE_CREDITS)
OWN_RATE = Decimal(21)  # of what the buyer owes
HOME, UNION, ABROAD = "home", "union", "abroad"

# Boxes of the base and of the tax, by rate.
_RATES = {
    Decimal(0): ("150", "152"), Decimal(4): ("01", "03"), Decimal(5): ("153", "155"), Decimal(10): ("04", "06"),
    Decimal(21): ("07", "09"),
}  # fmt: skip
_SURCHARGES = {
    Decimal("1.75"): ("156", "158"), Decimal("0.5"): ("16", "18"), Decimal("1.4"): ("19", "21"),
    Decimal("5.2"): ("22", "24"),
}  # fmt: skip
BASE_BOXES = (
    "150", "01", "153", "04", "07", "10", "12", "14", "156", "16", "19", "22", "25",
)  # fmt: skip
DUE_BOXES = ("152", "03", "155", "06", "09", "11", "13", "15", "158", "18", "21", "24", "26")
DEDUCTIBLE_BASES = ("28", "36", "40")
DEDUCTIBLE_BOXES = ("29", "37", "41")
OTHER_BOXES = ("59", "60", "120", "122")
TOTALS = ("27", "45", "46", "71")
# Rows as the form prints them: the base and the tax beside it.
DUE_ROWS = tuple(zip(BASE_BOXES, DUE_BOXES, strict=True))
DEDUCTIBLE_ROWS = tuple(zip(DEDUCTIBLE_BASES, DEDUCTIBLE_BOXES, strict=True))
RATE_OF_ROW = {base: rate for rates in (_RATES, _SURCHARGES) for rate, (base, _tax) in rates.items()}

REASONS = ("currency", "exempt", "other_tax", "rate", "no_vat", "foreign", "import", "surcharge", "no_tax")


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """What documents of one sort have of one tax. `own_tax` is what the buyer owes at OWN_RATE, document by document.

    `kind` is the document's, `tax_kind` vat or surcharge, `zone` where the other party is: HOME, UNION or ABROAD.
    """

    kind: str
    tax_kind: str
    category: str
    percent: Decimal | None
    zone: str
    currency: str
    taxable: Decimal
    tax: Decimal
    own_tax: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Where a tax goes: boxes of bases and of taxes ("" for none), or a reason why it is left out.

    `is_own`: the buyer owes the tax, which is computed here. The deductible pair is filled besides then.
    """

    base: str = ""
    tax: str = ""
    deductible_base: str = ""
    deductible_tax: str = ""
    is_own: bool = False
    reason: str = ""

    @property
    def boxes(self) -> tuple[str, ...]:
        """The boxes that it is told in."""
        return tuple(filter(None, (self.base, self.tax, self.deductible_base, self.deductible_tax)))


def sign_of(kind: str) -> int:
    """-1 for what credits another document: its amounts are positive and count less."""
    return -1 if kind in (SALES_CREDITS, PURCHASE_CREDITS) else 1


def figure_of(group: TaxGroup) -> Figure:
    """The one place of a tax on form 303."""
    if group.currency != CURRENCY:
        return Figure(reason="currency")
    if group.category in ("L", "M"):
        return Figure(reason="other_tax")
    return _of_purchases(group) if group.kind in (PURCHASES, PURCHASE_CREDITS) else _of_sales(group)


def _of_sales(group: TaxGroup) -> Figure:
    is_credit = group.kind == SALES_CREDITS
    if group.tax_kind == "surcharge":
        known = _SURCHARGES.get(_rate(group))
        if known is None:
            return Figure(reason="rate")
        return Figure("25", "26") if is_credit else Figure(*known)
    if group.category == "E":
        return Figure(reason="exempt")
    if group.category in ("K", "G"):
        return Figure({"K": "59", "G": "60"}[group.category])
    if group.category == "AE":
        return Figure({HOME: "122", UNION: "59", ABROAD: "120"}[group.zone])
    if group.category == "O":
        return Figure("120")
    known = _RATES.get(_rate(group))
    if known is None:
        return Figure(reason="rate")
    return Figure("14", "15") if is_credit else Figure(*known)


def _of_purchases(group: TaxGroup) -> Figure:
    is_credit = group.kind == PURCHASE_CREDITS
    if group.tax_kind == "surcharge":
        return Figure(reason="surcharge")
    if group.category == "G":
        return Figure(reason="import")
    if group.category in ("K", "AE"):
        return _owed_by_buyer(group, is_credit)
    if group.category in ("E", "O"):
        return Figure(reason="no_vat")
    if group.zone != HOME:
        return Figure(reason="foreign")
    if _rate(group) not in _RATES:
        return Figure(reason="rate")
    return Figure("40", "41") if is_credit else Figure("28", "29")


def _owed_by_buyer(group: TaxGroup, is_credit: bool) -> Figure:
    """Acquisitions within the Union, and other operations for which the buyer owes the tax."""
    within = group.category == "K" or group.zone == UNION
    base, tax = ("14", "15") if is_credit else ("10", "11") if within else ("12", "13")
    pair = ("40", "41") if is_credit else ("36", "37") if within else ("28", "29")
    return Figure(base, tax, *pair, is_own=True)


def _rate(group: TaxGroup) -> Decimal:
    return group.percent if group.percent is not None else Decimal(-1)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a reason leaves out: how many taxes of documents, in which currency, over which base, with which tax."""

    reason: str
    currency: str
    taxable: Decimal
    tax: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class VatReturn:
    """Boxes with anything in them, the totals always, and what was left out."""

    boxes: Mapping[str, Decimal]
    left_out: tuple[LeftOut, ...]

    @property
    def result(self) -> Decimal:
        """Box 71: to pay, or where negative to compensate or to get back."""
        return self.boxes["71"]


def vat_return(groups: Iterable[TaxGroup]) -> VatReturn:
    """The boxes of form 303. 27 and 45 are the sums of due and deductible taxes, 46 their difference; 71 is 46, as far
    as documents can tell: what is left of earlier periods (110, 78) is not known here.
    """
    boxes: dict[str, Decimal] = {}
    left: dict[tuple[str, str], list[LeftOut]] = {}
    for group in groups:
        figure, sign = figure_of(group), sign_of(group.kind)
        if figure.reason:
            said = LeftOut(figure.reason, group.currency, sign * group.taxable, sign * group.tax, group.count)
            left.setdefault((figure.reason, group.currency), []).append(said)
        for box, amount in amounts_of(figure, group.taxable, group.own_tax if figure.is_own else group.tax).items():
            boxes[box] = boxes.get(box, Decimal(0)) + sign * amount
    due, deductible = _sum(boxes, DUE_BOXES), _sum(boxes, DEDUCTIBLE_BOXES)
    boxes |= {"27": due, "45": deductible, "46": due - deductible, "71": due - deductible}
    return VatReturn(boxes, tuple(_together(found) for _key, found in sorted(left.items())))


def amounts_of(figure: Figure, taxable: Decimal, tax: Decimal) -> dict[str, Decimal]:
    """What a base and its tax add to each box of their figure."""
    bases = {box: taxable for box in (figure.base, figure.deductible_base) if box}
    return bases | {box: tax for box in (figure.tax, figure.deductible_tax) if box}


def _sum(boxes: Mapping[str, Decimal], names: Iterable[str]) -> Decimal:
    return sum((boxes[name] for name in names if name in boxes), Decimal(0))


def _together(found: list[LeftOut]) -> LeftOut:
    first = found[0]
    taxable = sum((one.taxable for one in found), Decimal(0))
    tax = sum((one.tax for one in found), Decimal(0))
    return LeftOut(first.reason, first.currency, taxable, tax, sum(one.count for one in found))

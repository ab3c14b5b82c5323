"""What an entry says: parts of documents and payments, as debits and credits that balance. Amounts are in one currency.

Source: Plan General de Contabilidad de pymes, second and fifth part; what a discount of the invoice itself takes off is
not sold or bought at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from advisory_portal.core.money import round_money
from documents.rules import GATEWAY_METHODS

PARTS = (
    "customer", "supplier", "sales", "sales_returns", "purchases", "purchase_returns", "output_vat", "input_vat",
    "output_surcharge", "input_surcharge", "withholding_to_receive", "withholding_to_pay", "bank", "cash",
    "customer_advances", "supplier_advances", "rounding", "exchange_gain", "exchange_loss", "clearing_stripe",
    "clearing_paypal", "clearing_square", "gateway_fees",
)  # fmt: skip
# Parts that may go to an account of their own for one contact.
PARTS_OF_CONTACT = (
    "customer", "supplier", "sales", "sales_returns", "purchases", "purchase_returns", "customer_advances",
    "supplier_advances",
)  # fmt: skip
POSTED_KINDS = ("invoice", "credit_note", "bill", "supplier_credit_note")
ADVANCED_KINDS = ("sales_order",)  # money on them is an advance
MOST_ROUNDING = Decimal(1)  # of the document's currency: beyond it the sums are wrong, not rounded
_ZERO = Decimal(0)
_SALES_PARTS = {
    "party": "customer", "net": "sales", "vat": "output_vat", "surcharge": "output_surcharge",
    "withholding": "withholding_to_receive", "prepaid": "customer_advances",
}  # fmt: skip
_PURCHASE_PARTS = {
    "party": "supplier", "net": "purchases", "vat": "input_vat", "surcharge": "input_surcharge",
    "withholding": "withholding_to_pay", "prepaid": "supplier_advances",
}  # fmt: skip
_PARTS_OF_KIND = {
    "invoice": _SALES_PARTS,
    "credit_note": _SALES_PARTS | {"net": "sales_returns"},
    "bill": _PURCHASE_PARTS,
    "supplier_credit_note": _PURCHASE_PARTS | {"net": "purchase_returns"},
}


class SumsDoNotAgree(ValueError):
    """The document's sums differ by `amount`, more than rounding explains."""

    def __init__(self, amount: Decimal) -> None:
        super().__init__(str(amount))
        self.amount = amount


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of an entry in the books' currency: an account with either a debit or a credit, never negative."""

    account_id: UUID
    debit: Decimal = _ZERO
    credit: Decimal = _ZERO
    text: str = ""
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PartLine:
    """An amount of one part; positive is a debit. `percent` names the tax it belongs to."""

    part: str
    amount: Decimal
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TaxSum:
    """A tax of a document: `kind` vat, surcharge or withholding; `tax` is positive for what is withheld too.

    `own` is what a buyer who owes the tax computes of it: it stands on no bill, and is due and deducted at once.
    """

    kind: str
    percent: Decimal | None
    taxable: Decimal
    tax: Decimal
    own: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class Figures:
    """The stored sums of a document: `payable` = net + taxes - withheld - prepaid + rounding, as far as it says."""

    kind: str
    payable: Decimal
    tax_exclusive: Decimal
    withheld: Decimal
    prepaid: Decimal
    taxes: Sequence[TaxSum]


def sign_of(kind: str) -> int:
    """1 where the party owes the business (invoices, orders, credits of suppliers), -1 where the business owes."""
    return -1 if kind in ("credit_note", "bill") else 1


def party_part(kind: str) -> str:
    """The part that takes what is owed on a document of this kind; on an order, what was paid in advance."""
    return "customer_advances" if kind in ADVANCED_KINDS else _PARTS_OF_KIND[kind]["party"]


def own_tax(kind: str, category: str, taxable: Decimal, rate: Decimal | None, currency: str) -> Decimal:
    """What a buyer owes of a purchase on which the supplier put no tax (reverse charge, purchases within the Union).

    `rate` is the general one of the buyer's country, None where it has none. Source: Ley 37/1992 art. 84, 85, 92, as
    form 303 has it: deducted in full, at the general rate, because a bill does not say another.
    """
    if kind not in ("bill", "supplier_credit_note") or category not in ("AE", "K") or rate is None:
        return _ZERO
    return round_money(taxable * rate / 100, currency)


def document_parts(figures: Figures) -> list[PartLine]:
    """The lines of a document's entry, the party first; what its own sums differ by goes to `rounding`.

    Raises SumsDoNotAgree where that is more than MOST_ROUNDING.
    """
    parts = _PARTS_OF_KIND[figures.kind]
    found = [
        PartLine(parts["party"], figures.payable),
        PartLine(parts["withholding"], figures.withheld),
        PartLine(parts["prepaid"], figures.prepaid),
    ]
    groups = [tax for tax in figures.taxes if tax.kind == "vat"]
    found += [PartLine(parts["net"], -tax.taxable, tax.percent) for tax in groups]
    untaxed = figures.tax_exclusive - sum((tax.taxable for tax in groups), _ZERO)
    if not groups or abs(untaxed) > MOST_ROUNDING:
        found.append(PartLine(parts["net"], -untaxed))
    found += [PartLine(parts[tax.kind], -tax.tax, tax.percent) for tax in figures.taxes if tax.kind != "withholding"]
    for tax in figures.taxes:
        found += [PartLine("input_vat", -tax.own), PartLine("output_vat", tax.own)]
    left = -sum((line.amount for line in found), _ZERO)
    if abs(left) > MOST_ROUNDING:
        raise SumsDoNotAgree(abs(left))
    found.append(PartLine("rounding", left))
    sign = sign_of(figures.kind)
    return [PartLine(line.part, line.amount * sign, line.percent) for line in found if line.amount]


def converted(lines: Iterable[PartLine], rate: Decimal, currency: str) -> list[PartLine]:
    """The lines at `rate` units of `currency` for one of theirs; the cents that come of it go to `rounding`."""
    found = [PartLine(line.part, round_money(line.amount * rate, currency), line.percent) for line in lines]
    left = sum((line.amount for line in found), _ZERO)
    return [line for line in [*found, PartLine("rounding", -left)] if line.amount]


def money_part(method: str) -> str:
    """The part that a payment moves: a gateway's money waits with the gateway until it is paid out."""
    if method in GATEWAY_METHODS:
        return f"clearing_{method}"
    return "cash" if method == "cash" else "bank"


def payment_parts(kind: str, *, money: str, amount: Decimal, cleared: Decimal) -> list[PartLine]:
    """The lines of a payment: `amount` moved on `money` (a `money_part`), `cleared` is what the party owes less.

    Both count as the document does: positive on a bill is money paid out. They differ by the exchange.
    """
    sign = sign_of(kind)
    amount, cleared = amount * sign, cleared * sign
    difference = amount - cleared
    exchange = PartLine("exchange_gain" if difference > 0 else "exchange_loss", -difference)
    found = [PartLine(money, amount), PartLine(party_part(kind), -cleared), exchange]
    return [line for line in found if line.amount]


def cleared_share(owed: Decimal, payable: Decimal, before: Decimal, amount: Decimal, currency: str) -> Decimal:
    """What a payment of `amount`, after `before` of `payable`, clears of what was `owed` in the books' currency.

    The shares of payments that add up to `payable` add up to `owed`.
    """
    after = round_money(owed * (before + amount) / payable, currency)
    return after - round_money(owed * before / payable, currency)

"""Taxes of each country, from `documents/taxes.toml`, and the short keys by which forms carry them."""

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from documents.rules.content import Tax

CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
EXEMPT_CATEGORIES = ("E", "AE", "K", "G", "O")  # need a reason, and have no rate of their own
BUYER_OWES_CATEGORIES = ("AE", "K")  # the buyer declares the tax, so its tax id is on the invoice
EXEMPTION_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
PERCENT_DECIMALS = 6
_LARGEST_PERCENT = Decimal(1000)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent.parent / "taxes.toml").read_text())


def is_in_eu(country: str) -> bool:
    """Whether an ISO 3166 code is of a member state of the European Union."""
    return country in _table()["eu"]


def taxes_of(country: str) -> tuple[Tax, ...]:
    """The taxes that a seller of the country (ISO 3166) may choose on a line, the usual one first.

    A rate with an equivalence surcharge comes without it: `with_surcharge` adds it. A country that is not known
    here, or has no value added tax, has those of `EXEMPT_CATEGORIES` alone. Source: `documents/taxes.toml`.
    """
    known = _table()["countries"].get(country, {})
    rates = [Tax(category, Decimal(rate)) for category in ("S", "Z", "L", "M") for rate in known.get(category, ())]
    named = [Tax("E", Decimal(0), exemption_code=code) for code in known.get("exemptions", ())]
    others = [exempt_tax(category) for category in EXEMPT_CATEGORIES if category in ("E", "O") or known]
    return (*rates, *others[:1], *named, *others[1:])


def general_rate(country: str) -> Decimal | None:
    """The general rate of VAT of a country (ISO 3166) in percent, None where it is not known here or has none."""
    rates = _table()["countries"].get(country, {}).get("S", ())
    return Decimal(rates[0]) if rates else None


def exempt_tax(category: str) -> Tax:
    """A tax of one of EXEMPT_CATEGORIES with its usual code: 0 %, or no rate at all for O. Source: EN 16931."""
    return Tax(category, None if category == "O" else Decimal(0), exemption_code=EXEMPTION_CODES.get(category, ""))


def with_surcharge(tax: Tax, country: str) -> Tax:
    """The tax for a contact who pays the equivalence surcharge; the same where the country has none for its rate."""
    if tax.category != "S" or tax.percent is None or tax.surcharge_percent:
        return tax
    surcharges = _table()["countries"].get(country, {}).get("surcharges", {})
    percent = surcharges.get(number_text(tax.percent), "0")
    return Tax(tax.category, tax.percent, Decimal(percent), tax.exemption_reason, tax.exemption_code)


def withholdings_of(country: str) -> Sequence[Decimal]:
    """The whole percents that customers of a seller of the country may hold back, the usual one first."""
    return tuple(Decimal(percent) for percent in _table()["countries"].get(country, {}).get("withholdings", ()))


def key_of_tax(tax: Tax) -> str:
    """A tax as a short text: category, percent, surcharge, exemption code and reason, "S:21", "S:21:5.2", "O".

    Percentages are written without zeros at the end; parts that are empty at the end are left out.
    """
    percent = "" if tax.percent is None else number_text(tax.percent)
    surcharge = number_text(tax.surcharge_percent) if tax.surcharge_percent else ""
    return ":".join((tax.category, percent, surcharge, tax.exemption_code, tax.exemption_reason)).rstrip(":")


def tax_of_key(key: str) -> Tax:
    """The tax that `key_of_tax` wrote so. Raises ValueError for anything that is not such a key."""
    category, percent, surcharge, code, reason = (*key.split(":", 4), "", "", "", "", "")[:5]
    tax = Tax(
        category,
        _percent(percent) if percent else None,
        _percent(surcharge) if surcharge else Decimal(0),
        exemption_reason=reason,
        exemption_code=code,
    )
    if not is_tax(tax):
        raise ValueError(f"{key!r} is not the key of a tax")
    return tax


def is_tax(tax: Tax) -> bool:
    """Whether category and percentages go together: exempt ones have 0 %, O has none, and Z is zero."""
    if tax.category not in CATEGORIES or (tax.percent is None) != (tax.category == "O"):
        return False
    percents = (tax.surcharge_percent,) if tax.percent is None else (tax.percent, tax.surcharge_percent)
    if not all(is_percent(percent) for percent in percents):
        return False
    if tax.category in (*EXEMPT_CATEGORIES, "Z"):
        return not any(percents)
    return tax.category in ("L", "M") or bool(tax.percent)


def nearest_tax(category: str, percent: Decimal | None, **more: Any) -> Tax:
    """The tax that comes nearest to what a row or a file says: a file may know other categories, or leave out 0 %."""
    if category == "O":
        return Tax("O", None, **more)
    if category in ("E", "AE", "K", "G", "L", "M"):
        return Tax(category, percent if percent and category in ("L", "M") else Decimal(0), **more)
    return Tax("S", percent, **more) if percent else Tax("Z", Decimal(0), **more)


def is_percent(percent: Decimal) -> bool:
    """Whether a column of percentages holds it: 0 to below 1000 with at most six decimals."""
    if not percent.is_finite() or not 0 <= percent < _LARGEST_PERCENT:
        return False
    return percent == round(percent, PERCENT_DECIMALS)


def number_text(number: Decimal) -> str:
    """A number without zeros at its end and without exponent: 21.000000 becomes "21"."""
    return f"{number.normalize():f}" if number else "0"


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a percentage") from None

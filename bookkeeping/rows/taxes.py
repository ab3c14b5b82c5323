"""Rows of tax returns and of their figures."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import get_month_names
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_date, format_number, locale_of, money_formatter
from bookkeeping.models import TaxFiling
from bookkeeping.models.filing_figures import FilingFigures
from bookkeeping.rows.tables import Cell
from bookkeeping.rules.annual_operations import Operations
from bookkeeping.rules.filings import Form, length_of
from bookkeeping.rules.vat_return import DEDUCTIBLE_ROWS, DUE_ROWS, OTHER_BOXES, RATE_OF_ROW, TOTALS, VatReturn
from bookkeeping.words import LEFT_OUT, OPERATION_KEYS, OPERATOR_KEYS, VAT_ROWS, VAT_TOTALS
from documents.models import Document

_HOLE = UUID(int=0)
EURO = "EUR"
_SURCHARGED = ("156", "16", "19", "22")


class FilingRow(NamedTuple):
    """A return in the list; `wait` says how far its last day is."""

    id: UUID
    href: str
    form: str
    name: str
    period: str
    opens: str
    due: str
    wait: str
    state: str
    state_label: str
    person: str


class VatRow(NamedTuple):
    """A row of form 303: the boxes with their amounts and where they open. Empty boxes are ""."""

    label: str
    base_box: str
    base: str
    base_href: str
    percent: str
    tax_box: str
    tax: str
    tax_href: str


class LeftRow(NamedTuple):
    label: str
    why: str
    number: int
    taxable: str
    tax: str
    href: str


class PartyRow(NamedTuple):
    """A party of form 347 or 349, or a percentage of 111 and 115, with its amounts in order."""

    key: str
    key_label: str
    name: str
    tax_id: str
    amounts: list[str]
    number: int
    href: str


class PartRow(NamedTuple):
    """A document behind a figure, with its part; `href` is empty for who may not open it."""

    href: str
    number: str
    kind: str
    date: str
    contact: str
    base: str
    tax: str


def period_label(period: str) -> str:
    """A period in words: "3rd quarter 2026" is "Q3 2026" here, "September 2026", "2026"."""
    length = length_of(period)
    if length == "year":
        return period
    if length == "quarter":
        return _("Quarter %(number)s, %(year)s") % {"number": period[6:], "year": period[:4]}
    names = get_month_names("wide", context="stand-alone", locale=locale_of(active_language()))
    return f"{names[int(period[5:])].capitalize()} {period[:4]}"


def wait_words(filing: TaxFiling, today: date) -> str:
    """How far the last day is, for what is still to be done."""
    if filing.state in (TaxFiling.State.FILED, TaxFiling.State.NOT_NEEDED):
        return ""
    days = (filing.due_on - today).days
    if days < 0:
        return _("%(days)s days late") % {"days": -days} if days < -1 else _("one day late")
    if filing.opens_on > today:
        return _("opens %(date)s") % {"date": format_date(filing.opens_on)}
    return {0: _("today"), 1: _("tomorrow")}.get(days) or _("in %(days)s days") % {"days": days}


def shown_state(filing: TaxFiling, today: date) -> tuple[str, str]:
    """The name of the pill and its words: what is to be done after its last day is overdue."""
    is_open = filing.state in (TaxFiling.State.OPEN, TaxFiling.State.PREPARED)
    if is_open and filing.due_on < today:
        return "overdue", _("Overdue")
    pill = {"open": "draft", "prepared": "issued", "filed": "paid", "not_needed": "void"}[filing.state]
    return pill, str(TaxFiling.State(filing.state).label)


def filing_rows(filings: Iterable[TaxFiling], *, pack: Mapping[str, Form], slug: str, today: date) -> list[FilingRow]:
    """Returns as rows; the persons must be fetched. Makes no query."""
    language = active_language()
    pattern = reverse("bookkeeping:filing", args=[slug, _HOLE])
    rows = []
    for filing in filings:
        form = pack.get(filing.form)
        rows.append(
            FilingRow(
                filing.pk,
                pattern.replace(str(_HOLE), str(filing.pk)),
                filing.form,
                form.name(language) if form else "",
                period_label(filing.period),
                format_date(filing.opens_on),
                format_date(filing.due_on),
                wait_words(filing, today),
                *shown_state(filing, today),
                str(filing.assigned_to or ""),
            )
        )
    return rows


# --- Figures -------------------------------------------------------------------------------------------------


class Opener:
    """Addresses of the documents behind the figures of one return."""

    def __init__(self, filing: TaxFiling, slug: str) -> None:
        self._path = reverse("bookkeeping:filing_documents", args=[slug, filing.pk])

    def __call__(self, **asked: str) -> str:
        return f"{self._path}?{urlencode(asked)}"


def vat_rows(found: VatReturn, opened: Opener) -> dict[str, list[VatRow]]:
    """The rows of form 303 that have anything in them, as `due`, `deductible` and `other`."""
    boxes = found.boxes
    return {
        "due": [_vat_row(boxes, base, tax, opened) for base, tax in DUE_ROWS if base in boxes],
        "deductible": [_vat_row(boxes, base, tax, opened) for base, tax in DEDUCTIBLE_ROWS if base in boxes],
        "other": [_vat_row(boxes, box, "", opened) for box in OTHER_BOXES if box in boxes],
    }


def _vat_row(boxes: Mapping[str, Decimal], base: str, tax: str, opened: Opener) -> VatRow:
    money = money_formatter(active_language(), EURO)
    percent = format_number(RATE_OF_ROW[base]) + " %" if base in RATE_OF_ROW else ""
    return VatRow(
        label=vat_label(base), base_box=base, base=money(boxes[base]), base_href=opened(box=base), percent=percent,
        tax_box=tax, tax=money(boxes[tax]) if tax else "", tax_href=opened(box=tax) if tax else "",
    )  # fmt: skip


def vat_label(box: str) -> str:
    """The words of a row, by the box of its base."""
    if box in VAT_ROWS:
        return str(VAT_ROWS[box])
    return _("Equivalence surcharge") if box in _SURCHARGED else _("Ordinary scheme")


def total_rows(found: VatReturn) -> dict[str, tuple[str, str]]:
    """The words and the amount of each total, by its box."""
    money = money_formatter(active_language(), EURO)
    return {box: (str(VAT_TOTALS[box]), money(found.boxes[box])) for box in TOTALS}


def left_rows(figures: FilingFigures, opened: Opener) -> list[LeftRow]:
    """What no box tells, with its reason."""
    language = active_language()
    rows = []
    for one in figures.left_out:
        money = money_formatter(language, one.currency)
        label, why = LEFT_OUT[one.reason]
        href = opened(left=one.reason, currency=one.currency)
        rows.append(LeftRow(str(label), str(why), one.count, money(one.taxable), money(one.tax), href))
    return rows


def party_rows(figures: FilingFigures, opened: Opener) -> list[PartyRow]:
    """The rows of forms 347, 349, 111 and 115."""
    money = money_formatter(active_language(), EURO)
    rows = []
    for one in figures.operations:
        amounts = [money(one.total), *map(money, one.quarters)]
        href = opened(key=one.key, party=one.party)
        rows.append(PartyRow(one.key, str(OPERATION_KEYS[one.key]), one.name, one.tax_id, amounts, one.count, href))
    for other in figures.operators:
        href = opened(key=other.key, party=other.party)
        label = str(OPERATOR_KEYS[other.key])
        rows.append(PartyRow(other.key, label, other.name, other.tax_id, [money(other.taxable)], other.count, href))
    for kept in figures.withheld:
        percent = format_number(kept.percent) + " %"
        href = opened(percent=f"{kept.percent.normalize():f}")
        rows.append(PartyRow("", "", percent, "", [money(kept.taxable), money(kept.tax)], kept.count, href))
    return rows


def difference_rows(found: Mapping[str, tuple[Decimal, Decimal]]) -> list[tuple[str, str, str]]:
    """What changed since the return was filed: name of the figure, then and now."""
    money = money_formatter(active_language(), EURO)
    return [(name, money(before), money(now)) for name, (before, now) in found.items()]


def part_rows(documents: Iterable[Any], *, slug: str, currency: str, may_open: frozenset[str]) -> list[PartRow]:
    """Documents behind a figure, each with `base` and `tax`; `may_open` are the kinds that open."""
    money = money_formatter(active_language(), currency)
    pattern = reverse("documents:document", args=[slug, _HOLE])
    found: Iterable[Document] = documents
    return [
        PartRow(
            href=pattern.replace(str(_HOLE), str(one.pk)) if one.kind in may_open else "",
            number=one.number,
            kind=one.get_kind_display(),
            date=format_date(one.issued_on),
            contact=one.contact_name,
            base=money(getattr(one, "base")),  # noqa: B009 - a sum that the query adds
            tax=money(getattr(one, "tax")),  # noqa: B009 - likewise
        )
        for one in found
    ]


def operation_heads() -> list[str]:
    return [_("Key"), _("Tax id"), _("Name"), _("Total"), *(f"T{number}" for number in range(1, 5)), _("Documents")]


def operation_cells(operations: Iterable[Operations]) -> Iterator[list[Cell]]:
    """Form 347 as a table to take away."""
    for one in operations:
        yield [one.key, one.tax_id, one.name, one.total, *one.quarters, Decimal(one.count)]

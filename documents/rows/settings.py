"""Rows of the settings' lists: series by kind, taxes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from advisory_portal.core.formatting import format_number
from documents.models import Kind, Series, TaxRate
from documents.rules import Tax, series_number
from documents.rules.series import NUMBERED_KINDS
from documents.rules.taxes import taxes_of, with_surcharge
from documents.sources import own_tax
from documents.words import KIND_WORDS, tax_label


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series in the list of its kind; `next` is the number that the next document gets."""

    id: UUID
    prefix: str
    next: str
    is_yearly: bool
    is_default: bool
    is_retired: bool


@dataclass(frozen=True, slots=True)
class SeriesGroup:
    kind: str
    label: str
    rows: list[SeriesRow]


def kind_labels(only: str = "") -> list[tuple[str, str]]:
    """The kinds that we number, in words; or one of them."""
    return [(kind, str(Kind(kind).label)) for kind in NUMBERED_KINDS if only in ("", kind)]


def series_groups(series: Iterable[Series], today: date) -> list[SeriesGroup]:
    """Every kind that we number with its series, retired ones last. Needs the counters prefetched."""
    ordered = sorted(series, key=lambda row: (row.kind, row.retired_at is not None))
    by_kind = {kind: list(rows) for kind, rows in groupby(ordered, key=lambda row: row.kind)}
    return [
        SeriesGroup(kind, str(KIND_WORDS[kind].plural), [_series_row(row, today) for row in by_kind.get(kind, [])])
        for kind in NUMBERED_KINDS
    ]


def _series_row(series: Series, today: date) -> SeriesRow:
    year = today.year if series.is_yearly else 0
    return SeriesRow(
        id=series.pk,
        prefix=series.prefix,
        next=series_number(series.prefix, year, series.last_number_in(today) + 1, series.digits),
        is_yearly=series.is_yearly,
        is_default=series.is_default,
        is_retired=series.retired_at is not None,
    )


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax in a list; percentages as text, "" for none. `id` is None for a tax of the country."""

    name: str
    percent: str
    surcharge: str
    reason: str
    id: UUID | None = None


def tax_rows(country: str) -> list[TaxRow]:
    """The taxes of the country, each with the equivalence surcharge that may go with it."""
    return [
        _tax_row(tax_label(tax.category, tax.percent, code=tax.exemption_code), with_surcharge(tax, country))
        for tax in taxes_of(country)
    ]


def own_tax_rows(rates: Iterable[TaxRate]) -> list[TaxRow]:
    """The rates of the business's own."""
    return [_tax_row(rate.name, own_tax(rate), rate.pk) for rate in rates]


def _tax_row(name: str, tax: Tax, tax_id: UUID | None = None) -> TaxRow:
    percent = "" if tax.percent is None else f"{format_number(tax.percent)} %"
    surcharge = f"{format_number(tax.surcharge_percent)} %" if tax.surcharge_percent else ""
    return TaxRow(name, percent, surcharge, tax.exemption_reason, tax_id)

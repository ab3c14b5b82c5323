"""The overview of a business: its figures in words. Currencies stand apart and are never added."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date as babel_date
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.formatting import active_language, locale_of, money_formatter
from documents.models import Figure
from documents.models.overview import COUNTED, figures, recent, top_contacts, waiting
from documents.rows.documents import DocumentRow, document_rows

MONTHS, TOP, RECENT = 12, 5, 8
Measure = Figure.Measure
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    hint: str
    href: str


@dataclass(frozen=True, slots=True)
class Top:
    name: str
    href: str
    amount: str


@dataclass(frozen=True, slots=True)
class Waiting:
    text: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class OtherCurrency:
    """Sums of the twelve months, and what is open, in another currency: labels and amounts that are not zero."""

    currency: str
    sums: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Overview:
    """`series` as the chart takes it: name, values, texts. Nothing of a section that the actor may not view."""

    tiles: list[Tile]
    months: list[str]
    series: list[tuple[str, list[Decimal], list[str]]]
    others: list[OtherCurrency]
    customers: list[Top]
    suppliers: list[Top]
    waits: list[Waiting]
    recent: list[DocumentRow]
    sees_sales: bool
    sees_purchases: bool

    @property
    def is_empty(self) -> bool:
        return not (self.recent or self.waits or any(any(values) for _name, values, _texts in self.series))


class Sums:
    """Sums and numbers by measure, currency and day, from one statement."""

    def __init__(self, actor: Actor, since: date) -> None:
        self._days: dict[tuple[str, str], dict[date | None, tuple[Decimal, int]]] = defaultdict(dict)
        for measure, currency, day, amount, number in figures(actor, since):
            self._days[measure, currency][day] = (amount, number)

    def of(self, measure: str, currency: str, fits: Callable[[date | None], bool] = bool) -> tuple[Decimal, int]:
        """Sum and number over the days that fit; every day that is known unless another test is given."""
        found = [sums for day, sums in self._days[measure, currency].items() if fits(day)]
        return sum((amount for amount, _number in found), _ZERO), sum(number for _amount, number in found)

    def currencies(self) -> list[str]:
        return sorted({currency for (_measure, currency), days in self._days.items() if days})


def overview_of(actor: Actor, today: date) -> Overview:
    """Everything that the page shows, in four statements."""
    place, months = actor.place, _last_months(today)
    sums = Sums(actor, months[0])
    sales, purchases = (actor.may(section, Level.VIEW) for section in (Section.SALES, Section.PURCHASES))
    tiles = [
        *(_sales_tiles(actor, sums, today) if sales else ()),
        *(_bill_tiles(actor, sums, today) if purchases else ()),
    ]
    tops = top_contacts(actor, place.currency, date(today.year, 1, 1), TOP)
    return Overview(
        tiles=tiles,
        months=[_month_name(month) for month in months],
        series=_series(sums, place.currency, months, sales=sales, purchases=purchases),
        others=_others(actor, sums),
        customers=_tops(tops, Measure.CUSTOMER, actor),
        suppliers=_tops(tops, Measure.SUPPLIER, actor),
        waits=_waits(actor, today),
        recent=document_rows(recent(actor, RECENT), slug=place.slug, today=today),
        sees_sales=sales,
        sees_purchases=purchases,
    )


def _last_months(today: date) -> list[date]:
    """First days of this month and the eleven before it, oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(number - MONTHS + 1, number + 1)]


def _month_name(month: date) -> str:
    return str(babel_date(month, "LLL", locale=locale_of(active_language())))[:3]


def _series(
    sums: Sums, currency: str, months: list[date], *, sales: bool, purchases: bool
) -> list[tuple[str, list[Decimal], list[str]]]:
    money = money_formatter(active_language(), currency)
    wanted = [(Measure.SOLD, _("Sales"))] if sales else []
    wanted += [(Measure.BOUGHT, _("Expenses"))] if purchases else []
    found = []
    for measure, name in wanted:
        amounts = [sums.of(measure, currency, month.__eq__)[0] for month in months]
        found.append((name, [max(amount, _ZERO) for amount in amounts], [money(amount) for amount in amounts]))
    return found


def _list(actor: Actor, kind: str, query: str = "") -> str:
    return reverse("documents:list", args=[actor.place.slug, kind]) + query


def _sales_tiles(actor: Actor, sums: Sums, today: date) -> Iterable[Tile]:
    currency, month = actor.place.currency, today.replace(day=1)
    money = money_formatter(active_language(), currency)
    sold, number = sums.of(Measure.SOLD, currency, month.__eq__)
    received, _number = sums.of(Measure.RECEIVED, currency, month.__eq__)
    unpaid, open_number = sums.of(Measure.OPEN_SALES, currency, lambda day: True)
    late, late_number = sums.of(Measure.OPEN_SALES, currency, lambda day: day is not None and day < today)
    documents = ngettext("%(num)s document, before tax", "%(num)s documents, before tax", number) % {"num": number}
    yield Tile(_("Sales this month"), money(sold), documents, _list(actor, "invoices"))
    yield Tile(_("Received this month"), money(received), "", "")
    yield Tile(_("Unpaid"), money(unpaid), _invoices(open_number), _list(actor, "invoices"))
    yield Tile(_("Overdue"), money(late), _invoices(late_number), _list(actor, "invoices", "?state=overdue"))


def _bill_tiles(actor: Actor, sums: Sums, today: date) -> Iterable[Tile]:
    currency, month = actor.place.currency, today.replace(day=1)
    money = money_formatter(active_language(), currency)
    bought, number = sums.of(Measure.BOUGHT, currency, month.__eq__)
    unpaid, open_number = sums.of(Measure.OPEN_PURCHASES, currency, lambda day: True)
    _late, late_number = sums.of(Measure.OPEN_PURCHASES, currency, lambda day: day is not None and day < today)
    documents = ngettext("%(num)s document, before tax", "%(num)s documents, before tax", number) % {"num": number}
    late = ngettext("%(num)s bill is overdue", "%(num)s bills are overdue", late_number) % {"num": late_number}
    bills = ngettext("%(num)s bill", "%(num)s bills", open_number) % {"num": open_number}
    yield Tile(_("Expenses this month"), money(bought), documents, _list(actor, "bills"))
    query = "?state=overdue" if late_number else ""
    yield Tile(_("To pay"), money(unpaid), late if late_number else bills, _list(actor, "bills", query))


def _invoices(number: int) -> str:
    return ngettext("%(num)s invoice", "%(num)s invoices", number) % {"num": number}


def _others(actor: Actor, sums: Sums) -> list[OtherCurrency]:
    language, found = active_language(), []
    labels = {
        Measure.SOLD: _("Sales"),
        Measure.BOUGHT: _("Expenses"),
        Measure.OPEN_SALES: _("Unpaid"),
        Measure.OPEN_PURCHASES: _("To pay"),
    }
    for currency in sums.currencies():
        amounts = [(label, sums.of(measure, currency, lambda day: True)[0]) for measure, label in labels.items()]
        texts = [(label, money_formatter(language, currency)(amount)) for label, amount in amounts if amount]
        if texts and currency != actor.place.currency:
            found.append(OtherCurrency(currency, texts))
    return found


def _tops(rows: Iterable[tuple[str, str, Any, Any]], measure: str, actor: Actor) -> list[Top]:
    money, may_open = money_formatter(active_language(), actor.place.currency), actor.may(Section.CONTACTS, Level.VIEW)
    return [
        Top(name, reverse("documents:contact", args=[actor.place.slug, pk]) if may_open else "", money(amount))
        for found, name, pk, amount in rows
        if found == measure
    ]


_WAITS = {
    "drafts": ngettext_lazy("%(num)s draft invoice", "%(num)s draft invoices", "num"),
    "quotes": ngettext_lazy("%(num)s quote expires within a week", "%(num)s quotes expire within a week", "num"),
    "recurring": ngettext_lazy("%(num)s recurring invoice failed", "%(num)s recurring invoices failed", "num"),
    "bill_drafts": ngettext_lazy("%(num)s draft bill", "%(num)s draft bills", "num"),
    "bills_to_review": ngettext_lazy("%(num)s bill to review", "%(num)s bills to review", "num"),
    "rejected": ngettext_lazy(
        "%(num)s record rejected by the tax agency", "%(num)s records rejected by the tax agency", "num"
    ),
}
_PLACES = {  # icon, list, query
    "drafts": ("file-pen", "invoices", "?state=draft"),
    "quotes": ("file-clock", "quotes", "?state=issued"),
    "recurring": ("repeat", "recurring-invoices", ""),
    "bill_drafts": ("receipt", "bills", "?state=draft"),
    "bills_to_review": ("check", "bills", "?review=open"),
}
_MORE: dict[str, Promise] = {
    "drafts": gettext_lazy("More than %(num)s draft invoices"),
    "quotes": gettext_lazy("More than %(num)s quotes expire within a week"),
    "recurring": gettext_lazy("More than %(num)s recurring invoices failed"),
    "bill_drafts": gettext_lazy("More than %(num)s draft bills"),
    "bills_to_review": gettext_lazy("More than %(num)s bills to review"),
    "rejected": gettext_lazy("More than %(num)s records rejected by the tax agency"),
}


def _waits(actor: Actor, today: date) -> list[Waiting]:
    counts, found = waiting(actor, today), []
    for name, words in _WAITS.items():
        number = counts[name]
        if not number:
            continue
        text = str(_MORE[name]) % {"num": COUNTED} if number > COUNTED else words % {"num": number}
        if name in _PLACES:
            icon, kind, query = _PLACES[name]
            found.append(Waiting(text, _list(actor, kind, query), icon))
        else:
            href = reverse("documents:fiscal_records", args=[actor.place.slug])
            found.append(Waiting(text, f"{href}?state=rejected", "triangle-alert"))
    return found

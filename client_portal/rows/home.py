"""The portal's first page: what waits for the contact, its figures and its months, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date as babel_date
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import active_language, format_date, locale_of, money_formatter
from client_portal.models.listed import ListedDocument
from client_portal.models.readings import Month, Waiting, first_waiting, latest_of, months_of, waiting_of
from client_portal.rows.documents import DocumentRow, document_rows, documents_address
from documents import rules
from documents.models import Kind

MONTHS, TASKS, LATEST = 12, 6, 6
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that the contact is asked for: a quote to answer, an invoice to pay."""

    href: str
    icon: str
    kind: str
    number: str
    detail: str
    amount: str
    act: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    hint: str
    href: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """`series` as the chart takes it: name, values, texts. `currencies` are those there is something in."""

    tasks: list[Task]
    more: list[tuple[str, str]]
    currency: str
    currencies: list[str]
    tiles: list[Tile]
    facts: list[Tile]
    months: list[str]
    series: list[tuple[str, list[Decimal], list[str]]]
    latest: list[DocumentRow]


def home_of(actor: Actor, today: date, asked: str = "") -> Home:
    """Everything that the page shows, in four statements. `asked` is the currency of figures and chart."""
    place, months = actor.place, _last_months(today)
    kept, waiting = months_of(actor, months[0]), waiting_of(actor, today)
    currencies = sorted({*(row.currency for row in kept), *(row.currency for row in waiting)})
    currency = next((one for one in (asked, place.currency, *currencies) if one in currencies), place.currency)
    own = [row for row in kept if row.currency == currency]
    open_now = {row.kind: row for row in waiting if row.currency == currency}
    return Home(
        tasks=_tasks(first_waiting(actor, today, TASKS), place.slug, today),
        more=list(_more(waiting, place.slug)),
        currency=currency,
        currencies=currencies,
        tiles=list(_tiles(actor, currency, open_now, own, _to_decide(waiting), today)) if currencies else [],
        facts=list(_facts(currency, own)),
        months=[_month_name(month.month, active_language()) for month in months],
        series=_series(currency, own, months),
        latest=document_rows(latest_of(actor, LATEST), slug=place.slug, today=today),
    )


def _last_months(today: date) -> list[date]:
    """First days of this month and the eleven before it, oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(number - MONTHS + 1, number + 1)]


@lru_cache(maxsize=256)
def _month_name(month: int, language: str) -> str:
    return str(babel_date(date(2000, month, 1), "LLL", locale=locale_of(language)))[:3]


# --- What waits ----------------------------------------------------------------------------------------------


def _tasks(documents: Iterable[ListedDocument], slug: str, today: date) -> list[Task]:
    """The overdue first, then by the day until which there is time."""
    waiting = sorted(documents, key=lambda one: (one.due_on or date.max, one.pk))
    late = [one for one in waiting if _is_late(one, today)]
    return [_task(one, slug, today) for one in (late + [one for one in waiting if one not in late])[:TASKS]]


def _is_late(document: ListedDocument, today: date) -> bool:
    return document.kind == Kind.INVOICE and rules.is_overdue(document.state, document.due_on, today)


def _task(document: ListedDocument, slug: str, today: date) -> Task:
    is_quote, is_late = document.kind == Kind.QUOTE, _is_late(document, today)
    money = money_formatter(active_language(), document.currency)
    return Task(
        href=f"{documents_address(slug)}{document.pk}/",
        icon="file-pen" if is_quote else "receipt",
        kind=str(Kind(document.kind).label),
        number=document.number,
        detail=_until(document, today),
        amount=money(document.payable if is_quote else document.outstanding),
        act=_("Decide") if is_quote else _("View"),
        is_late=is_late,
    )


def _until(document: ListedDocument, today: date) -> str:
    """How long there is time, or since when it is late."""
    if document.due_on is None:
        return _("Waits for your answer") if document.kind == Kind.QUOTE else _("To be paid")
    words, days = {"date": format_date(document.due_on)}, (document.due_on - today).days
    if document.kind == Kind.QUOTE:
        return _("Valid until today") if days == 0 else _("Valid until %(date)s") % words
    if days == 0:
        return _("Due today")
    if days > 0:
        return _("Due %(date)s") % words
    late = ngettext("%(num)s day late", "%(num)s days late", -days) % {"num": -days}
    return f"{_('Due %(date)s') % words} · {late}"


def _to_decide(waiting: Iterable[Waiting]) -> int:
    return sum(row.number for row in waiting if row.kind == Kind.QUOTE)


def _more(waiting: Sequence[Waiting], slug: str) -> Iterable[tuple[str, str]]:
    """Where the rest of what waits is, if it is more than the page shows: words and address."""
    invoices = sum(row.number for row in waiting if row.kind == Kind.INVOICE)
    quotes = _to_decide(waiting)
    if invoices + quotes <= TASKS:
        return
    if quotes:
        words = ngettext("%(num)s quote to decide", "%(num)s quotes to decide", quotes) % {"num": quotes}
        yield words, _list(slug, "quotes", "?state=to-decide")
    if invoices:
        words = ngettext("%(num)s invoice to pay", "%(num)s invoices to pay", invoices) % {"num": invoices}
        yield words, _list(slug, "invoices", "?state=open")


@lru_cache(maxsize=8192)
def _list(slug: str, kind: str, query: str = "") -> str:
    return reverse("client_portal:list", args=[slug, kind]) + query


# --- Figures -------------------------------------------------------------------------------------------------


def _tiles(
    actor: Actor, currency: str, waiting: dict[str, Waiting], months: list[Month], quotes: int, today: date
) -> Iterable[Tile]:
    money, slug = money_formatter(active_language(), currency), actor.place.slug
    nothing = Waiting("", currency, _ZERO, 0, _ZERO, 0)
    unpaid, credit = waiting.get(Kind.INVOICE, nothing), waiting.get(Kind.CREDIT_NOTE, nothing)
    received = sum((row.received for row in months if row.month.year == today.year), _ZERO)
    hint = _invoices(unpaid.number) if unpaid.number else _("Nothing to pay")
    if credit.number:
        hint = f"{hint} · {_('%(amount)s in your favour') % {'amount': money(credit.amount)}}"
    yield Tile(_("Pending"), money(unpaid.amount), hint, _list(slug, "invoices", "?state=open"))
    late = unpaid.overdue_number
    query = "?state=overdue" if late else ""
    yield Tile(
        _("Overdue"),
        money(unpaid.overdue or _ZERO),
        _invoices(late) if late else _("Everything in time"),
        _list(slug, "invoices", query),
        is_late=bool(late),
    )
    yield Tile(
        _("Quotes to decide"),
        str(quotes),
        _("Waiting for your answer") if quotes else _("None is waiting"),
        _list(slug, "quotes", "?state=to-decide" if quotes else ""),
    )
    business = {"name": actor.place.name}
    yield Tile(
        _("Received this year"),
        money(received),
        _("Your payments to %(name)s") % business,
        reverse("client_portal:payments", args=[slug]),
    )


def _invoices(number: int) -> str:
    return ngettext("%(num)s invoice", "%(num)s invoices", number) % {"num": number}


def _facts(currency: str, months: list[Month]) -> Iterable[Tile]:
    """Of the twelve months: how many invoices, of which size, paid after how many days."""
    money, number = money_formatter(active_language(), currency), sum(row.invoices for row in months)
    if not number:
        return
    invoiced, paid, paid_days = (
        sum((getattr(row, name) for row in months), _ZERO) for name in ("invoiced", "paid", "paid_days")
    )
    yield Tile(_("Number of invoices"), str(number), "", "")
    yield Tile(_("Average invoice"), money(invoiced / number), "", "")
    if paid > 0:
        days = int((paid_days / paid).to_integral_value(ROUND_HALF_UP))
        yield Tile(_("Average days to pay"), ngettext("%(num)s day", "%(num)s days", days) % {"num": days}, "", "")


def _series(currency: str, rows: list[Month], months: list[date]) -> list[tuple[str, list[Decimal], list[str]]]:
    """Invoices less credit notes, and quotes, by month; nothing where there is neither."""
    money, of_month = money_formatter(active_language(), currency), {row.month: row for row in rows}
    invoiced = [(row.invoiced - row.credited if (row := of_month.get(month)) else _ZERO) for month in months]
    quoted = [(row.quoted if (row := of_month.get(month)) else _ZERO) for month in months]
    found = [(_("Invoices"), invoiced), (_("Quotes"), quoted)]
    return [
        (name, [max(amount, _ZERO) for amount in amounts], [money(amount) for amount in amounts])
        for name, amounts in found
        if any(amounts)
    ]

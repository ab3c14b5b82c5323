"""A statement of account in words: per currency what was open, charged, paid, is open, and since when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import active_language, format_date, money_formatter
from client_portal.models.listed import ListedDocument
from client_portal.models.readings import Month, balances_before, months_of, unpaid_of
from client_portal.models.statements import Movement, movements_of
from client_portal.rules import AGES, age_of
from documents.models import Kind
from documents.words import METHODS

MOST_ROWS = 1_000  # of documents, and of payments
_HOLE = UUID(int=0)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """A movement; `charged` or `paid` is "", `balance` what was open after it."""

    day: str
    href: str
    text: str
    charged: str
    paid: str
    balance: str


@dataclass(frozen=True, slots=True)
class Account:
    """One currency's account. `ages` are label and amount of what is not due yet, and of what is how many days late."""

    currency: str
    opening: str
    charged: str
    paid: str
    closing: str
    open_now: str
    rows: list[Row]
    ages: list[tuple[str, str, bool]]
    credit: str


@dataclass(frozen=True, slots=True)
class Statement:
    """The accounts of a period, the business's currency first. `is_cut`: there is more than is shown."""

    since: date
    until: date
    today: date
    accounts: list[Account]
    is_cut: bool


def statement_of(actor: Actor, since: date, until: date, today: date) -> Statement:
    """The contact's statement of whole months. Five statements of SQL; the sums are exact where rows are cut."""
    opening = balances_before(actor, since)
    months = [one for one in months_of(actor, since) if one.month <= until]
    movements = movements_of(actor, since, until, MOST_ROWS + 1)
    unpaid = unpaid_of(actor)
    currencies = {
        *(currency for currency, amount in opening.items() if amount),
        *(one.currency for one in movements),
        *(one.currency for one in unpaid),
        *(one.currency for one in months),
    }
    home = actor.place.currency
    accounts = [
        _account(
            actor.place.slug,
            currency,
            opening.get(currency, _ZERO),
            [one for one in months if one.currency == currency],
            [one for one in movements if one.currency == currency],
            [one for one in unpaid if one.currency == currency],
            today,
        )
        for currency in sorted(currencies, key=lambda one: (one != home, one))
    ]
    is_cut = max(sum(1 for one in movements if bool(one.method) is paid) for paid in (True, False)) > MOST_ROWS
    return Statement(since, until, today, accounts, is_cut)


def _account(
    slug: str,
    currency: str,
    opening: Decimal,
    months: list[Month],
    movements: list[Movement],
    unpaid: list[ListedDocument],
    today: date,
) -> Account:
    money = money_formatter(active_language(), currency)
    charged = sum((one.invoiced - one.credited for one in months), _ZERO)
    paid = sum((one.settled for one in months), _ZERO)
    credit = sum((one.outstanding for one in unpaid if one.kind == Kind.CREDIT_NOTE), _ZERO)
    ages = _ages((one for one in unpaid if one.kind == Kind.INVOICE), today)
    return Account(
        currency=currency,
        opening=money(opening),
        charged=money(charged),
        paid=money(paid),
        closing=money(opening + charged - paid),
        open_now=money(sum(ages, -credit)),
        rows=list(_rows(slug, currency, opening, movements)),
        ages=[(label, money(amount), bool(amount) and index > 0) for index, (label, amount) in _labelled(ages)],
        credit=money(credit) if credit else "",
    )


def _ages(invoices: Iterable[ListedDocument], today: date) -> list[Decimal]:
    sums = [_ZERO] * (len(AGES) + 1)
    for invoice in invoices:
        sums[age_of(invoice.due_on, today)] += invoice.outstanding
    return sums


def _labelled(sums: list[Decimal]) -> Iterable[tuple[int, tuple[str, Decimal]]]:
    return enumerate(zip(age_labels(), sums, strict=True))


def age_labels() -> list[str]:
    """What the ages are called, the youngest first: "Not due yet", "1 to 30 days late", …"""
    between = [_("%(first)s to %(last)s days late") % {"first": low + 1, "last": high} for low, high in pairwise(AGES)]
    return [_("Not due yet"), *between, _("More than %(days)s days late") % {"days": AGES[-1]}]


def _rows(slug: str, currency: str, opening: Decimal, movements: Iterable[Movement]) -> Iterator[Row]:
    language, balance = active_language(), opening
    money, pattern = money_formatter(language, currency), reverse("client_portal:document", args=[slug, _HOLE])
    for one in movements:
        balance += one.amount
        yield Row(
            day=format_date(one.day, language),
            href=pattern.replace(str(_HOLE), str(one.document_id)),
            text=_text(one),
            charged="" if one.method else money(one.amount),
            paid=money(-one.amount) if one.method else "",
            balance=money(balance),
        )


def _text(movement: Movement) -> str:
    document = f"{Kind(movement.kind).label} {movement.number}"
    if not movement.method:
        return document
    values = {"method": METHODS.get(movement.method, movement.method), "document": document}
    return _("%(method)s for %(document)s") % values


def statement_csv(actor: Actor, since: date, until: date) -> Iterator[list[str]]:
    """The movements as rows of a table: amounts as plain numbers, dates as ISO, the opening balances first."""
    yield [_("Date"), _("Currency"), _("Document"), _("Charged"), pgettext("statement", "Paid"), _("Balance")]
    balances = balances_before(actor, since)
    for currency, balance in sorted(balances.items()):
        yield [since.isoformat(), currency, _("Opening balance"), "", "", str(balance)]
    for one in movements_of(actor, since, until, MOST_ROWS * 100):
        balances[one.currency] = balances.get(one.currency, _ZERO) + one.amount
        amounts = ["", str(-one.amount)] if one.method else [str(one.amount), ""]
        yield [one.day.isoformat(), one.currency, _text(one), *amounts, str(balances[one.currency])]

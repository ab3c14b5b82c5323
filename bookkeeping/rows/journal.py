"""Rows of the journal, of a ledger, of an entry."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from advisory_portal.core.formatting import active_language, format_date, money_formatter
from bookkeeping.models import JournalEntry, JournalLine, LedgerAccount
from bookkeeping.models.reports import RESULT_KINDS

_HOLE = UUID(int=0)


class EntryRow(NamedTuple):
    """An entry as the journal lists it. `accounts` are those debited and those credited, by their codes."""

    id: UUID
    href: str
    number: str
    date: str
    text: str
    source: str
    source_label: str
    debited: str
    credited: str
    amount: str
    is_checked: bool
    is_reversed: bool


class LineRow(NamedTuple):
    """A line of an entry."""

    code: str
    account: str
    href: str
    text: str
    contact: str
    debit: str
    credit: str
    is_retired: bool


class LedgerRow(NamedTuple):
    """A line of an account's ledger, with the balance after it."""

    href: str
    number: str
    date: str
    text: str
    contact: str
    debit: str
    credit: str
    balance: str


def entry_rows(entries: Iterable[JournalEntry], *, slug: str, currency: str) -> list[EntryRow]:
    """Entries as rows. Their lines with accounts must be fetched; makes no query."""
    money = money_formatter(active_language(), currency)
    pattern = reverse("bookkeeping:entry", args=[slug, _HOLE])
    sources = dict(JournalEntry.Source.choices)
    rows = []
    for entry in entries:
        lines = list(entry.lines.all())
        rows.append(
            EntryRow(
                id=entry.pk,
                href=pattern.replace(str(_HOLE), str(entry.pk)),
                number=str(entry),
                date=format_date(entry.dated_on),
                text=entry.text,
                source=entry.source,
                source_label=str(sources[JournalEntry.Source(entry.source)]),
                debited=_codes(line for line in lines if line.debit),
                credited=_codes(line for line in lines if line.credit),
                amount=money(sum((line.debit for line in lines), Decimal(0))),
                is_checked=entry.checked_at is not None,
                is_reversed=entry.is_reversed,
            )
        )
    return rows


def _codes(lines: Iterable[JournalLine], most: int = 3) -> str:
    codes = list(dict.fromkeys(line.account.code for line in lines))
    return ", ".join(codes[:most]) + (" …" if len(codes) > most else "")


def line_rows(lines: Iterable[JournalLine], *, slug: str, currency: str) -> list[LineRow]:
    """Lines of an entry as rows; their accounts and contacts must be fetched."""
    money = money_formatter(active_language(), currency)
    pattern = reverse("bookkeeping:ledger_account", args=[slug, _HOLE])
    return [
        LineRow(
            code=line.account.code,
            account=line.account.name,
            href=pattern.replace(str(_HOLE), str(line.account_id)),
            text=line.text,
            contact=line.contact.name if line.contact else "",
            debit=money(line.debit) if line.debit else "",
            credit=money(line.credit) if line.credit else "",
            is_retired=line.account.retired_at is not None,
        )
        for line in lines
    ]


def ledger_rows(
    lines: Sequence[JournalLine], *, account: LedgerAccount, forward: Decimal, slug: str, currency: str
) -> list[LedgerRow]:
    """Lines of an account in order as rows, their balance running on from `forward`.

    That of income and expenses begins anew with the year. Entries and contacts must be fetched.
    """
    money = money_formatter(active_language(), currency)
    pattern = reverse("bookkeeping:entry", args=[slug, _HOLE])
    begins_anew = account.kind in RESULT_KINDS
    balance, year = forward, lines[0].dated_on.year if lines else 0
    rows = []
    for line in lines:
        if begins_anew and line.dated_on.year != year:
            balance, year = Decimal(0), line.dated_on.year
        balance += line.debit - line.credit
        rows.append(
            LedgerRow(
                href=pattern.replace(str(_HOLE), str(line.entry_id)),
                number=str(line.entry),
                date=format_date(line.dated_on),
                text=" · ".join(filter(None, [line.entry.text, line.text])),
                contact=line.contact.name if line.contact and line.contact.name not in line.entry.text else "",
                debit=money(line.debit) if line.debit else "",
                credit=money(line.credit) if line.credit else "",
                balance=money(balance),
            )
        )
    return rows

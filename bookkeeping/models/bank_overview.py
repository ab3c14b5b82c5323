"""What banking shows of each account, in as many queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min

from advisory_portal.core.access import Actor
from bookkeeping.models.banking import BankAccount, BankLine, Statement


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account with its latest known balance and day, how many of its lines are open, and since when."""

    account: BankAccount
    balance: Decimal | None
    known_on: date | None
    open_count: int
    oldest: date | None


def account_states(actor: Actor) -> list[AccountState]:
    """The accounts, those in use first. Three queries."""
    accounts = BankAccount.objects.visible_to(actor).select_related("ledger_account").order_by("name")
    rows = Statement.objects.visible_to(actor).exclude(closing=None).exclude(ends_on=None)
    latest = rows.order_by("account_id", "-ends_on", "-id").distinct("account_id")
    closing = {pk: (ends_on, amount) for pk, ends_on, amount in latest.values_list("account_id", "ends_on", "closing")}
    waiting = BankLine.objects.visible_to(actor).open().order_by().values("account_id")
    numbers = waiting.annotate(number=Count("pk"), oldest=Min("booked_on"))
    open_lines = {row["account_id"]: (row["number"], row["oldest"]) for row in numbers}
    found = []
    for account in accounts:
        known_on, balance = closing.get(account.pk, (None, None))
        number, oldest = open_lines.get(account.pk, (0, None))
        found.append(AccountState(account, balance, known_on, number, oldest))
    return sorted(found, key=lambda one: one.account.retired_at is not None)


def next_open_line(actor: Actor, line: BankLine) -> BankLine | None:
    """The open line that follows in the list (the newest first), else the first one. Two queries at most."""
    rows = BankLine.objects.visible_to(actor).open().exclude(pk=line.pk).order_by("-booked_on", "-id")
    same_day = rows.filter(booked_on=line.booked_on, pk__lt=line.pk).first()
    return same_day or rows.filter(booked_on__lt=line.booked_on).first() or rows.first()

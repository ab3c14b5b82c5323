"""What the accounts add up to, read from months: the cost follows accounts and months, not lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from bookkeeping.models.journal import AccountMonth, JournalLine, LedgerAccount

_ZERO = Decimal(0)
RESULT_KINDS = (LedgerAccount.Kind.INCOME, LedgerAccount.Kind.EXPENSE)


@dataclass(frozen=True, slots=True)
class AccountSums:
    """An account over some months. `before` and `closing` are debits less credits.

    `before` of income and expenses counts from the January of the first month; what they came to earlier is `earlier`.
    """

    account_id: UUID
    code: str
    name: str
    kind: str
    before: Decimal
    debit: Decimal
    credit: Decimal
    earlier: Decimal = _ZERO

    @property
    def closing(self) -> Decimal:
        return self.before + self.debit - self.credit

    @property
    def moved(self) -> Decimal:
        """Debits less credits of the months."""
        return self.debit - self.credit


def sums_of_accounts(organisation_id: UUID, first: date, last: date) -> list[AccountSums]:
    """Every account with anything on it up to the end of the month of `last`, by code. Two queries.

    `first` and `last` are the first days of the months.
    """
    months = {row[0]: row[1:] for row in months_of(organisation_id, first, last)}
    accounts = LedgerAccount.objects.filter(organisation_id=organisation_id).order_by("code")
    found = []
    for account_id, code, name, kind in accounts.values_list("id", "code", "name", "kind"):
        if account_id in months:
            earlier, since_january, debit, credit = months[account_id]
            of_result = kind in RESULT_KINDS
            before = since_january if of_result else earlier + since_january
            found.append(
                AccountSums(account_id, code, name, kind, before, debit, credit, earlier if of_result else _ZERO)
            )
    return found


def months_of(organisation_id: UUID, first: date, last: date) -> "QuerySet[AccountMonth, Any]":
    """By account: the balance before the January of `first`, that from there to `first`, debits and credits since."""
    january, balance, within = first.replace(month=1), F("debit") - F("credit"), Q(month__gte=first)
    return (
        AccountMonth.objects.filter(organisation_id=organisation_id, month__lte=last)
        .order_by()
        .values("account_id")
        .annotate(
            earlier=Coalesce(Sum(balance, filter=Q(month__lt=january)), _ZERO),
            since=Coalesce(Sum(balance, filter=Q(month__gte=january, month__lt=first)), _ZERO),
            debits=Coalesce(Sum("debit", filter=within), _ZERO),
            credits=Coalesce(Sum("credit", filter=within), _ZERO),
        )
        .values_list("account_id", "earlier", "since", "debits", "credits")
    )


def balance_before(account: LedgerAccount, day: date, line: JournalLine | None = None) -> Decimal:
    """Debits less credits of an account before a day, or before a line of that day in the order of the ledger.

    Income and expenses begin every January. Two queries: the months before, and the lines of the month of the day.
    """
    month = day.replace(day=1)
    months = AccountMonth.objects.filter(account=account, month__lt=month)
    if account.kind in RESULT_KINDS:
        months = months.filter(month__gte=month.replace(month=1))
    known = months.aggregate(sum=Coalesce(Sum(F("debit") - F("credit")), _ZERO))["sum"]
    lines = JournalLine.objects.filter(organisation_id=account.organisation_id, account=account, dated_on__gte=month)
    if line is None:
        lines = lines.filter(dated_on__lt=day)
    else:
        lines = lines.filter(Q(dated_on__lt=day) | Q(dated_on=day, id__lt=line.pk))
    since = lines.order_by().aggregate(sum=Coalesce(Sum(F("debit") - F("credit")), _ZERO))["sum"]
    found: Decimal = known + since
    return found


def years_of(organisation_id: UUID) -> list[int]:
    """The years from the first to the last with an entry, the latest first."""
    found = AccountMonth.objects.filter(organisation_id=organisation_id).aggregate(
        first=Min("month"), last=Max("month")
    )
    return [] if found["first"] is None else list(range(found["last"].year, found["first"].year - 1, -1))

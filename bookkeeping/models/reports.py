"""What the accounts add up to, read from months: the cost follows accounts and months, not lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
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
    """Every account with anything on it up to the end of the month of `last`, by code. One query.

    `first` and `last` are the first days of the months.
    """
    return [AccountSums(*row) for row in months_of(organisation_id, first, last)]


def months_of(organisation_id: UUID, first: date, last: date) -> "QuerySet[AccountMonth, Any]":
    """The statement of `sums_of_accounts`."""
    january, balance = first.replace(month=1), F("debit") - F("credit")
    of_result, before = Q(account__kind__in=RESULT_KINDS), Q(month__lt=first)
    zero, within = Decimal(0), Q(month__gte=first)
    return (
        AccountMonth.objects.filter(organisation_id=organisation_id, month__lte=last)
        .values("account_id", "account__code", "account__name", "account__kind")
        .annotate(
            before=Coalesce(Sum(balance, filter=before & (~of_result | Q(month__gte=january))), zero),
            debits=Coalesce(Sum("debit", filter=within), zero),
            credits=Coalesce(Sum("credit", filter=within), zero),
            earlier=Coalesce(Sum(balance, filter=of_result & Q(month__lt=january)), zero),
        )
        .order_by("account__code")
        .values_list(
            "account_id", "account__code", "account__name", "account__kind", "before", "debits", "credits", "earlier"
        )
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
    """The years in which the journal has entries, the latest first."""
    months = AccountMonth.objects.filter(organisation_id=organisation_id)
    return [day.year for day in months.dates("month", "year", order="DESC")]

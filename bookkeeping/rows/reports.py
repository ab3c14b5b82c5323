"""Trial balance, profit and loss, balance sheet: figures as tables of finished words, and as tables to take away."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, money_formatter
from bookkeeping.models import LedgerAccount
from bookkeeping.models.reports import RESULT_KINDS, AccountSums
from bookkeeping.rules import Chart

_HOLE = UUID(int=0)
_ZERO = Decimal(0)
Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of a report: `figures` are texts in the order of its columns, `amounts` the same as numbers."""

    code: str
    name: str
    href: str
    figures: tuple[str, ...]
    amounts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """Accounts of one group with their sum."""

    code: str
    name: str
    rows: list[ReportRow]
    sum: ReportRow


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of a report (income, assets) with its groups and its sum."""

    name: str
    groups: list[ReportGroup]
    sum: ReportRow


@dataclass(frozen=True)
class Report:
    """Parts, and the lines under them (the result)."""

    parts: list[ReportPart]
    results: list[ReportRow] = field(default_factory=list)

    def table(self) -> Iterator[list[str | Decimal]]:
        """Every line as cells: code, name, amounts."""
        for part in self.parts:
            for group in part.groups:
                yield from (cells_of(row) for row in group.rows)
            yield cells_of(part.sum)
        yield from (cells_of(row) for row in self.results)


def cells_of(row: ReportRow) -> list[str | Decimal]:
    """A line for a table to take away."""
    return [row.code, row.name, *row.amounts]


def plain_amount(amount: Decimal) -> str:
    """An amount for other programs: a point, no groups, at least two decimals."""
    text = f"{amount:.3f}"
    return text.removesuffix("0")


class Writer:
    """Makes the rows of one page: the currency's format and the address of ledgers are found once."""

    def __init__(self, *, slug: str, currency: str, query: str) -> None:
        self._money = money_formatter(active_language(), currency)
        self._pattern = reverse("bookkeeping:ledger_account", args=[slug, _HOLE]) + f"?{query}"

    def row(self, code: str, name: str, amounts: Sequence[Decimal], account_id: UUID | None = None) -> ReportRow:
        href = self._pattern.replace(str(_HOLE), str(account_id)) if account_id else ""
        return ReportRow(code, name, href, tuple(self._money(amount) for amount in amounts), tuple(amounts))


def trial_balance(sums: Iterable[AccountSums], writer: Writer) -> tuple[list[ReportRow], ReportRow]:
    """A row an account that is not all zero: before, debit, credit, closing; and their sums.

    What income and expenses of earlier years came to is a row of its own, so that the sums are zero.
    """
    found = list(sums)
    rows = []
    for one in found:
        amounts = (one.before, one.debit, one.credit, one.closing)
        if any(amounts):
            rows.append(writer.row(one.code, one.name, amounts, one.account_id))
    earlier = sum((one.earlier for one in found), _ZERO)
    if earlier:
        rows.append(writer.row("", _("Results of earlier years"), (earlier, _ZERO, _ZERO, earlier)))
    sums_of = tuple(sum((row.amounts[place] for row in rows), _ZERO) for place in range(4))
    return rows, writer.row("", _("Sum"), sums_of)


def profit_and_loss(now: Iterable[AccountSums], before: Iterable[AccountSums], chart: Chart, writer: Writer) -> Report:
    """Income and expenses by group, this period and the same of the year before; income counts what was credited."""
    columns: dict[UUID, tuple[AccountSums, list[Decimal]]] = {}
    for place, sums in enumerate((now, before)):
        for one in sums:
            if one.kind in RESULT_KINDS and one.moved:
                _known, amounts = columns.setdefault(one.account_id, (one, [_ZERO, _ZERO]))
                amounts[place] = -one.moved if one.kind == Kind.INCOME else one.moved
    rows = [(one, tuple(amounts)) for one, amounts in sorted(columns.values(), key=lambda row: row[0].code)]
    income = _part(_("Income"), [row for row in rows if row[0].kind == Kind.INCOME], chart, writer, 2)
    expenses = _part(_("Expenses"), [row for row in rows if row[0].kind == Kind.EXPENSE], chart, writer, 2)
    result = tuple(a - b for a, b in zip(income.sum.amounts, expenses.sum.amounts, strict=True))
    return Report([income, expenses], [writer.row("", _("Result"), result)])


def balance_sheet(sums: Iterable[AccountSums], chart: Chart, writer: Writer) -> Report:
    """Assets on one side, liabilities and equity with the result on the other, at the end of the last month."""
    found = list(sums)
    assets = [(one, (one.closing,)) for one in found if one.kind == Kind.ASSET and one.closing]
    owed = [(one, (-one.closing,)) for one in found if one.kind == Kind.LIABILITY and one.closing]
    own = [(one, (-one.closing,)) for one in found if one.kind == Kind.EQUITY and one.closing]
    result = -sum((one.closing for one in found if one.kind in RESULT_KINDS), _ZERO)
    earlier = -sum((one.earlier for one in found), _ZERO)
    equity = _part(_("Equity"), own, chart, writer, 1)
    results = [
        writer.row("", name, (amount,))
        for name, amount in ((_("Results of earlier years"), earlier), (_("Result of the year"), result))
        if amount
    ]
    whole = equity.sum.amounts[0] + earlier + result
    if results:
        group = ReportGroup("", _("Results"), results, writer.row("", _("Results"), (earlier + result,)))
        equity = ReportPart(equity.name, [*equity.groups, group], writer.row("", equity.name, (whole,)))
    liabilities = _part(_("Liabilities"), owed, chart, writer, 1)
    total = writer.row("", _("Equity and liabilities"), (whole + liabilities.sum.amounts[0],))
    return Report([_part(_("Assets"), assets, chart, writer, 1), equity, liabilities], [total])


def _part(
    name: str, rows: Iterable[tuple[AccountSums, tuple[Decimal, ...]]], chart: Chart, writer: Writer, width: int
) -> ReportPart:
    groups: dict[tuple[str, str], list[ReportRow]] = {}
    for one, amounts in rows:
        made = writer.row(one.code, one.name, amounts, one.account_id)
        groups.setdefault(chart.group_of(one.code), []).append(made)
    found = [
        ReportGroup(code, label, of_group, writer.row(code, label, _sums(of_group, width)))
        for (code, label), of_group in groups.items()
    ]
    return ReportPart(name, found, writer.row("", name, _sums([group.sum for group in found], width)))


def _sums(rows: Iterable[ReportRow], width: int) -> tuple[Decimal, ...]:
    found = list(rows)
    return tuple(sum((row.amounts[place] for row in found), _ZERO) for place in range(width))

"""Ledger, trial balance, profit and loss, balance sheet."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from advisory_portal.core.access import Section, WorkspaceRequest, access
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.paging import keyset_page
from bookkeeping.forms import Period, part_choices
from bookkeeping.models import JournalLine, LedgerAccount
from bookkeeping.models.reports import balance_before, sums_of_accounts, years_of
from bookkeeping.rows import reports as rows
from bookkeeping.rows.journal import ledger_rows
from bookkeeping.rows.tables import FORMATS
from bookkeeping.rules import chart_of
from bookkeeping.views.exports import export_heads, export_rows, table_response

PAGE_SIZE = 100


def _asked(request: WorkspaceRequest) -> tuple[Period, dict[str, Any]]:
    """The period of the address, and what every report's page shows of it."""
    actor = request.actor
    today = actor.today()
    years = years_of(actor.place.id)
    period = Period.of(request.GET, today.year if today.year in years or not years else years[0])
    choices = sorted({*years, today.year, period.year}, reverse=True)
    return period, {"period": period, "years": choices, "parts": part_choices()}


def _writer(request: WorkspaceRequest, period: Period) -> rows.Writer:
    place = request.actor.place
    return rows.Writer(slug=place.slug, currency=place.currency, query=period.query)


@access(Section.JOURNAL)
def ledger_account(request: WorkspaceRequest, account_id: UUID) -> HttpResponse:
    actor = request.actor
    account = get_object_or_404(LedgerAccount.objects.visible_to(actor), pk=account_id)
    period, context = _asked(request)
    lines = JournalLine.objects.visible_to(actor).filter(account=account)
    lines = lines.filter(dated_on__gte=period.first, dated_on__lte=period.end)
    if request.GET.get("format") in FORMATS:
        return table_response(request, f"ledger-{account.code}", export_heads(), export_rows(lines))
    page = keyset_page(
        lines.select_related("entry", "contact"),
        order="dated_on",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    start = page.rows[0] if page.previous else None
    forward = balance_before(account, start.dated_on if start else period.first, start)
    currency = actor.place.currency
    found = ledger_rows(page.rows, account=account, forward=forward, slug=actor.place.slug, currency=currency)
    context |= {
        "account": account,
        "page": page,
        "forward": format_money(forward, currency),
        "forward_on": format_date(start.dated_on if start else period.first),
        "rows": found,
        "closing": "" if page.next else found[-1].balance if found else format_money(forward, currency),
    }
    return render(request, "bookkeeping/ledger.html", context)


@access(Section.JOURNAL)
def trial_balance(request: WorkspaceRequest) -> HttpResponse:
    period, context = _asked(request)
    sums = sums_of_accounts(request.actor.place.id, period.first, period.last)
    found, total = rows.trial_balance(sums, _writer(request, period))
    if request.GET.get("format") in FORMATS:
        heads = [_("Account"), _("Name"), _("Opening"), _("Debit"), _("Credit"), _("Closing")]
        return table_response(request, "trial-balance", heads, map(rows.cells_of, [*found, total]))
    return render(request, "bookkeeping/trial_balance.html", {**context, "rows": found, "total": total})


@access(Section.JOURNAL)
def profit_and_loss(request: WorkspaceRequest) -> HttpResponse:
    period, context = _asked(request)
    place = request.actor.place
    now, before = (sums_of_accounts(place.id, one.first, one.last) for one in (period, period.before))
    report = rows.profit_and_loss(now, before, chart_of(place.country), _writer(request, period))
    if request.GET.get("format") in FORMATS:
        heads = [_("Account"), _("Name"), period.label, period.before.label]
        return table_response(request, "profit-and-loss", heads, report.table())
    return render(request, "bookkeeping/profit_and_loss.html", {**context, "report": report})


@access(Section.JOURNAL)
def balance_sheet(request: WorkspaceRequest) -> HttpResponse:
    period, context = _asked(request)
    place = request.actor.place
    sums = sums_of_accounts(place.id, date(period.year, 1, 1), period.last)
    report = rows.balance_sheet(sums, chart_of(place.country), _writer(request, Period(period.year)))
    if request.GET.get("format") in FORMATS:
        heads = [_("Account"), _("Name"), format_date(period.end)]
        return table_response(request, "balance-sheet", heads, report.table())
    return render(request, "bookkeeping/balance_sheet.html", {**context, "report": report})

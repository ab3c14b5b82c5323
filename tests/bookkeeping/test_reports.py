"""Ledger, trial balance, profit and loss, balance sheet: the figures, from months, and on the pages."""

import csv
import io
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from bookkeeping.models.reports import balance_before, sums_of_accounts, years_of
from bookkeeping.rows.reports import Writer, balance_sheet, plain_amount, profit_and_loss, trial_balance
from bookkeeping.rules import chart_of
from tests.bookkeeping.entries import written
from tests.pages import link_to, rows_in

pytestmark = pytest.mark.django_db
JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 1)
REPORTS = "/o/delta/reports/"


@pytest.fixture
def writer():
    return Writer(slug="delta", currency="EUR", query="year=2026")


@pytest.fixture
def two_years(dan_here, chart):
    """Capital and a sale in 2025; in 2026 two sales, a purchase that is not paid, and rent."""
    for amount, debit, credit, day in (
        ("1000", "572", "100", date(2025, 12, 1)),
        ("300", "430", "700", date(2025, 12, 31)),
        ("200", "430", "700", date(2026, 1, 15)),
        ("300", "572", "430", date(2026, 1, 31)),
        ("80", "600", "400", date(2026, 2, 10)),
        ("50", "621", "572", date(2026, 2, 28)),
        ("7", "572", "700", date(2026, 4, 1)),
    ):
        written(dan_here, chart, amount, debit=debit, credit=credit, dated_on=day)
    return dan_here


def table(rows):
    return [(row.code, *row.amounts) for row in rows]


def test_trial_balance_of_a_year(two_years, writer):
    rows, total = trial_balance(sums_of_accounts(two_years.place.id, JANUARY, DECEMBER), writer)
    assert table(rows) == [
        ("100", -1000, 0, 0, -1000),
        ("400", 0, 0, 80, -80),
        ("430", 300, 200, 300, 200),
        ("572", 1000, 307, 50, 1257),
        ("600", 0, 80, 0, 80),
        ("621", 0, 50, 0, 50),
        ("700", 0, 0, 207, -207),
        ("", -300, 0, 0, -300),
    ]
    assert rows[-1].name == "Results of earlier years"
    assert total.amounts == (0, 637, 637, 0)


def test_trial_balance_of_a_month_opens_in_january(two_years, writer):
    month = date(2026, 2, 1)
    rows, _total = trial_balance(sums_of_accounts(two_years.place.id, month, month), writer)
    assert ("700", -200, 0, 0, -200) in table(rows)
    assert ("621", 0, 50, 0, 50) in table(rows)


def test_accounts_that_are_zero_are_left_out(two_years, writer, chart):
    written(two_years, chart, "9", debit="551", credit="555", dated_on=date(2024, 1, 1))
    written(two_years, chart, "9", debit="555", credit="551", dated_on=date(2024, 2, 1))
    rows, _total = trial_balance(sums_of_accounts(two_years.place.id, JANUARY, DECEMBER), writer)
    assert {"551", "555"} & {row.code for row in rows} == set()


def test_profit_and_loss_beside_the_year_before(two_years, writer):
    now = sums_of_accounts(two_years.place.id, JANUARY, DECEMBER)
    before = sums_of_accounts(two_years.place.id, date(2025, 1, 1), date(2025, 12, 1))
    report = profit_and_loss(now, before, chart_of("ES"), writer)
    assert [(part.name, part.sum.amounts) for part in report.parts] == [("Income", (207, 300)), ("Expenses", (130, 0))]
    assert [group.code for group in report.parts[1].groups] == ["60", "62"]
    assert [row.amounts for row in report.results] == [(77, 300)]


def test_balance_sheet_has_two_equal_sides(two_years, writer):
    report = balance_sheet(sums_of_accounts(two_years.place.id, JANUARY, DECEMBER), chart_of("ES"), writer)
    assets, equity, liabilities = report.parts
    assert [part.sum.amounts for part in report.parts] == [(1457,), (1377,), (80,)]
    assert [row.name for row in equity.groups[-1].rows] == ["Results of earlier years", "Result of the year"]
    assert [row.amounts for row in equity.groups[-1].rows] == [(300,), (77,)]
    assert report.results[0].amounts == assets.sum.amounts == (equity.sum.amounts[0] + liabilities.sum.amounts[0],)


def test_balance_is_brought_forward(two_years, chart):
    assert balance_before(chart["430"], date(2026, 1, 1)) == 300
    assert balance_before(chart["430"], date(2026, 1, 31)) == 500
    assert balance_before(chart["700"], date(2026, 1, 1)) == 0
    assert balance_before(chart["700"], date(2026, 2, 1)) == -200
    line = chart["430"].lines.order_by("dated_on", "id").last()
    assert balance_before(chart["430"], line.dated_on, line) == 500


def test_years_are_those_with_entries(two_years):
    assert years_of(two_years.place.id) == [2026, 2025]


def test_sums_cost_two_queries(two_years, django_assert_num_queries):
    with django_assert_num_queries(2):
        sums_of_accounts(two_years.place.id, JANUARY, DECEMBER)


# --- Pages ---------------------------------------------------------------------------------------------------


def balances(page):
    """The last column of a ledger: forward, lines, and the closing balance on the last page."""
    return [row[-1] for row in rows_in(page)]


def test_ledger_runs_on_from_page_to_page(client_of, dan, two_years, chart, monkeypatch):
    monkeypatch.setattr("bookkeeping.views.reports.PAGE_SIZE", 1)
    client, path = client_of(dan), f"/o/delta/ledger/{chart['430'].pk}/"
    first = client.get(path, {"year": 2026})
    assert balances(first) == ["€300.00", "€500.00"]
    second = client.get(path + link_to(first, "next"))
    assert balances(second) == ["€500.00", "€200.00", "€200.00"]
    assert balances(client.get(path + link_to(second, "prev"))) == ["€300.00", "€500.00"]


def test_ledger_of_an_income_begins_every_year(client_of, dan, two_years, chart):
    page = client_of(dan).get(f"/o/delta/ledger/{chart['700'].pk}/", {"year": 2026})
    assert balances(page) == ["€0.00", "-€200.00", "-€207.00", "-€207.00"]


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ("trial-balance", ["Bancos e instituciones", "€1,257.00", "Results of earlier years"]),
        ("profit-and-loss", ["Servicios exteriores", "€207.00", "€77.00"]),
        ("balance-sheet", ["Capital social", "€1,457.00", "Result of the year"]),
    ],
)
def test_report_pages_show_figures_that_open(client_of, dan, two_years, chart, report, words):
    text = client_of(dan).get(f"{REPORTS}{report}/", {"year": 2026}).content.decode()
    assert [word for word in words if word not in text] == []
    code = {"trial-balance": "572", "profit-and-loss": "700", "balance-sheet": "572"}[report]
    assert f'href="/o/delta/ledger/{chart[code].pk}/?year=2026"' in text


@pytest.mark.parametrize("report", ["trial-balance", "profit-and-loss", "balance-sheet"])
def test_report_of_nothing_says_so(client_of, dan, chart, report):
    assert "Nothing in these months" in client_of(dan).get(f"{REPORTS}{report}/?part=q1&year=x").content.decode()


def test_report_pages_cost_the_same_for_more(client_of, dan, two_years, chart):
    client = client_of(dan)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(REPORTS + "trial-balance/")
        return len(queries)

    cost()
    before = cost()
    for code in ("570", "551", "550", "520", "629", "628"):
        written(two_years, chart, "5", debit=code, credit="523")
    assert cost() == before


def test_trial_balance_is_taken_away(client_of, dan, two_years):
    client = client_of(dan)
    answer = client.get(REPORTS + "trial-balance/", {"year": 2026, "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Account", "Name", "Opening", "Debit", "Credit", "Closing"]
    assert rows[4] == [
        "572", "Bancos e instituciones de crédito c/c vista, euros", "1000.00", "307.00", "50.00", "1257.00",
    ]  # fmt: skip
    assert rows[-1] == ["", "Sum", "0.00", "637.00", "637.00", "0.00"]
    book = load_workbook(io.BytesIO(client.get(REPORTS + "trial-balance/?year=2026&format=xlsx").content))
    assert [cell.value for cell in book.active[5]][2:] == [1000, 307, 50, 1257]


@pytest.mark.parametrize("report", ["profit-and-loss", "balance-sheet"])
def test_reports_are_taken_away(client_of, dan, two_years, report):
    answer = client_of(dan).get(f"{REPORTS}{report}/", {"year": 2026, "format": "csv"})
    assert answer["Content-Disposition"] == f'attachment; filename="delta-{report}.csv"'
    assert "700" in answer.content.decode() or "572" in answer.content.decode()


def test_ledger_is_taken_away(client_of, dan, two_years, chart):
    answer = client_of(dan).get(f"/o/delta/ledger/{chart['430'].pk}/", {"year": 2026, "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row[1], row[8], row[9]) for row in rows[1:]] == [
        ("2026-01-15", "200.00", "0.00"),
        ("2026-01-31", "0.00", "300.00"),
    ]


def test_amounts_are_plain_for_other_programs():
    assert [plain_amount(D(text)) for text in ("0", "-1234.5", "0.125")] == ["0.00", "-1234.50", "0.125"]

"""The statement of account: what was open, charged, paid, is open, and since when; per currency; page, PDF, CSV."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from client_portal.rows import statement as rows
from client_portal.rows.statement import statement_of
from client_portal.rules import age_of
from client_portal.tasks import fold_months
from tests.client_portal.entered import entered
from tests.client_portal.months import contact_actor, open_of, pay
from tests.factories import ContactFactory, DocumentFactory
from tests.pages import text_of, tree

TODAY = date(2026, 3, 20)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
PAGE = "/portal/delta/statement/"


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-20 12:00+0000", tick=False):
        yield


def statement(contact, since=MARCH[0], until=MARCH[1]):
    return statement_of(contact_actor(contact), since, until, TODAY)


@pytest.mark.parametrize(
    ("days", "age"),
    [(None, 0), (-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (999, 4)],
)
def test_ages_begin_the_day_after(days, age):
    assert age_of(None if days is None else TODAY - timedelta(days=days), TODAY) == age


@pytest.mark.django_db
def test_the_account_runs_from_what_was_open_to_what_is_open(erin):
    old = DocumentFactory(contact=erin, number="OLD", issued_on=date(2026, 1, 5), due_on=date(2026, 2, 4))
    pay(old, "21", "a", date(2026, 2, 10))
    DocumentFactory(contact=erin, number="NEW", issued_on=date(2026, 3, 2), due_on=date(2026, 4, 1))
    DocumentFactory(contact=erin, number="VOID", state="void")
    DocumentFactory(contact=erin, kind="credit_note", number="CN", issued_on=date(2026, 3, 3), payable=Decimal(10))
    pay(old, "40", "b", date(2026, 3, 10), "card")
    (account,) = statement(erin).accounts
    assert (account.opening, account.charged, account.paid, account.closing, account.open_now) == (
        "€100.00", "€111.00", "€40.00", "€171.00", "€171.00",
    )  # fmt: skip
    assert [(row.text, row.charged, row.paid, row.balance) for row in account.rows] == [
        ("Invoice NEW", "€121.00", "", "€221.00"),
        ("Credit note CN", "-€10.00", "", "€211.00"),
        ("Card for Invoice OLD", "", "€40.00", "€171.00"),
    ]
    assert account.ages == [
        ("Not due yet", "€121.00", False),
        ("1 to 30 days late", "€0.00", False),
        ("31 to 60 days late", "€60.00", True),
        ("61 to 90 days late", "€0.00", False),
        ("More than 90 days late", "€0.00", False),
    ]
    assert account.credit == "€10.00"


@pytest.mark.django_db
def test_currencies_have_accounts_of_their_own_the_businesss_first(delta, erin):
    DocumentFactory(contact=erin, currency="CHF", payable=Decimal(7))
    DocumentFactory(contact=erin)
    DocumentFactory(contact=ContactFactory(organisation=delta), currency="USD")
    assert [(one.currency, one.closing) for one in statement(erin).accounts] == [
        ("EUR", "€121.00"),
        ("CHF", "CHF\u00a07.00"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_every_statement_ends_with_what_is_open(erin, seed):
    chance = Random(seed)
    for number in range(25):
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(79))
        kind = chance.choice(["invoice", "invoice", "credit_note", "quote"])
        document = DocumentFactory(contact=erin, kind=kind, issued_on=day, payable=Decimal(chance.randrange(1, 500)))
        if kind != "quote" and chance.random() < 0.6:
            pay(document, str(chance.randrange(1, 200)), f"k{number}", day + timedelta(days=chance.randrange(9)))
    fold_months()
    everything = statement(erin, date(2026, 1, 1), date(2026, 12, 31)).accounts[0]
    assert everything.closing == everything.rows[-1].balance
    assert everything.closing == f"{'-' if open_of(erin) < 0 else ''}€{abs(open_of(erin)):,.2f}"
    february = statement(erin, date(2026, 2, 1), date(2026, 2, 28)).accounts[0]
    assert statement(erin).accounts[0].opening == february.closing


@pytest.mark.django_db
def test_rows_are_cut_where_there_are_too_many_and_the_sums_are_not(erin, monkeypatch):
    monkeypatch.setattr(rows, "MOST_ROWS", 3)
    for _number in range(5):
        DocumentFactory(contact=erin)
    shown = statement(erin)
    assert (shown.is_cut, shown.accounts[0].closing) == (True, "€605.00")


@pytest.mark.django_db
def test_the_page_shows_the_account_of_the_period(clock, erin):
    browser = entered(erin)
    assert "Nothing in this period" in text_of(tree(browser.get(PAGE)))
    DocumentFactory(contact=erin, number="F-1")
    DocumentFactory(contact=erin, number="F-0", issued_on=date(2025, 12, 31))
    words = text_of(tree(browser.get(PAGE)))
    for part in ("1 Jan 2026 to 31 Dec 2026", "Opening balance", "Invoice F-1", "€242.00", "Open today"):
        assert part in words
    assert "Invoice F-0" in text_of(tree(browser.get(f"{PAGE}?period=last-year")))


@pytest.mark.django_db
def test_the_pdf_says_the_same(clock, delta, erin):
    DocumentFactory(contact=erin, number="F-1")
    DocumentFactory(contact=erin, number="D-1", currency="USD")
    answer = entered(erin).get(f"{PAGE}pdf/?period=this-month&currency=EUR")
    assert answer["Content-Disposition"] == 'attachment; filename="Statement 2026-03-01 2026-03-31.pdf"'
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    for part in ("Statement of account", "Erin", "Delta", "Invoice F-1", "€121.00", "Closing balance"):
        assert part in words
    assert "D-1" not in words


@pytest.mark.django_db
def test_the_csv_has_plain_numbers_and_every_currency(clock, erin):
    pay(DocumentFactory(contact=erin, number="=1+1"), "21", day=date(2026, 3, 9))
    DocumentFactory(contact=erin, number="D-1", currency="USD", issued_on=date(2026, 2, 9))
    answer = entered(erin).get(f"{PAGE}csv/?period=this-month")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(StringIO(text)))[1:] == [
        ["2026-03-01", "USD", "Opening balance", "", "", "121.000"],
        ["2026-03-02", "EUR", "Invoice =1+1", "121.000", "", "121.000"],
        ["2026-03-09", "EUR", "Bank transfer for Invoice =1+1", "", "21.000", "100.000"],
    ]
    assert answer["Cache-Control"] == "private, no-store"
    assert entered(erin).get(f"{PAGE}nonsense/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 30])
def test_the_statement_costs_the_same_however_long(clock, erin, number):
    for count in range(number):
        pay(DocumentFactory(contact=erin), "1", f"k{count}")
    browser = entered(erin)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(PAGE).status_code == 200
    assert len(queries) == 7

"""The portal's first page: what waits for the contact first, its figures per currency, its months."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from client_portal.models import PortalSettings
from client_portal.rows.home import home_of
from client_portal.tasks import fold_months
from tests.client_portal.entered import entered, opened
from tests.client_portal.months import contact_actor, pay
from tests.factories import ContactFactory, DocumentFactory
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)
HOME = "/portal/delta/"


def home(contact, asked="", today=TODAY):
    return home_of(contact_actor(contact), today, asked)


def figures(shown):
    return {tile.label: tile.value for tile in (*shown.tiles, *shown.facts)}


def test_figures_say_what_the_contact_did_and_owes(erin):
    late = DocumentFactory(contact=erin, issued_on=date(2026, 1, 10), due_on=date(2026, 2, 9))
    DocumentFactory(contact=erin, due_on=date(2026, 4, 1))
    paid = DocumentFactory(contact=erin, issued_on=date(2025, 11, 1))
    DocumentFactory(contact=erin, kind="quote", due_on=TODAY)
    DocumentFactory(contact=erin, kind="quote", due_on=date(2026, 3, 19))
    pay(late, "21", day=date(2026, 1, 20))
    pay(paid, "121", day=date(2025, 11, 21))
    shown = figures(home(erin))
    assert shown == {
        "Pending": "€221.00",
        "Overdue": "€100.00",
        "Quotes to decide": "1",
        "Received this year": "€21.00",
        "Number of invoices": "3",
        "Average invoice": "€121.00",
        "Average days to pay": "19 days",  # 21 after 10 days, 121 after 20
    }
    fold_months()
    assert figures(home(erin)) == shown


def test_what_waits_comes_by_urgency_and_the_rest_is_linked(erin):
    for day in (25, 24):
        DocumentFactory(contact=erin, number=f"F-{day}", due_on=date(2026, 3, day))
    DocumentFactory(contact=erin, number="LATE", due_on=date(2026, 3, 1))
    DocumentFactory(contact=erin, number="Q-1", kind="quote", due_on=date(2026, 3, 22))
    DocumentFactory(contact=erin, number="Q-2", kind="quote", due_on=None)
    for other in (
        {"state": "paid"},
        {"state": "void"},
        {"state": "draft"},
        {"kind": "bill"},
        {"kind": "quote", "state": "void"},
    ):
        DocumentFactory(contact=erin, **other)
    shown = home(erin)
    assert [f"{task.kind} {task.number}" for task in shown.tasks] == [
        "Invoice LATE", "Quote Q-1", "Invoice F-24", "Invoice F-25", "Quote Q-2",
    ]  # fmt: skip
    assert [task.is_late for task in shown.tasks] == [True, False, False, False, False]
    assert (shown.tasks[0].detail, shown.tasks[1].detail) == (
        "Due 1 Mar 2026 · 19 days late",
        "Valid until 22 Mar 2026",
    )
    assert shown.more == []
    for _number in range(3):
        DocumentFactory(contact=erin)
    shown = home(erin)
    assert len(shown.tasks) == 6
    assert [words for words, _href in shown.more] == ["2 quotes to decide", "6 invoices to pay"]


def test_credit_in_the_contacts_favour_is_said(erin):
    DocumentFactory(contact=erin)
    DocumentFactory(contact=erin, kind="credit_note", payable=Decimal(20))
    assert home(erin).tiles[0].hint == "1 invoice · €20.00 in your favour"


def test_months_are_drawn_and_currencies_never_added(erin):
    DocumentFactory(contact=erin, issued_on=date(2026, 2, 1))
    DocumentFactory(contact=erin, kind="credit_note", issued_on=date(2026, 2, 2), payable=Decimal(21))
    DocumentFactory(contact=erin, kind="quote", issued_on=date(2026, 3, 1))
    DocumentFactory(contact=erin, issued_on=date(2025, 3, 31))
    DocumentFactory(contact=erin, currency="USD", payable=Decimal(50))
    shown = home(erin)
    assert (shown.currency, shown.currencies, shown.months[0], shown.months[-1]) == (
        "EUR",
        ["EUR", "USD"],
        "Apr",
        "Mar",
    )
    assert [(name, values[-2:]) for name, values, _texts in shown.series] == [
        ("Invoices", [100, 0]),
        ("Quotes", [0, 121]),
    ]
    assert figures(home(erin, "USD"))["Pending"] == "US$50.00"
    assert home(erin, "XXX").currency == "EUR"


def test_nothing_of_others_is_counted(delta, erin):
    DocumentFactory(contact=ContactFactory(organisation=delta))
    DocumentFactory(contact=ContactFactory())
    shown = home(erin)
    assert (shown.tasks, shown.tiles, shown.series, shown.latest) == ([], [], [], [])


def test_the_page_greets_and_teaches(delta, erin):
    browser = entered(erin)
    empty = text_of(tree(browser.get(HOME)))
    assert "Hello Erin" in empty
    assert "Nothing here yet" in empty
    PortalSettings.objects.create(organisation=delta, welcome="Welcome to the workshop")
    DocumentFactory(contact=erin, number="F-77", state="paid")
    shown = text_of(tree(browser.get(HOME)))
    for words in ("Welcome to the workshop", "Nothing. You are up to date.", "Invoice F-77", "Number of invoices"):
        assert words in shown


def test_who_came_by_a_documents_link_sees_that_document_alone(erin):
    one, other = DocumentFactory(contact=erin, number="ONE"), DocumentFactory(contact=erin, number="OTHER")
    browser = opened(one)
    shown = text_of(tree(browser.get(HOME)))
    assert "ONE" in shown
    assert "OTHER" not in shown
    assert "€121.00" in shown
    for tail in ("documents/invoices/", "payments/", "statement/", "statement/csv/", "statement/pdf/"):
        answer = browser.get(HOME + tail)
        assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert browser.get(f"{HOME}d/{other.pk}/")["Location"].startswith(f"{HOME}log-in/")


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_however_much_there_is(erin, number):
    for _number in range(number):
        document = DocumentFactory(contact=erin)
        pay(document, "1", f"k{document.pk}")
        DocumentFactory(contact=erin, kind="quote", due_on=date(2030, 1, 1))
    browser = entered(erin)
    with time_machine.travel("2026-03-20 12:00+0000"), CaptureQueriesContext(connection) as queries:
        assert browser.get(HOME).status_code == 200
    assert len(queries) == 6

"""What paying one invoice costs the database, from Pay to paid, with everybody told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail
from advisory_portal.core.states import move
from client_portal.models import PaymentAttempt
from documents.models import Document
from tests.client_portal.entered import opened
from tests.client_portal.factories_payments import attempt_at, contact_gateway, gateway_account
from tests.client_portal.payments.test_paying_pages import leads_to, of_the_site, page, pay
from tests.factories import issued_document

pytestmark = pytest.mark.django_db
MOST = {"stripe": 34, "square": 34, "paypal": 38}  # statements; PayPal's money is taken in a step of its own
MOST_BEFORE = 7  # the document's page with its ways to pay


def test_a_step_of_an_attempt_takes_one_statement_and_leaves_no_second_line(companies, erin, invoice):
    attempt = attempt_at(gateway_account(erin.organisation), invoice, state="new")
    before = HistoryEntry.objects.count()
    with CaptureQueriesContext(connection) as queries:
        assert move(attempt, "open", actor=system_actor(), also=["due_at"]) is True
    assert len(queries) == 1
    assert HistoryEntry.objects.count() == before  # the payment log tells of it


def said(queries):
    """The statements, without what a test's own transaction adds."""
    return [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]


@pytest.mark.parametrize("kind", MOST)
def test_paying_one_invoice_takes_few_queries(companies, dan, erin, kind):
    """The invoice with its ways to pay; then Pay, the page that one comes back to, and the look that books."""
    account = contact_gateway(erin, gateway_account(erin.organisation, kind)).account
    invoice = issued_document(erin)
    browser = opened(invoice)
    with CaptureQueriesContext(connection) as looking:
        browser.get(page(invoice))
    with CaptureQueriesContext(connection) as paying:
        there = leads_to(pay(browser, account, invoice))
    attempt = PaymentAttempt.objects.get()
    back = companies.press(there, "pay")
    with CaptureQueriesContext(connection) as booking:
        browser.get(of_the_site(back))
        browser.post(f"/portal/delta/pay/{attempt.pk}/look/", headers={"HX-Request": "true"})
    invoice.refresh_from_db()
    assert invoice.state == Document.State.PAID
    assert OutboundEmail.objects.filter(kind__startswith="client_portal/payment_").count() == 2  # to Erin and to Dan
    assert Notification.objects.filter(user_id=dan.pk).count() == 1
    assert len(said(looking)) <= MOST_BEFORE
    assert len(said((*paying, *booking))) <= MOST[kind]

"""R13: a contact picks an unpaid invoice or sales order, chooses a way in the left side bar, fills in and confirms."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.models import OutboundEmail
from client_portal.models import GatewayPayment, PaymentAttempt, PortalSettings
from documents.models import Document, Kind
from tests.client_portal.factories_payments import contact_gateway, gateway_account
from tests.e2e.conftest import PHONE, link_in_mail
from tests.e2e.test_axe import findings
from tests.factories import issued_document, sent_document

ERIN = "erin@customer.example"
COMPANIES = ("Stripe", "PayPal", "Square")


@pytest.fixture
def companies(settings, sandbox, delta, erin):
    """Delta's accounts at all three companies, each of which Erin may pay by."""
    settings.PAYMENTS_KEYS = [Fernet.generate_key().decode()]
    settings.PAYMENTS_SANDBOX_URL = sandbox.url
    return {one.lower(): contact_gateway(erin, gateway_account(delta, one.lower())).account for one in COMPANIES}


@pytest.fixture
def come(visitor, dan, delta, actor_of):
    """Somebody who opens a document from its mail."""

    def open_link(document, **options):
        sent_document(document, actor=actor_of(dan, delta), now=timezone.now())
        person = visitor(**options)
        person.open(link_in_mail(ERIN))
        person.expect_path("/portal/delta/d/[^/]+/")
        return person

    return open_link


def waiting_document(erin, kind):
    today = timezone.localdate()
    return issued_document(erin, kind=kind, issued_on=today, due_on=today + timedelta(days=30))


def pay(person, company, press="Pay"):
    """The button in the left side bar, then the one on the company's page."""
    person.page.get_by_role("complementary").get_by_role("button", name=f"Pay with {company}").click()
    person.page.get_by_role("button", name=press, exact=True).click()


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.SALES_ORDER])
def test_r13_pay(come, companies, erin, company, kind):
    document = waiting_document(erin, kind)
    person = come(document)
    pay(person, company)

    person.expect_title("Paid")
    expect(person.page.get_by_text("Thank you. The receipt has been mailed to you.")).to_be_visible()
    document.refresh_from_db()
    assert (document.state, document.outstanding) == (Document.State.PAID, Decimal(0))
    payment = GatewayPayment.objects.get()
    assert (payment.account, payment.amount, payment.allocated) == (
        companies[company.lower()], document.payable, document.payable,
    )  # fmt: skip
    assert OutboundEmail.objects.filter(to=ERIN, kind="client_portal/payment_received").count() == 1
    person.page.get_by_role("link", name="Receipt").click()
    expect(person.page.get_by_role("heading", name=re.compile("^Receipt"))).to_be_visible()
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="Download PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    person.page.get_by_role("link", name=document.number).click()
    expect(person.page.get_by_role("button", name="Pay with Stripe")).to_have_count(0)


def test_r13_in_spanish_on_a_phone(come, companies, erin):
    erin.language = "es"
    erin.save()
    document = waiting_document(erin, Kind.INVOICE)
    person = come(document, locale="es-ES", viewport=PHONE)
    person.page.get_by_role("button", name="Pagar con PayPal").click()
    person.page.get_by_role("button", name="Pay", exact=True).click()
    person.expect_title("Pagado")
    document.refresh_from_db()
    assert document.state == Document.State.PAID


def test_payer_who_comes_back_without_paying_chooses_another_way(come, companies, erin):
    document = waiting_document(erin, Kind.INVOICE)
    person = come(document)
    pay(person, "Stripe", press="Back")
    person.expect_title("Waiting for your payment")
    person.page.get_by_role("link", name="Choose another way").click()
    person.page.get_by_role("button", name="Pay with Square").click()
    person.page.get_by_role("button", name="Pay", exact=True).click()
    person.expect_title("Paid")
    states = PaymentAttempt.objects.order_by("id").values_list("account__kind", "state")
    assert list(states) == [("stripe", "cancelled"), ("square", "succeeded")]


def test_payment_that_settles_later_says_so_and_ends_in_paid(come, companies, erin, sandbox):
    document = waiting_document(erin, Kind.INVOICE)
    person = come(document)
    pay(person, "Stripe", press="Settle later")
    person.expect_title("Your payment is being processed")
    (intent,) = sandbox.told("ledger")["payments"]
    sandbox.act("stripe", "settle", intent)
    person.expect_title("Paid")


def test_payment_that_is_declined_at_paypal_goes_back_to_its_page(come, companies, erin):
    document = waiting_document(erin, Kind.INVOICE)
    person = come(document)
    pay(person, "PayPal", press="Decline")
    person.expect_title("Waiting for your payment")
    person.page.get_by_role("link", name="Continue to PayPal").click()
    person.page.get_by_role("button", name="Pay", exact=True).click()
    person.expect_title("Paid")


def test_part_of_an_invoice_is_paid_where_the_business_allows_it(come, companies, erin, delta):
    PortalSettings.objects.create(organisation=delta, takes_part=True)
    document = waiting_document(erin, Kind.INVOICE)
    person = come(document)
    person.page.get_by_role("complementary").get_by_role("link", name=re.compile("Pay a part")).click()
    assert findings(person, "en") == []
    person.fill({"Amount": "0"})
    person.expected.add(422)
    person.press("Pay with Stripe")
    expect(person.page.get_by_text("Write an amount above zero.").first).to_be_visible()
    person.fill({"Amount": "10.50"})
    person.press("Pay with Stripe")
    person.page.get_by_role("button", name="Pay", exact=True).click()
    person.expect_title("Paid")
    document.refresh_from_db()
    assert (document.state, document.settled) == (Document.State.PARTIALLY_PAID, Decimal("10.500"))

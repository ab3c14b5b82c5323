"""A business connects a payment company, lets a contact pay by it, and gives money back; desktop, phone, no scripts."""

import re

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.access import system_actor
from client_portal import actions
from client_portal.models import GatewayAccount, Refund
from client_portal.tasks import send_refunds
from tests.client_portal.factories_payments import gateway_account, started_attempt
from tests.e2e.conftest import PHONE
from tests.factories import issued_document


@pytest.fixture
def companies(settings, sandbox):
    settings.PAYMENTS_KEYS = [Fernet.generate_key().decode()]
    settings.PAYMENTS_SANDBOX_URL = sandbox.url
    return sandbox


@pytest.fixture
def come(visitor, dan):
    """Dan at his browser."""

    def arrive(**options):
        person = visitor(**options)
        person.log_in(dan)
        return person

    return arrive


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"java_script_enabled": False}], ids=str)
def test_a_company_is_connected_and_a_contact_may_pay_by_it(companies, come, erin, options):
    person = come(**options)
    person.open("/o/delta/settings/payments/")
    person.press("Connect Stripe")
    person.fill({"Secret key": "pk_test_sandbox", "Name": "Card"})
    person.expected.add(422)
    person.press("Check and connect")
    expect(person.page.get_by_text("This is the publishable key.").first).to_be_visible()
    person.fill({"Secret key": "sk_test_sandbox"})
    person.press("Check and connect")

    person.expect_title("Stripe")
    expect(person.page.get_by_text("Stripe tells of each payment at once.")).to_be_visible()
    person.press("Switch on")
    person.page.get_by_role("dialog").get_by_role("button", name="Switch on").click()
    expect(person.page.get_by_text("Contacts may pay by Stripe now.")).to_be_visible()
    assert GatewayAccount.objects.enabled().get().name == "Card"

    person.open(f"/o/delta/contacts/{erin.pk}/online-payment/")
    person.page.get_by_label("Stripe Card").check()
    person.press("Save")
    expect(person.page.get_by_text("Saved.")).to_be_visible()
    assert erin.gateways.get().account.kind == "stripe"


def test_a_part_of_a_payment_goes_back(companies, come, delta, erin):
    account, invoice = gateway_account(delta), issued_document(erin)
    attempt = started_attempt(account, invoice)
    companies.press(attempt.redirect_url, "pay")
    actions.sync_attempt(attempt_id=attempt.pk, trigger="sweep", actor=system_actor(), now=timezone.now())
    person = come()
    person.open("/o/delta/payments/")
    person.page.get_by_role("link", name=re.compile(r"\d{4}")).first.click()
    person.press("Refund")
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("21.00")
    dialog.get_by_label("Reason").fill("One wheel came bent")
    dialog.get_by_role("button", name="Refund").click()
    expect(person.page.get_by_text("€21.00 are on their way back to the payer.")).to_be_visible()
    assert send_refunds() == 1
    person.page.reload()
    expect(person.page.get_by_role("main").get_by_text("Refunded in part")).to_be_visible()
    invoice.refresh_from_db()
    assert (Refund.objects.get().state, invoice.outstanding) == ("succeeded", 21)

"""From Pay to paid at each of the three companies, over HTTP: start, sync, apply."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from client_portal.actions.payments.starting import start_payment
from client_portal.actions.payments.syncing import sync_attempt
from client_portal.models import GatewayPayment, PaymentAttempt, PaymentLog
from documents.models import Settlement
from tests.client_portal.factories_payments import KINDS, contact_gateway, gateway_account
from tests.factories import contact_actor

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
RETURN, SWEEP = PaymentLog.Trigger.RETURN, PaymentLog.Trigger.SWEEP


def back(attempt):
    return f"http://portal.example/paying/{attempt.pk}/?from=paid", f"http://portal.example/paying/{attempt.pk}/"


class Payer:
    """A contact who pays an invoice at one company of the sandbox."""

    def __init__(self, companies, invoice, kind):
        self.companies, self.invoice = companies, invoice
        self.actor = contact_actor(invoice.contact)
        self.account = gateway_account(invoice.organisation, kind)
        contact_gateway(invoice.contact, self.account)
        self.now = timezone.now()

    def start(self, **values):
        shares = {self.invoice.pk: self.invoice.outstanding}
        usual = {"actor": self.actor, "account": self.account, "shares": shares, "back": back, "now": self.now}
        self.attempt = start_payment(**usual | values)
        return self.attempt

    def press(self, do):
        return self.companies.press(self.attempt.redirect_url, do)

    def sync(self, trigger=RETURN, **values):
        usual = {"attempt_id": self.attempt.pk, "trigger": trigger, "actor": self.actor, "now": self.now}
        self.attempt = sync_attempt(**usual | values)
        self.invoice.refresh_from_db()
        return self.attempt


@pytest.fixture
def payer(companies, invoice):
    return lambda kind: Payer(companies, invoice, kind)


@EACH
def test_an_invoice_is_paid(payer, kind):
    one = payer(kind)
    attempt = one.start()
    assert (attempt.state, attempt.amount, attempt.currency) == ("open", 121, "EUR")
    assert attempt.shares.get().is_open
    assert one.press("pay").startswith("http://portal.example/paying/")
    attempt = one.sync()
    assert (attempt.state, attempt.is_late, attempt.shares.get().is_open) == ("succeeded", False, False)
    payment = GatewayPayment.objects.get()
    assert (payment.amount, payment.allocated, payment.status, payment.look) == (121, 121, "succeeded", "")
    assert (payment.attempt, payment.contact, payment.account) == (attempt, one.invoice.contact, one.account)
    assert (one.invoice.state, one.invoice.settled) == ("paid", 121)
    assert Settlement.objects.get().method == kind
    told = OutboundEmail.objects.count()
    assert told >= 1
    one.sync(trigger=SWEEP)
    assert (GatewayPayment.objects.count(), Settlement.objects.count(), OutboundEmail.objects.count()) == (1, 1, told)
    assert PaymentLog.objects.filter(what="received").count() == 1

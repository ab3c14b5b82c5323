"""A contact who pays an invoice at one company of the sandbox."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from client_portal.actions.payments.starting import start_payment
from client_portal.actions.payments.syncing import sync_attempt
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog
from documents.models import Document
from tests.client_portal.factories_payments import contact_gateway, gateway_account
from tests.factories import contact_actor
from tests.sandboxes import Sandbox


def back(attempt: PaymentAttempt) -> tuple[str, str]:
    page = f"http://portal.example/paying/{attempt.pk}/"
    return f"{page}?from=paid", page


class Payer:
    """`attempt` is the one that was started or looked at last; `now` is the portal's clock."""

    def __init__(self, companies: Sandbox, invoice: Document, kind: str, **account: Any) -> None:
        self.companies, self.invoice, self.kind = companies, invoice, kind
        self.actor = contact_actor(invoice.contact)
        self.account = gateway_account(invoice.organisation, kind, **account)
        contact_gateway(invoice.contact, self.account)
        self.now = timezone.now()
        self.attempt = PaymentAttempt()

    def start(self, account: GatewayAccount | None = None, **values: Any) -> PaymentAttempt:
        shares = {self.invoice.pk: None}
        usual = {
            "actor": self.actor,
            "account_id": (account or self.account).pk,
            "shares": shares,
            "back": back,
            "now": self.now,
        }
        self.attempt = start_payment(**usual | values)
        return self.attempt

    def press(self, do: str = "pay") -> str:
        return self.companies.press(self.attempt.redirect_url, do)

    def sync(self, trigger: str = PaymentLog.Trigger.RETURN, **values: Any) -> PaymentAttempt:
        usual = {"attempt_id": self.attempt.pk, "trigger": trigger, "actor": self.actor, "now": self.now}
        self.attempt = sync_attempt(**usual | values)
        self.invoice.refresh_from_db()
        return self.attempt

    def later(self, **time: float) -> None:
        """Let time go by, here and at the companies."""
        self.now += timedelta(**time)
        self.companies.control("clock", {"seconds": timedelta(**time).total_seconds()})

    def fault(self, kind: str, **fits: Any) -> None:
        self.companies.fault(kind, company=self.kind, **fits)

    def act(self, do: str, thing: str = "", **more: Any) -> Any:
        return self.companies.act(self.kind, do, thing or self.payment.provider_id, **more)

    @property
    def payment(self) -> GatewayPayment:
        return GatewayPayment.objects.get(attempt=self.attempt)

    @property
    def read(self) -> tuple[str, str, Decimal]:
        """State of the attempt, state of the invoice, and what is settled on it."""
        attempt = PaymentAttempt.objects.get(pk=self.attempt.pk)
        document = Document.objects.get(pk=self.invoice.pk)
        return attempt.state, document.state, document.settled

    def told(self, what: str) -> int:
        return PaymentLog.objects.filter(attempt=self.attempt, what=what).count()

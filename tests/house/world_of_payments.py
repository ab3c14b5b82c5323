"""What the world has of online payments: an account that nobody answers for, an attempt, its money, a webhook."""

from decimal import Decimal
from typing import Any

from client_portal.actions.payments.log import log_payment
from client_portal.models import Dispute, PaymentAllocation, PaymentLog, Refund, WebhookEvent
from documents.models import Contact, Document, Settlement
from tests.client_portal.factories_payments import attempt_at, booked_payment, contact_gateway, gateway_account


def add_payments(home: Any) -> None:
    """A payment to be looked at, with all that can happen to one, on an invoice of the household's contact."""
    contact = Contact.objects.get(pk=home.parts["contact_id"])
    document = Document.objects.get(pk=home.parts["document_id"])
    account = gateway_account(home.organisation)
    contact_gateway(contact, account)
    attempt = attempt_at(account, document, amount="1.00", state="succeeded", due_at=None)
    payment = booked_payment(attempt, look="surplus", look_note="Ask her")
    PaymentAllocation.objects.create(
        organisation=home.organisation, payment=payment, document=document, amount=1,
        settlement=Settlement.objects.filter(document=document).earliest("id"),
    )  # fmt: skip
    about: dict[str, Any] = {"organisation": home.organisation, "account": account, "payment": payment}
    refund = Refund.objects.create(**about, source="staff", amount=Decimal("0.10"), key=f"rf-{home.slug}", due_at=None)
    Dispute.objects.create(**about, provider_id="dp_1", amount=1)
    event = WebhookEvent.objects.create(
        organisation=home.organisation, account=account, event_id="evt_1", type="x", body=b"{}", signature="valid",
        due_at=None,
    )  # fmt: skip
    log_payment(account=account, what="received", trigger=PaymentLog.Trigger.WEBHOOK, attempt=attempt, payment=payment)
    home.parts |= {
        "gateway_id": account.pk,
        "attempt_id": attempt.pk,
        "payment_id": payment.pk,
        "refund_id": refund.pk,
        "event_id": event.pk,
    }

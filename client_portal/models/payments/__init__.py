"""Online payments: accounts at payment companies, attempts, money, refunds, disputes, webhooks. docs/payments.md."""

from client_portal.models.payments.accounts import ContactGateway, GatewayAccount, account_with_token
from client_portal.models.payments.attempts import AttemptShare, PaymentAttempt
from client_portal.models.payments.log import PaymentLog
from client_portal.models.payments.money import GatewayPayment, PaymentAllocation, with_receipts
from client_portal.models.payments.refunds import Dispute, Refund
from client_portal.models.payments.webhooks import WebhookEvent

__all__ = [
    "AttemptShare",
    "ContactGateway",
    "Dispute",
    "GatewayAccount",
    "GatewayPayment",
    "PaymentAllocation",
    "PaymentAttempt",
    "PaymentLog",
    "Refund",
    "WebhookEvent",
    "account_with_token",
    "with_receipts",
]

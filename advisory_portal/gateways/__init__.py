"""Payment companies: one file each, frozen values in and out, its SDK; no Django, no database.

`gateway_of` is the door: it gives the gateway of an account's kind, mode and credentials.
"""

from advisory_portal.gateways.base import (
    AccountInfo,
    CheckoutRequest,
    CheckoutStarted,
    Gateway,
    Money,
    SeenDispute,
    SeenPayment,
    SeenRefund,
    Snapshot,
    WebhookHint,
    WebhookSecret,
)
from advisory_portal.gateways.errors import (
    AlreadyDone,
    ConfigError,
    Declined,
    GatewayError,
    InProgress,
    NotReady,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    RefundRefused,
    Rejected,
    Unavailable,
)
from advisory_portal.gateways.registry import CREDENTIALS, KINDS, PUBLIC, Mode, gateway_of

__all__ = [
    "CREDENTIALS",
    "KINDS",
    "PUBLIC",
    "AccountInfo",
    "AlreadyDone",
    "CheckoutRequest",
    "CheckoutStarted",
    "ConfigError",
    "Declined",
    "Gateway",
    "GatewayError",
    "InProgress",
    "Mode",
    "Money",
    "NotReady",
    "OutcomeUnknown",
    "ProtocolError",
    "RateLimited",
    "RefundRefused",
    "Rejected",
    "SeenDispute",
    "SeenPayment",
    "SeenRefund",
    "Snapshot",
    "Unavailable",
    "WebhookHint",
    "WebhookSecret",
    "gateway_of",
]

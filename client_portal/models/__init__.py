"""The portal that a business gives its customers and suppliers: who enters, what they decide, say and have seen."""

from client_portal.models.comments import Comment, CommentAttachment, CommentNotice, UnreadComments
from client_portal.models.decisions import QuoteDecision
from client_portal.models.links import PortalLink
from client_portal.models.logins import PortalLogin, PortalSecret, PortalSession
from client_portal.models.months import ContactMonth
from client_portal.models.payments import (
    AttemptShare,
    ContactGateway,
    Dispute,
    GatewayAccount,
    GatewayPayment,
    PaymentAllocation,
    PaymentAttempt,
    PaymentLog,
    Refund,
    WebhookEvent,
    account_with_token,
    with_receipts,
)
from client_portal.models.places import (
    ContactRights,
    LinkRights,
    PortalPlace,
    SessionRights,
    contacts_at,
    links_with,
    place_at,
    session_with,
)
from client_portal.models.settings import PortalSettings
from client_portal.models.viewings import Viewing

__all__ = [
    "AttemptShare",
    "Comment",
    "CommentAttachment",
    "CommentNotice",
    "ContactGateway",
    "ContactMonth",
    "ContactRights",
    "Dispute",
    "GatewayAccount",
    "GatewayPayment",
    "LinkRights",
    "PaymentAllocation",
    "PaymentAttempt",
    "PaymentLog",
    "PortalLink",
    "PortalLogin",
    "PortalPlace",
    "PortalSecret",
    "PortalSession",
    "PortalSettings",
    "QuoteDecision",
    "Refund",
    "SessionRights",
    "UnreadComments",
    "Viewing",
    "WebhookEvent",
    "account_with_token",
    "contacts_at",
    "links_with",
    "place_at",
    "session_with",
    "with_receipts",
]

"""What the operator charges for plans: subscribing, managing, and keeping what Stripe says."""

from partners.actions.billing.checkout import SubscribedAlready, begin_subscription, manage_payment
from partners.actions.billing.platform import BillingUnreachable, NotCharged
from partners.actions.billing.sync import (
    ask_for_subscriptions,
    claim_billing,
    come_back,
    follow_stripe,
    sync_subscription,
    take_billing_event,
)

__all__ = [
    "BillingUnreachable",
    "NotCharged",
    "SubscribedAlready",
    "ask_for_subscriptions",
    "begin_subscription",
    "claim_billing",
    "come_back",
    "follow_stripe",
    "manage_payment",
    "sync_subscription",
    "take_billing_event",
]

"""Online payments: what is written when contacts pay at a gateway. docs/payments.md."""

from client_portal.actions.payments.accounts import (
    AlreadyConnected,
    change_account,
    change_credentials,
    connect_account,
    disable_account,
    enable_account,
    retire_account,
)
from client_portal.actions.payments.asking import NotReached, NotTaken
from client_portal.actions.payments.checking import check_account, claim_account_to_check, run_account_check
from client_portal.actions.payments.contact_gateways import offer_to_customers, set_contact_gateways
from client_portal.actions.payments.hooks import (
    NoHookMade,
    drop_hooks,
    keep_hook,
    provision_hook,
    rotate_hook_secret,
)
from client_portal.actions.payments.looking import close_look, match_payment
from client_portal.actions.payments.payers import cancel_attempt, look_at_attempt
from client_portal.actions.payments.refund_sending import send_refund
from client_portal.actions.payments.refunds import NotRefundable, refundable, request_refund
from client_portal.actions.payments.resealing import reseal_secrets
from client_portal.actions.payments.starting import BeingPaid, NotBegun, NothingToPay, start_payment
from client_portal.actions.payments.sweeping import claim_attempt, compare_account, end_outdated
from client_portal.actions.payments.syncing import sync_attempt
from client_portal.actions.payments.ways import (
    Way,
    WrongWay,
    is_payable,
    payable_ways,
    way_of_contact,
    ways_of_document,
)
from client_portal.actions.payments.webhooks import empty_webhooks, handle_webhook, replay_webhook, take_webhook

__all__ = [
    "AlreadyConnected",
    "BeingPaid",
    "NoHookMade",
    "NotBegun",
    "NotReached",
    "NotRefundable",
    "NotTaken",
    "NothingToPay",
    "Way",
    "WrongWay",
    "cancel_attempt",
    "change_account",
    "change_credentials",
    "check_account",
    "claim_account_to_check",
    "claim_attempt",
    "close_look",
    "compare_account",
    "connect_account",
    "disable_account",
    "drop_hooks",
    "empty_webhooks",
    "enable_account",
    "end_outdated",
    "handle_webhook",
    "is_payable",
    "keep_hook",
    "look_at_attempt",
    "match_payment",
    "offer_to_customers",
    "payable_ways",
    "provision_hook",
    "refundable",
    "replay_webhook",
    "request_refund",
    "reseal_secrets",
    "retire_account",
    "rotate_hook_secret",
    "run_account_check",
    "send_refund",
    "set_contact_gateways",
    "start_payment",
    "sync_attempt",
    "take_webhook",
    "way_of_contact",
    "ways_of_document",
]

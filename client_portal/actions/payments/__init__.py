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
from client_portal.actions.payments.resealing import reseal_secrets

__all__ = [
    "AlreadyConnected",
    "NoHookMade",
    "NotReached",
    "NotTaken",
    "change_account",
    "change_credentials",
    "check_account",
    "claim_account_to_check",
    "connect_account",
    "disable_account",
    "drop_hooks",
    "enable_account",
    "keep_hook",
    "offer_to_customers",
    "provision_hook",
    "reseal_secrets",
    "retire_account",
    "rotate_hook_secret",
    "run_account_check",
    "set_contact_gateways",
]

"""The gateway of an account: one client for each version of its credentials, made when it is first needed."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from django.conf import settings

from advisory_portal.core.secrets import Unreadable, unseal
from advisory_portal.gateways import ConfigError, Gateway, Mode, gateway_of
from client_portal.models import GatewayAccount

MOST_KEPT = 50
_kept: OrderedDict[tuple[UUID, int], Gateway] = OrderedDict()
_lock = Lock()


def secrets_row(account: GatewayAccount) -> str:
    """Where an account's secrets stand: what they are sealed for, so that they open in no other row."""
    return f"gateway_account:{account.pk}"


def hook_address(account: GatewayAccount) -> str:
    """Where the company shall call for this account."""
    return f"{settings.SITE_URL}/hooks/{account.kind}/{account.hook_token}/"


def gateway_for(account: GatewayAccount) -> Gateway:
    """The gateway of an account, for this process. Raises ConfigError where its secrets cannot be read."""
    known = (account.pk, account.credentials_version)
    with _lock:
        if known in _kept:
            _kept.move_to_end(known)
            return _kept[known]
    row = secrets_row(account)
    try:
        credentials = account.public | unseal(account.secrets, row=row)
        hooks = unseal(account.hook_secrets, row=row)["secrets"] if account.hook_secrets else ()
        made = gateway_of(
            account.kind,
            Mode(account.mode),
            credentials,
            hook_secrets=hooks,
            sandbox_url=settings.PAYMENTS_SANDBOX_URL,
        )
    except (Unreadable, ValueError) as error:
        raise ConfigError(str(error)) from error
    with _lock:
        _kept[known] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made

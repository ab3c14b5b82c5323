"""The webhooks of an account: where a payment company calls, and what it signs its calls with."""

import contextlib
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.outside import calls_outside
from advisory_portal.core.secrets import Unreadable, seal, unseal
from advisory_portal.gateways import ConfigError, GatewayError, Rejected, WebhookSecret
from advisory_portal.gateways.addresses import COMPANIES
from client_portal.actions.payments.accounts import lock_account
from client_portal.actions.payments.asking import NotTaken, not_reached
from client_portal.actions.payments.gateways import gateway_for, hook_address, secrets_row
from client_portal.models import GatewayAccount

OLD_SECRET_LIFE = timedelta(hours=24)  # how long calls that an old secret signed are taken
KINDS_WITHOUT_SECRET = frozenset({"paypal"})  # it says itself whether it called


class NoHookMade(Refused):
    """The company makes no webhook for us: a person has to do it there."""


class NothingToChange(Refused):
    """There is no secret that could be changed."""


@calls_outside
def provision_hook(*, actor: Actor, account: GatewayAccount) -> None:
    """Let the company make the webhook of the account; one that is there stays.

    Each try has an address of its own, kept before the company is asked: what a try left behind there calls nobody.
    Raises NoHookMade where the company does not, NotReached, AccountGone, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    if not _fresh_address(account):
        return
    made = _made(account)
    if not _keep_hook(actor, account, made):
        with contextlib.suppress(GatewayError):  # somebody else was first; ours calls an address of nobody
            gateway_for(account).remove_webhook(made.id)


@transaction.atomic
def _fresh_address(account: GatewayAccount) -> bool:
    """Give the account a new address to be called at, unless its webhook is there."""
    current = lock_account(account)
    wanted = not current.hook_secrets
    if wanted:
        current.hook_token = uuid4()
        current.hook_url = hook_address(current)
        current.save(update_fields=["hook_token", "hook_url"])
    account.refresh_from_db()
    return wanted


@transaction.atomic
def _keep_hook(actor: Actor, account: GatewayAccount, made: WebhookSecret) -> bool:
    current = lock_account(account)
    if current.hook_secrets or current.hook_token != account.hook_token:
        return False
    _write(current, made.id, {"secrets": [made.secret]})
    record(actor, "client_portal.gatewayaccount.hook_made", about=current)
    account.refresh_from_db()
    return True


@transaction.atomic
def keep_hook(*, actor: Actor, account: GatewayAccount, secret: str) -> None:
    """Keep what a person copied of a webhook that they made at the company, for the address that was shown.

    Raises NotTaken, AccountGone, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    current = lock_account(account)
    secret = secret.strip()
    if not (8 <= len(secret) <= 200 and secret.isascii() and secret.isprintable() and " " not in secret):
        raise NotTaken(_("Copy the whole text, without spaces."), field="secret")
    if current.kind == GatewayAccount.Kind.STRIPE and not secret.startswith("whsec_"):
        raise NotTaken(_("The signing secret of a webhook begins with “whsec_”."), field="secret")
    if _hooks(current).get("secrets") == [secret]:
        return
    _write(current, secret if current.kind in KINDS_WITHOUT_SECRET else "", {"secrets": [secret]})
    record(actor, "client_portal.gatewayaccount.hook_made", about=current)


@calls_outside
def rotate_hook_secret(*, actor: Actor, account: GatewayAccount, now: datetime) -> None:
    """Let the company sign with a new secret; calls that the old one signed are taken for OLD_SECRET_LIFE more.

    Raises NothingToChange for PayPal, which has no secret, and where no webhook is; NoHookMade, NotReached,
    AccountGone, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    if account.kind in KINDS_WITHOUT_SECRET or not account.hook_id:
        raise NothingToChange(_("This webhook has no secret that can be changed here."))
    drop_old_hook(account=account, now=None)
    made = _made(account)
    if not _keep_rotated(actor, account, made, now):
        with contextlib.suppress(GatewayError):  # somebody else changed it in this moment
            gateway_for(account).remove_webhook(made.id)


@transaction.atomic
def _keep_rotated(actor: Actor, account: GatewayAccount, made: WebhookSecret, now: datetime) -> bool:
    current = lock_account(account)
    if current.hook_id != account.hook_id:
        return False
    old = {"old_id": current.hook_id, "old_until": (now + OLD_SECRET_LIFE).isoformat()}
    _write(current, made.id, {"secrets": [made.secret, *_hooks(current)["secrets"][:1]]} | old)
    record(actor, "client_portal.gatewayaccount.hook_changed", about=current)
    account.refresh_from_db()
    return True


@calls_outside
def drop_old_hook(*, account: GatewayAccount, now: datetime | None) -> bool:
    """Remove the webhook of the old secret once its time has come (`now` None: at once); True if it is gone now.

    What the company cannot remove because it is gone there counts as removed. Raises NotReached.
    """
    held = _hooks(account)
    old_id = held.get("old_id", "")
    if not old_id or (now is not None and datetime.fromisoformat(held["old_until"]) > now):
        return False
    _remove(account, old_id)
    with transaction.atomic():
        current = GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
        held = _hooks(current)
        if held.get("old_id") == old_id:
            _write(current, current.hook_id, {"secrets": held["secrets"][:1]})
    account.refresh_from_db()
    return True


@calls_outside
def drop_hooks(*, actor: Actor, account: GatewayAccount) -> None:
    """Remove the webhooks of a retired account at the company, which would call for its successor's payments too.

    Nothing happens to one that is in use. Raises NotReached: the daily check tries again. Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    if account.retired_at is None or not account.hook_secrets:
        return
    held = _hooks(account)
    for hook_id in filter(None, (account.hook_id, held.get("old_id", ""))):
        _remove(account, hook_id)
    GatewayAccount.objects.filter(pk=account.pk).update(hook_id="", hook_secrets="")
    account.refresh_from_db()


def _remove(account: GatewayAccount, hook_id: str) -> None:
    """Raises NotReached; credentials that are refused, and webhooks that are gone, have nothing to remove."""
    try:
        gateway_for(account).remove_webhook(hook_id)
    except (ConfigError, Rejected):
        return
    except GatewayError as error:
        raise not_reached(account.kind) from error


def _made(account: GatewayAccount) -> WebhookSecret:
    try:
        return gateway_for(account).provision_webhook(account.hook_url)
    except (ConfigError, Rejected) as error:
        words = _("%(company)s lets no webhook be made from here. Make it there, with the address below.")
        raise NoHookMade(words % {"company": COMPANIES[account.kind]}) from error
    except GatewayError as error:
        raise not_reached(account.kind) from error


def _hooks(account: GatewayAccount) -> dict[str, Any]:
    """What is kept of the webhooks; nothing where it cannot be read any more."""
    if not account.hook_secrets:
        return {}
    try:
        return unseal(account.hook_secrets, row=secrets_row(account))
    except Unreadable:
        return {}


def _write(account: GatewayAccount, hook_id: str, held: dict[str, Any]) -> None:
    account.hook_id, account.hook_secrets = hook_id, seal(held, row=secrets_row(account))
    account.credentials_version += 1  # the client that knew the old secrets is not used again
    account.save(update_fields=["hook_id", "hook_secrets", "credentials_version"])

"""A business's accounts at payment companies: connected, checked, changed, switched on and off, retired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.outside import calls_outside
from advisory_portal.core.secrets import Unreadable, seal, unseal
from advisory_portal.gateways import CREDENTIALS, PUBLIC, AccountInfo, GatewayError, Mode, Rejected, gateway_of
from client_portal.actions.payments.asking import NotTaken, ask_company, require_currency
from client_portal.actions.payments.gateways import hook_address, secrets_row
from client_portal.models import GatewayAccount, PaymentAttempt
from partners.models import Organisation


class NotSetUp(Refused):
    """This instance has no key to keep secrets with."""


class AlreadyConnected(Refused):
    """A business has at most one account at a company; another one needs the first to be retired."""


class AccountGone(Refused):
    """The account was retired meanwhile."""


class NotReady(Refused):
    """The account does not work, so it cannot take money."""


@calls_outside
def connect_account(
    *, actor: Actor, kind: str, credentials: Mapping[str, Any], name: str, now: datetime
) -> GatewayAccount:
    """Connect the business's account at a company, switched off, once the company has taken the credentials.

    `credentials` are what `gateways.CREDENTIALS` names for the kind; live, test or sandbox is found with them.
    Repeated with the same credentials it answers with the account that is there. Raises NotTaken beside the field,
    NotReached, NotSetUp, AlreadyConnected, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    if not settings.PAYMENTS_KEYS:
        raise NotSetUp(_("This instance cannot keep keys yet: its operator has to set PAYMENTS_KEYS."))
    given = {field: str(credentials.get(field) or "").strip() for field in CREDENTIALS[kind]}
    mode, info = ask_company(kind, given)
    require_currency(kind, info, actor.place.currency)
    return _keep_account(actor, kind, mode, given, info, name, now)


@transaction.atomic
def _keep_account(
    actor: Actor, kind: str, mode: Mode, given: Mapping[str, str], info: AccountInfo, name: str, now: datetime
) -> GatewayAccount:
    business = Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    there = GatewayAccount.objects.in_use().filter(organisation=business, kind=kind).first()
    if there is not None:
        if _held(there) == given:
            return there
        raise AlreadyConnected(_("An account of this company is connected already. Retire it first."))
    account = GatewayAccount(organisation=business, kind=kind, mode=mode, name=name)
    account.hook_url = hook_address(account)
    _take(account, given, info, now)
    account.save()
    record(actor, "client_portal.gatewayaccount.connected", about=account, after={"mode": account.mode, "name": name})
    return account


@calls_outside
def change_credentials(*, actor: Actor, account: GatewayAccount, credentials: Mapping[str, Any], now: datetime) -> None:
    """Put other credentials of the same account in the place of its old ones, once the company has taken them.

    Raises NotTaken beside the field: also for a key of another mode, and, as far as the company lets us see it, of
    another account. NotReached, AccountGone, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    given = {field: str(credentials.get(field) or "").strip() for field in CREDENTIALS[account.kind]}
    mode, info = ask_company(account.kind, given)
    require_currency(account.kind, info, actor.place.currency)
    secret = next(name for name in CREDENTIALS[account.kind] if name not in PUBLIC)
    if mode != account.mode:
        words = _("This key is for “%(other)s”, the account for “%(mode)s”. Retire the account to connect another.")
        raise NotTaken(
            words % {"other": GatewayAccount.Mode(mode).label, "mode": account.get_mode_display()}, field=secret
        )
    if not _is_same(account, given, info):
        raise NotTaken(_("This key is of another account. Retire this one to connect it."), field=secret)
    _keep_credentials(actor, account, given, info, now)


@transaction.atomic
def _keep_credentials(
    actor: Actor, account: GatewayAccount, given: Mapping[str, str], info: AccountInfo, now: datetime
) -> None:
    current = lock_account(account)
    changed = _held(current) != given
    _take(current, given, info, now)
    if changed:
        current.credentials_version += 1
        record(actor, "client_portal.gatewayaccount.credentials_changed", about=current)
    current.save()
    account.refresh_from_db()


@transaction.atomic
def change_account(*, actor: Actor, account: GatewayAccount, name: str, for_new_contacts: bool) -> None:
    """Keep what contacts read beside the company's name, and whether new customers may pay by the account.

    Raises AccountGone, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    current = lock_account(account)
    before = {"name": current.name, "for_new_contacts": current.for_new_contacts}
    after = {"name": name, "for_new_contacts": for_new_contacts}
    if before == after:
        return
    current.name, current.for_new_contacts = name, for_new_contacts
    current.save(update_fields=["name", "for_new_contacts"])
    record(actor, "client_portal.gatewayaccount.changed", about=current, before=before, after=after)


@transaction.atomic
def enable_account(*, actor: Actor, account: GatewayAccount) -> None:
    """Let contacts pay by the account; repeating it does nothing. Raises NotReady, AccountGone, Forbidden."""
    actor.require(Section.SETTINGS, Level.MANAGE)
    current = lock_account(account)
    if current.is_enabled:
        return
    if current.check_error:
        raise NotReady(_("The last check failed. Check the connection first, then switch the account on."))
    current.is_enabled = True
    current.save(update_fields=["is_enabled"])
    record(actor, "client_portal.gatewayaccount.enabled", about=current)


@transaction.atomic
def disable_account(*, actor: Actor, account: GatewayAccount) -> None:
    """Take no new payments by the account; those that are under way are booked all the same. Raises Forbidden."""
    actor.require(Section.SETTINGS, Level.MANAGE)
    current = lock_account(account)
    if not current.is_enabled:
        return
    current.is_enabled = False
    current.save(update_fields=["is_enabled"])
    record(actor, "client_portal.gatewayaccount.disabled", about=current)


@transaction.atomic
def retire_account(*, actor: Actor, account: GatewayAccount, now: datetime) -> None:
    """End the account here for good: open payments are closed at the company, then its webhook goes (`drop_hooks`).

    Its payments stay, and money that still arrives is booked. Repeating it does nothing. Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    current = GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if current.retired_at is not None:
        return
    current.is_enabled, current.for_new_contacts, current.retired_at = False, False, now
    current.save(update_fields=["is_enabled", "for_new_contacts", "retired_at"])
    PaymentAttempt.objects.filter(account=current).open().update(close_wanted=True, due_at=now)
    record(actor, "client_portal.gatewayaccount.retired", about=current)


def lock_account(account: GatewayAccount) -> GatewayAccount:
    """The account as it is, locked until commit. Raises AccountGone if it was retired."""
    current = GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if current.retired_at is not None:
        raise AccountGone(_("This account was retired."))
    return current


def _take(account: GatewayAccount, given: Mapping[str, str], info: AccountInfo, now: datetime) -> None:
    """Put credentials that the company took into the row."""
    account.public = {name: value for name, value in given.items() if name in PUBLIC}
    hidden = {name: value for name, value in given.items() if name not in PUBLIC}
    account.secrets = seal(hidden, row=secrets_row(account))
    account.merchant, account.currency = info.merchant[:100], info.currency
    account.checked_at, account.check_error = now, ""


def _held(account: GatewayAccount) -> Mapping[str, str]:
    """The credentials that the row holds; nothing where they cannot be read any more."""
    try:
        return {**account.public, **unseal(account.secrets, row=secrets_row(account))}
    except Unreadable:
        return {}


def _is_same(account: GatewayAccount, given: Mapping[str, str], info: AccountInfo) -> bool:
    """Whether the credentials open this account: the same merchant, and the latest payment begun is found with them."""
    if account.merchant and info.merchant != account.merchant:
        return False
    latest = PaymentAttempt.objects.filter(account=account).exclude(ref="").order_by("-id").first()
    if latest is None:
        return True
    gateway = gateway_of(account.kind, Mode(account.mode), given, sandbox_url=settings.PAYMENTS_SANDBOX_URL)
    try:
        gateway.fetch(latest.ref, latest.ref2)
    except Rejected:
        return False
    except GatewayError:  # it says nothing about whose it is
        return True
    finally:
        gateway.end()
    return True

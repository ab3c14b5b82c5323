"""Whether accounts at payment companies still work: asked by staff, and every day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.history import record
from advisory_portal.core.outside import calls_outside
from advisory_portal.core.secrets import Unreadable, unseal
from advisory_portal.gateways import AccountInfo, ConfigError, GatewayError, Mode, Rejected
from client_portal.actions.payments.asking import NotReached
from client_portal.actions.payments.gateways import gateway_for, secrets_row
from client_portal.actions.payments.hooks import drop_hooks, drop_old_hook
from client_portal.actions.payments.telling import tell_fault
from client_portal.models import GatewayAccount

CHECK_EVERY = timedelta(hours=24)
CHECK_AGAIN = timedelta(hours=1)  # where the last check failed
Fault = GatewayAccount.Fault


@calls_outside
def check_account(*, actor: Actor, account: GatewayAccount, now: datetime) -> str:
    """Ask the company about the account and keep what it says; the fault that was found, "" where all is well.

    The webhook of an old secret goes with it, when its time has come. Nothing is switched off: a company that does
    not answer now may answer the next payer. Who manages settings is told of a fault that the daily check finds, once.
    Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    fault, info = _found(account)
    if not fault:
        try:
            drop_old_hook(account=account, now=now)
        except NotReached:  # the next check tries again
            fault = Fault.AWAY
    return _keep_check(actor, account, fault, info, now)


def _found(account: GatewayAccount) -> tuple[str, AccountInfo | None]:
    try:
        unseal(account.secrets, row=secrets_row(account))
        info = gateway_for(account).check()
    except Unreadable:
        return Fault.UNREADABLE, None
    except (ConfigError, Rejected) as error:
        return Fault.LOCATION if error.code == "LOCATION_INACTIVE" else Fault.CREDENTIALS, None
    except GatewayError:
        return Fault.AWAY, None
    if info.is_live != (account.mode == Mode.LIVE):
        return Fault.MODE, info
    if account.merchant and info.merchant != account.merchant:
        return Fault.MERCHANT, info
    return (Fault.CURRENCY if info.currency != account.currency else ""), info


@transaction.atomic
def _keep_check(actor: Actor, account: GatewayAccount, fault: str, info: AccountInfo | None, now: datetime) -> str:
    current = GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if current.credentials_version == account.credentials_version:  # else what was asked is not what stands there
        before = current.check_error
        current.checked_at, current.check_error = now, fault
        current.save(update_fields=["checked_at", "check_error"])
        if before != fault and fault not in ("", Fault.AWAY) and actor.kind == ActorKind.SYSTEM:
            tell_fault(account=current)
        if before != fault:
            record(
                actor,
                "client_portal.gatewayaccount.checked",
                about=current,
                before={"check_error": before},
                after={"check_error": fault},
            )
    account.refresh_from_db()
    return account.check_error


@transaction.atomic
def claim_account_to_check(*, now: datetime) -> GatewayAccount | None:
    """An account whose daily check is due, taken so that no other worker checks it; None when all are done.

    Retired ones are due while a webhook of theirs stands.
    """
    due = Q(checked_at=None) | Q(checked_at__lte=now - CHECK_EVERY)
    due |= ~Q(check_error="") & Q(checked_at__lte=now - CHECK_AGAIN)
    waiting = GatewayAccount.objects.filter(due).filter(Q(retired_at=None) | ~Q(hook_secrets=""))
    account = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("checked_at").first()
    if account is not None:
        account.checked_at = now
        account.save(update_fields=["checked_at"])
    return account


@calls_outside
def run_account_check(*, actor: Actor, account: GatewayAccount, now: datetime) -> None:
    """The daily check of an account that was claimed; of a retired one, that its webhooks go."""
    if account.retired_at is None:
        check_account(actor=actor, account=account, now=now)
        return
    try:
        drop_hooks(actor=actor, account=account)
    except NotReached:  # tomorrow again
        return

"""Accounts at banks."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError as WrongNumber

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.money import CURRENCIES
from bookkeeping.models import BankAccount, LedgerAccount


class NotAnAccount(Refused):
    """The IBAN, the name or the ledger account is not one that a bank account can have."""


def clean_iban(text: str) -> str:
    """The IBAN in capitals without spaces; "" for nothing. Raises NotAnAccount."""
    compact = "".join(text.split()).replace("-", "").upper()
    if not compact:
        return ""
    try:
        return str(iban_numbers.validate(compact, check_country=False))
    except WrongNumber:
        raise NotAnAccount(_("This is not a valid IBAN. Look for a digit that is wrong."), field="iban") from None


@transaction.atomic
def add_bank_account(
    *,
    actor: Actor,
    name: str,
    currency: str,
    iban: str = "",
    number: str = "",
    ledger_account: LedgerAccount | None = None,
) -> BankAccount:
    """Add an account; repeating it with the same name and IBAN gives the one that is there.

    Raises NotAnAccount: a wrong IBAN, one that another account has, a name that is taken. Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    iban = clean_iban(iban)
    if currency not in CURRENCIES:
        raise NotAnAccount(_("Choose a currency."), field="currency")
    _require_ledger(actor, ledger_account)
    rows = BankAccount.objects.select_for_update(no_key=True).filter(organisation_id=actor.place.id)
    known = rows.filter(name=name).first()
    if known is not None and (known.iban, known.currency) == (iban, currency):
        return known
    _require_free(actor, name=name, iban=iban)
    account = BankAccount.objects.create(
        organisation_id=actor.place.id,
        name=name,
        iban=iban,
        number=number[:40],
        currency=currency,
        ledger_account=ledger_account,
    )
    record(actor, "bookkeeping.bankaccount.added", about=account)
    return account


def _require_free(actor: Actor, *, name: str, iban: str, own: BankAccount | None = None) -> None:
    others = BankAccount.objects.filter(organisation_id=actor.place.id)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if others.filter(name=name).exists():
        raise NotAnAccount(_("Another account has this name."), field="name")
    holder = others.filter(iban=iban).first() if iban else None
    if holder is not None:
        raise NotAnAccount(_("%(account)s has this IBAN.") % {"account": holder}, field="iban")


def _require_ledger(actor: Actor, ledger_account: LedgerAccount | None) -> None:
    if ledger_account is not None and (
        ledger_account.organisation_id != actor.place.id or ledger_account.retired_at is not None
    ):
        raise NotAnAccount(_("Choose an account of the chart."), field="ledger_account")


@transaction.atomic
def change_bank_account(
    *, actor: Actor, account: BankAccount, name: str, iban: str, number: str, ledger_account: LedgerAccount | None
) -> None:
    """Give an account another name, IBAN, number or ledger account; its currency stays. Repeating it does nothing.

    Raises NotAnAccount, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    current = BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    iban = clean_iban(iban)
    _require_ledger(actor, ledger_account)
    _require_free(actor, name=name, iban=iban, own=current)
    wanted = {
        "name": name,
        "iban": iban,
        "number": number[:40],
        "ledger_account_id": ledger_account.pk if ledger_account else None,
    }
    before = {column: getattr(current, column) for column in wanted}
    if before != wanted:
        for column, value in wanted.items():
            setattr(current, column, value)
        current.save(update_fields=["name", "iban", "number", "ledger_account"])
        record(
            actor,
            "bookkeeping.bankaccount.changed",
            about=current,
            before={"name": before["name"]},
            after={"name": name},
        )
    account.refresh_from_db()


@transaction.atomic
def retire_bank_account(*, actor: Actor, account: BankAccount, now: datetime) -> None:
    """Expect no more statements of an account; its lines stay. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.BANKING, Level.MANAGE)
    if BankAccount.objects.filter(pk=account.pk, retired_at=None).update(retired_at=now):
        record(actor, "bookkeeping.bankaccount.retired", about=account)
    account.refresh_from_db()


@transaction.atomic
def restore_bank_account(*, actor: Actor, account: BankAccount) -> None:
    """Use a retired account again. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.BANKING, Level.MANAGE)
    if BankAccount.objects.filter(pk=account.pk).exclude(retired_at=None).update(retired_at=None):
        record(actor, "bookkeeping.bankaccount.restored", about=account)
    account.refresh_from_db()

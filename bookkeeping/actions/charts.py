"""The chart of accounts, and which account takes which part of an entry."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from bookkeeping import rules
from bookkeeping.models import AccountMonth, LedgerAccount, PostingRule
from documents.models import Contact


class WrongCode(Refused):
    """The code is not one of this chart, or is taken."""


class InUse(Refused):
    """The account has a balance, or entries that make themselves go to it."""


def lock_journal(organisation_id: UUID) -> None:
    """Let nobody else write the organisation's journal or chart until commit.

    A lock of its own, taken last, so that it never waits for rows that somebody holds who waits for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"journal:{organisation_id}"])


@transaction.atomic
def ensure_chart(*, actor: Actor) -> bool:
    """Write the chart of the business's country and its posting rules, once; True if it was written now.

    Rights are the caller's to check.
    """
    place = actor.place
    if LedgerAccount.objects.filter(organisation_id=place.id).exists():
        return False
    lock_journal(place.id)
    if LedgerAccount.objects.filter(organisation_id=place.id).exists():
        return False
    chart = rules.chart_of(place.country)
    accounts = {
        code: LedgerAccount(organisation_id=place.id, code=code, name=name, kind=chart.kind_of(code))
        for code, name in chart.accounts.items()
    }
    LedgerAccount.objects.bulk_create(accounts.values())
    PostingRule.objects.bulk_create(
        PostingRule(organisation_id=place.id, part=part, account=accounts[code]) for part, code in chart.parts.items()
    )
    return True


@transaction.atomic
def add_account(*, actor: Actor, code: str, name: str) -> LedgerAccount:
    """Add an account; what it is follows from its code ("4300001" is a customer as 430 is).

    Repeating it with the same name gives the account that is there. Raises WrongCode, Forbidden.
    """
    actor.require(Section.JOURNAL, Level.MANAGE)
    ensure_chart(actor=actor)
    lock_journal(actor.place.id)
    kind = rules.chart_of(actor.place.country).kind_of(code)
    fits = code.isascii() and code.isdigit() and rules.SHORTEST_CODE <= len(code) <= rules.LONGEST_CODE
    if not fits or not kind:
        limits = {"least": rules.SHORTEST_CODE, "most": rules.LONGEST_CODE}
        words = _("Write a code of %(least)s to %(most)s digits that begins with a group of the chart.")
        raise WrongCode(words % limits, field="code")
    known = LedgerAccount.objects.filter(organisation_id=actor.place.id, code=code).first()
    if known is not None:
        if known.name == name and known.retired_at is None:
            return known
        raise WrongCode(_("%(account)s has this code.") % {"account": known}, field="code")
    account = LedgerAccount.objects.create(organisation_id=actor.place.id, code=code, name=name, kind=kind)
    record(actor, "bookkeeping.account.added", about=account)
    return account


@transaction.atomic
def rename_account(*, actor: Actor, account: LedgerAccount, name: str) -> None:
    """Give an account another name; repeating it does nothing. Raises Forbidden."""
    actor.require(Section.JOURNAL, Level.MANAGE)
    current = LedgerAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    if current.name != name:
        before, current.name = current.name, name
        current.save(update_fields=["name"])
        record(actor, "bookkeeping.account.renamed", about=current, before={"name": before}, after={"name": name})
    account.refresh_from_db()


@transaction.atomic
def retire_account(*, actor: Actor, account: LedgerAccount, now: datetime) -> None:
    """Offer an account no more; repeating it does nothing.

    Raises InUse while it has a balance or a posting rule names it, Forbidden.
    """
    actor.require(Section.JOURNAL, Level.MANAGE)
    lock_journal(account.organisation_id)
    current = LedgerAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    if current.retired_at is None:
        sums = AccountMonth.objects.filter(account=current).aggregate(debit=Sum("debit"), credit=Sum("credit"))
        if sums["debit"] != sums["credit"]:
            raise InUse(_("%(account)s has a balance. Bring it to zero first.") % {"account": current})
        if PostingRule.objects.filter(account=current).exists():
            raise InUse(_("Entries that make themselves go to %(account)s. Change the posting rules first.")
                        % {"account": current})  # fmt: skip
        current.retired_at = now
        current.save(update_fields=["retired_at"])
        record(actor, "bookkeeping.account.retired", about=current)
    account.refresh_from_db()


@transaction.atomic
def restore_account(*, actor: Actor, account: LedgerAccount) -> None:
    """Offer a retired account again; repeating it does nothing. Raises Forbidden."""
    actor.require(Section.JOURNAL, Level.MANAGE)
    if LedgerAccount.objects.filter(pk=account.pk).exclude(retired_at=None).update(retired_at=None):
        record(actor, "bookkeeping.account.restored", about=account)
    account.refresh_from_db()


@transaction.atomic
def set_posting_rule(*, actor: Actor, part: str, account: LedgerAccount | None, contact: Contact | None = None) -> None:
    """Send a part of entries to an account, for everybody or for one contact; None forgets what was said of a contact.

    Entries that stand keep their accounts. Repeating it does nothing. Raises WrongCode for an account of somebody
    else or retired, and for a part that no contact may have for itself, Forbidden.
    """
    actor.require(Section.JOURNAL, Level.MANAGE)
    ensure_chart(actor=actor)
    lock_journal(actor.place.id)
    place = actor.place.id
    assert part in rules.PARTS, part
    rule = PostingRule.objects.filter(organisation_id=place, part=part, contact=contact).select_related("account")
    known = rule.first()
    before = str(known.account) if known else ""
    if contact is not None and (part not in rules.PARTS_OF_CONTACT or contact.organisation_id != place):
        raise WrongCode(_("This part is the same for everybody."), field="part")
    if account is None:
        if contact is None:
            raise WrongCode(_("Choose an account."), field="account")
        if known is not None:
            known.delete()
            record(actor, "bookkeeping.rule.forgotten", about=contact, before={part: before})
        return
    if account.organisation_id != place or account.retired_at is not None:
        raise WrongCode(_("Choose an account of the chart."), field="account")
    if known is None:
        known = PostingRule.objects.create(organisation_id=place, part=part, contact=contact, account=account)
    elif known.account_id == account.pk:
        return
    else:
        known.account = account
        known.save(update_fields=["account"])
    record(actor, "bookkeeping.rule.changed", about=known, before={part: before}, after={part: str(account)})


@transaction.atomic
def set_posting_rules(*, actor: Actor, accounts: Mapping[str, LedgerAccount]) -> None:
    """Send several parts to these accounts, for everybody. Raises WrongCode, Forbidden."""
    for part, account in accounts.items():
        set_posting_rule(actor=actor, part=part, account=account)

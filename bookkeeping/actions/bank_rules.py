"""Rules: lines with these words go to this ledger account."""

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.text import plain
from bookkeeping.models import BankRule, LedgerAccount
from documents.models import Contact

LEAST_LETTERS = 3


class NotARule(Refused):
    """The words say too little, or the account is none of the chart."""


@transaction.atomic
def keep_bank_rule(
    *,
    actor: Actor,
    words: str,
    account: LedgerAccount,
    is_income: bool | None,
    contact: Contact | None = None,
    is_automatic: bool = False,
    rule: BankRule | None = None,
) -> BankRule:
    """Add a rule, or change one. Its name is its words: a rule with the same words is the same rule.

    Raises NotARule, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    if len("".join(plain(words).split())) < LEAST_LETTERS:
        raise NotARule(_("Write at least three letters: a rule that fits everything helps nobody."), field="words")
    if account.organisation_id != actor.place.id or account.retired_at is not None:
        raise NotARule(_("Choose an account of the chart."), field="account")
    name = words[:80]
    rows = BankRule.objects.select_for_update(no_key=True).filter(organisation_id=actor.place.id)
    same = rows.filter(name__iexact=name).first()
    if rule is not None and same is not None and same.pk != rule.pk:
        raise NotARule(_("Another rule has these words."), field="words")
    kept = same or (rows.get(pk=rule.pk) if rule else BankRule(organisation_id=actor.place.id))
    kept.name, kept.words, kept.account, kept.contact = name, words[:140], account, contact
    kept.is_income, kept.is_automatic = is_income, is_automatic
    kept.save()
    record(actor, "bookkeeping.bankrule.kept", about=kept)
    return kept


@transaction.atomic
def forget_bank_rule(*, actor: Actor, rule: BankRule) -> None:
    """Delete a rule; what it did stays done. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.BANKING, Level.MANAGE)
    if BankRule.objects.filter(pk=rule.pk).exists():
        record(actor, "bookkeeping.bankrule.forgotten", about=rule)
        BankRule.objects.filter(pk=rule.pk).delete()

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.models import PortalModel
from advisory_portal.core.text import search_words
from bookkeeping.models.base import in_section
from documents.models import Contact, Document, Settlement
from documents.models.document import money_field
from partners.models import Organisation


class LedgerAccounts(models.QuerySet["LedgerAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.JOURNAL)

    def in_use(self) -> Self:
        """Those that entries may be made on."""
        return self.filter(retired_at=None)


class LedgerAccount(PortalModel):
    """An account of the chart. Retired, never deleted, once an entry stands on it."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    retired_at = models.DateTimeField(null=True)

    objects = LedgerAccounts.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="ledger_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PostingRules(models.QuerySet["PostingRule"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.JOURNAL)


class PostingRule(PortalModel):
    """Which account an entry that makes itself uses for a part of it (`rules.PARTS`), for everybody or one contact."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    part = models.CharField(max_length=30)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+")

    objects = PostingRules.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "part", "contact"], name="posting_rule_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.part


class JournalEntries(models.QuerySet["JournalEntry"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.JOURNAL)

    def unchecked(self) -> Self:
        """Those that nobody has looked at yet."""
        return self.filter(checked_at=None)

    def matching(self, words: str) -> Self:
        """Those whose number, texts or contacts contain the words, whatever their case and accents."""
        return self.filter(search_text__contains=search_words(words)) if words.strip() else self

    def on_account(self, account_id: UUID) -> Self:
        """Those with a line on the account."""
        return self.filter(Exists(JournalLine.objects.filter(entry=OuterRef("pk"), account_id=account_id)))


class JournalEntry(PortalModel):
    """An entry of the journal: lines whose debits and credits are equal, which the database holds it to.

    An entry does not change; what was wrong is taken back by another one (`reverses`). `number` counts in a year
    without gaps. Amounts are in the organisation's currency.
    """

    class Source(models.TextChoices):
        DOCUMENT = "document", _("Document")
        PAYMENT = "payment", _("Payment")
        BANK = "bank", _("Bank")
        MANUAL = "manual", _("By hand")
        REVERSAL = "reversal", _("Taken back")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("number"))
    dated_on = models.DateField(_("date"))
    text = models.CharField(_("text"), max_length=300)
    source = models.CharField(_("made from"), max_length=10, choices=Source)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="+")
    reconciliation = models.ForeignKey("Reconciliation", models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    made_by_name = models.CharField(max_length=200)
    search_text = models.CharField(max_length=1500, default="")
    # From here on the columns move.
    is_reversed = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)
    checked_by_name = models.CharField(max_length=200, blank=True)

    objects = JournalEntries.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            models.Index(fields=["organisation", "dated_on", "id"], name="entry_by_date"),
            models.Index(
                fields=["organisation", "dated_on", "id"], name="entry_unchecked", condition=Q(checked_at=None)
            ),
            models.Index(fields=["organisation", "document"], name="entry_of_document"),
            GinIndex("organisation", OpClass("search_text", name="gin_trgm_ops"), name="entry_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="entry_number_once"),
            models.UniqueConstraint(
                fields=["document"], name="entry_of_document_once", condition=Q(source="document", is_reversed=False)
            ),
            models.UniqueConstraint(
                fields=["settlement"], name="entry_of_payment_once", condition=Q(source="payment", is_reversed=False)
            ),
            models.UniqueConstraint(
                fields=["reconciliation"], name="entry_of_bank_once", condition=Q(source="bank", is_reversed=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.number}"


class JournalLines(models.QuerySet["JournalLine"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.JOURNAL)


class JournalLine(PortalModel):
    """One side of an entry: either a debit or a credit, never negative."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="lines")
    dated_on = models.DateField()
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=300, blank=True)
    debit = money_field(default=0)
    credit = money_field(default=0)

    objects = JournalLines.as_manager()

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["organisation", "account", "dated_on", "id"], name="journal_line_of_account")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="journal_line_position"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(credit__gt=0, debit=0), name="debit_or_credit"
            ),
        ]

    def __str__(self) -> str:
        return str(self.debit or -self.credit)


class AccountMonths(models.QuerySet["AccountMonth"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.JOURNAL)


class AccountMonth(PortalModel):
    """What an account was debited and credited in a month: kept by a trigger with every line that is written.

    Trial balance, profit and loss and balance sheet are read from these, so that their cost follows accounts and
    months, not lines.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(LedgerAccount, models.CASCADE, related_name="months")
    month = models.DateField()
    debit = money_field(default=0)
    credit = money_field(default=0)

    objects = AccountMonths.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="account_month_once")]
        indexes = [models.Index(fields=["organisation", "month"], name="account_month_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

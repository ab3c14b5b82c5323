from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.models import DueRow, PortalModel, StoredFile
from advisory_portal.core.models.base import DueRows, due_index
from advisory_portal.core.text import search_words
from bookkeeping.models.base import in_section
from bookkeeping.models.journal import LedgerAccount
from documents.models import Contact, Document, Settlement
from documents.models.document import money_field
from partners.models import Organisation


class BankAccounts(models.QuerySet["BankAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)

    def in_use(self) -> Self:
        """Those that statements are expected of."""
        return self.filter(retired_at=None)


class BankAccount(PortalModel):
    """An account at a bank, or a card or gateway whose movements come as statements. Retired, never deleted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    number = models.CharField(_("account number"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    ledger_account = models.ForeignKey(LedgerAccount, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)

    objects = BankAccounts.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "iban"], name="iban_once", condition=~Q(iban="")),
            models.UniqueConstraint(fields=["organisation", "name"], name="bank_account_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Statements(models.QuerySet["Statement"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)


class Statement(PortalModel):
    """A statement that was imported, with the balances it gives. Lines that were known before stay with the first."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(BankAccount, models.CASCADE, related_name="statements")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    format = models.CharField(max_length=10)
    number = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    opening = money_field(null=True)
    closing = money_field(null=True)
    line_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0)
    imported_by_name = models.CharField(max_length=200)

    objects = Statements.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "account", "-id"], name="statement_of_account")]

    def __str__(self) -> str:
        return self.number or self.format


class BankLines(models.QuerySet["BankLine"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)

    def open(self) -> Self:
        """Pending or partly reconciled: what waits."""
        return self.exclude(state=BankLine.State.RECONCILED)

    def matching(self, words: str) -> Self:
        """Those whose text, other party or reference contains the words, whatever their case and accents."""
        return self.filter(search_text__contains=search_words(words)) if words.strip() else self


class BankLine(PortalModel):
    """A movement on a bank account. Its content never changes; `reconciled` is the sum of its reconciliations.

    `key` is `formats.bank.line_keys`: a statement that comes again, or overlaps, adds no line twice.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        PARTIAL = "partial", _("Partly reconciled")
        RECONCILED = "reconciled", _("Reconciled")

    MOVES = {
        State.PENDING: {State.PARTIAL, State.RECONCILED},
        State.PARTIAL: {State.PENDING, State.RECONCILED},
        State.RECONCILED: {State.PENDING, State.PARTIAL},
    }

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(BankAccount, models.CASCADE, related_name="lines")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=80)
    booked_on = models.DateField(_("date"))
    value_on = models.DateField(null=True)
    amount = money_field(verbose_name=_("amount"))
    balance_after = money_field(null=True)
    text = models.CharField(_("text"), max_length=1000, blank=True)
    counterparty_name = models.CharField(_("other party"), max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=40, blank=True)
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    code = models.CharField(max_length=40, blank=True)
    search_text = models.CharField(max_length=1500)
    # From here on the columns move.
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    reconciled = money_field(default=0)

    objects = BankLines.as_manager()

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        indexes = [
            models.Index(fields=["organisation", "booked_on", "id"], name="bank_line_by_date"),
            models.Index(fields=["organisation", "account", "booked_on", "id"], name="bank_line_of_account"),
            models.Index(fields=["organisation", "amount", "id"], name="bank_line_by_amount"),
            models.Index(
                fields=["organisation", "booked_on", "id"], name="bank_line_open", condition=~Q(state="reconciled")
            ),
            GinIndex("organisation", OpClass("search_text", name="gin_trgm_ops"), name="bank_line_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="bank_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_line_is_an_amount"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def left(self) -> Decimal:
        """What is not reconciled yet, signed as the line."""
        left: Decimal = self.amount - self.reconciled
        return left


class Reconciliations(DueRows["Reconciliation"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)

    def standing(self) -> Self:
        """Those that have not been undone."""
        return self.filter(undone_at=None)


class Reconciliation(DueRow, PortalModel):
    """What a bank line, or a part of it, was: money of a document (`settlement` books it there, or is one that was
    booked before), a movement on a ledger account, or the payout of a `gateway` that kept `fees` (which money it
    paid out, `GatewayMoney` says). Undone, never deleted.

    Where its payment was taken back on the document a trigger makes it due (`bookkeeping.0008`), to be undone by the
    sweep; else `due_at` is None.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    line = models.ForeignKey(BankLine, models.CASCADE, related_name="reconciliations")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, null=True, related_name="+")
    gateway = models.CharField(max_length=10, blank=True)
    fees = money_field(null=True)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    amount = money_field()
    note = models.CharField(max_length=300, blank=True)
    reason = models.JSONField(default=list)
    made_by_name = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(null=True)

    objects = Reconciliations.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "line"], name="reconciliation_of_line"),
            models.Index(fields=["organisation", "document"], name="reconciliation_of_document"),
            due_index("reconciliation_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="reconciliation_is_an_amount"),
            models.CheckConstraint(
                condition=Q(document__isnull=False, account=None, gateway="")
                | Q(document=None, account__isnull=False, gateway="")
                | Q(document=None, account=None, fees__isnull=False) & ~Q(gateway=""),
                name="reconciled_with_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class BankRules(models.QuerySet["BankRule"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)


class BankRule(PortalModel):
    """Lines that contain these words go to this ledger account: offered, or done by themselves."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    words = models.CharField(_("contains"), max_length=140)
    is_income = models.BooleanField(_("money that comes in"), null=True)
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    is_automatic = models.BooleanField(_("without asking"), default=False)

    objects = BankRules.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="bank_rule_name_once")]

    def __str__(self) -> str:
        return self.name


class ColumnMemories(models.QuerySet["ColumnMemory"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)


class ColumnMemory(PortalModel):
    """How the columns of a bank's CSV files were read before; `head_key` is `formats.bank.head_key`."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    head_key = models.CharField(max_length=64)
    mapping = models.JSONField()

    objects = ColumnMemories.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "head_key"], name="column_memory_once")]

    def __str__(self) -> str:
        return self.head_key

"""What has not come into the journal yet: a queue that the database keeps."""

from __future__ import annotations

from typing import Self

from django.db import models

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.models import PortalModel
from bookkeeping.models.base import in_section
from bookkeeping.models.journal import JournalEntry
from documents.models import Document, Settlement
from partners.models import Organisation


class EntriesToMake(models.QuerySet["EntryToMake"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.JOURNAL)

    def of_documents(self) -> Self:
        """Reviewed invoices, bills and credit notes that have no entry that stands."""
        return self.filter(what=EntryToMake.What.DOCUMENT)

    def of_payments(self) -> Self:
        """Payments and set-offs on reviewed documents and orders that have no entry that stands."""
        return self.filter(what=EntryToMake.What.PAYMENT)

    def of_void_documents(self) -> Self:
        """Entries that stand although their document was declared void meanwhile."""
        return self.filter(what=EntryToMake.What.TAKE_BACK)


class EntryToMake(PortalModel):
    """An entry that the journal lacks: of a document, of a payment, or one that takes back a void document's.

    Triggers on documents, settlements and entries keep these rows (`bookkeeping_entries_missing` says which there
    are), so that counting what waits costs what waits; nothing else writes here. `dated_on` is the day of the
    document, the payment or the entry to take back.
    """

    class What(models.TextChoices):
        DOCUMENT = "document"
        PAYMENT = "payment"
        TAKE_BACK = "take_back"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    document = models.ForeignKey(Document, models.CASCADE, related_name="+")
    settlement = models.ForeignKey(Settlement, models.CASCADE, null=True, related_name="+")
    entry = models.ForeignKey(JournalEntry, models.CASCADE, null=True, related_name="+")
    dated_on = models.DateField()

    objects = EntriesToMake.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "what", "dated_on", "id"], name="entry_to_make")]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "what", "settlement", "entry"], name="entry_to_make_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.dated_on}"

"""What has not come into the journal yet."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookkeeping.models.journal import JournalEntry
from bookkeeping.rules import ADVANCED_KINDS, POSTED_KINDS
from documents.models import Document, Settlement
from documents.rules import CREDIT_METHOD

_ENTERED = ("issued", "partially_paid", "paid")


def documents_without_entry(organisation_id: UUID) -> QuerySet[Document]:
    """Reviewed invoices, bills and credit notes that have no entry that stands."""
    standing = JournalEntry.objects.filter(
        organisation_id=organisation_id,
        document=OuterRef("pk"),
        source=JournalEntry.Source.DOCUMENT,
        is_reversed=False,
    )
    found = Document.objects.filter(organisation_id=organisation_id, kind__in=POSTED_KINDS, state__in=_ENTERED)
    return found.exclude(reviewed_at=None).exclude(payable=0, tax_exclusive=0).filter(~Exists(standing))


def settlements_without_entry(organisation_id: UUID) -> QuerySet[Settlement]:
    """Payments of reviewed documents and orders that have no entry that stands; set-offs move no money."""
    standing = JournalEntry.objects.filter(
        settlement=OuterRef("pk"), source=JournalEntry.Source.PAYMENT, is_reversed=False
    )
    found = Settlement.objects.filter(
        Q(document__kind__in=POSTED_KINDS) | Q(document__kind__in=ADVANCED_KINDS),
        organisation_id=organisation_id,
        document__reviewed_at__isnull=False,
    )
    return found.exclude(method=CREDIT_METHOD).filter(~Exists(standing))


def entries_of_void_documents(organisation_id: UUID) -> QuerySet[JournalEntry]:
    """Entries that stand although their document was declared void meanwhile."""
    return JournalEntry.objects.filter(
        organisation_id=organisation_id,
        source=JournalEntry.Source.DOCUMENT,
        is_reversed=False,
        document__state=Document.State.VOID,
    )

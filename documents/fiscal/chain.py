"""The chain of a business's fiscal records."""

from datetime import datetime

from documents.fiscal.regime import REGIMES
from documents.models import Document, DocumentSettings, FiscalRecord


def keep(*, document: Document, act: FiscalRecord.Act, now: datetime) -> None:
    """Keep the fiscal record of an invoice that is issued or declared void, inside that act's transaction.

    Does nothing where the business has no regime.
    """
    regime = DocumentSettings.objects.filter(organisation_id=document.organisation_id, fiscal_regime__in=REGIMES)
    if not regime.exists():
        return

"""What the business and its contacts exchange."""

from documents.models.attachments import Attachment, InternalNote
from documents.models.contact import Contact
from documents.models.document import Document, Kind
from documents.models.figures import Figure
from documents.models.fiscal import FiscalRecord
from documents.models.lines import AllowanceCharge, DocumentLine, TaxLine
from documents.models.recurrence import Recurrence, Reminder
from documents.models.series import Series, SeriesCounter
from documents.models.settings import DocumentSettings, SavedFilter, TaxRate
from documents.models.settlement import Settlement

__all__ = [
    "AllowanceCharge",
    "Attachment",
    "Contact",
    "Document",
    "DocumentLine",
    "DocumentSettings",
    "Figure",
    "FiscalRecord",
    "InternalNote",
    "Kind",
    "Recurrence",
    "Reminder",
    "SavedFilter",
    "Series",
    "SeriesCounter",
    "Settlement",
    "TaxLine",
    "TaxRate",
]

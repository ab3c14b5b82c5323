"""What the business and its contacts exchange."""

from documents.models.contact import Contact
from documents.models.document import Document, Kind
from documents.models.lines import AllowanceCharge, DocumentLine, TaxLine
from documents.models.series import Series
from documents.models.settlement import Settlement

__all__ = [
    "AllowanceCharge",
    "Contact",
    "Document",
    "DocumentLine",
    "Kind",
    "Series",
    "Settlement",
    "TaxLine",
]

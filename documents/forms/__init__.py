"""The shape of what people send to the documents' pages."""

from documents.forms.contacts import ContactForm, LineField, countries
from documents.forms.filters import DEFAULT_ORDER, ORDERS, ContactFilter, DocumentFilter
from documents.forms.imports import ImportForm, ManyFilesField, ManyFilesInput

__all__ = [
    "DEFAULT_ORDER",
    "ORDERS",
    "ContactFilter",
    "ContactForm",
    "DocumentFilter",
    "ImportForm",
    "LineField",
    "ManyFilesField",
    "ManyFilesInput",
    "countries",
]

"""The staff's pages of contacts and documents."""

from documents.views.contacts import contact, contact_list, edit_contact, new_contact
from documents.views.documents import (
    document,
    document_original,
    document_pdf,
    issue_document,
    review_document,
    void_document,
)
from documents.views.imports import import_files, import_job
from documents.views.lists import document_list
from documents.views.settings import (
    edit_series,
    new_series,
    new_tax,
    retire_series,
    retire_tax,
    settings_general,
    settings_numbers,
    settings_taxes,
    use_series,
)

__all__ = [
    "contact",
    "contact_list",
    "document",
    "document_list",
    "document_original",
    "document_pdf",
    "edit_contact",
    "edit_series",
    "import_files",
    "import_job",
    "issue_document",
    "new_contact",
    "new_series",
    "new_tax",
    "retire_series",
    "retire_tax",
    "review_document",
    "settings_general",
    "settings_numbers",
    "settings_taxes",
    "use_series",
    "void_document",
]

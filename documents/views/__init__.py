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

__all__ = [
    "contact",
    "contact_list",
    "document",
    "document_list",
    "document_original",
    "document_pdf",
    "edit_contact",
    "import_files",
    "import_job",
    "issue_document",
    "new_contact",
    "review_document",
    "void_document",
]

"""Everything that writes contacts and documents."""

from documents.actions.contacts import contact_for
from documents.actions.drafts import NewLine, draft_document, issue_document, review_document, void_document
from documents.actions.imports import IMPORT, ImportReport, import_invoice, refusal_text, run_import_item, start_import
from documents.actions.settlements import settle

__all__ = [
    "IMPORT",
    "ImportReport",
    "NewLine",
    "contact_for",
    "draft_document",
    "import_invoice",
    "issue_document",
    "refusal_text",
    "review_document",
    "run_import_item",
    "settle",
    "start_import",
    "void_document",
]

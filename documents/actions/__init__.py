"""Everything that writes contacts and documents."""

from documents.actions.contacts import contact_for, save_contact, set_contact_email
from documents.actions.drafts import (
    NewLine,
    download_original,
    draft_document,
    issue_document,
    mark_sent,
    review_document,
    void_document,
)
from documents.actions.imports import (
    IMPORT,
    ImportReport,
    give_up_import_item,
    import_invoice,
    refusal_text,
    run_import_item,
    start_import,
)
from documents.actions.settings import save_settings, settings_of
from documents.actions.settlements import settle

__all__ = [
    "IMPORT",
    "ImportReport",
    "NewLine",
    "contact_for",
    "download_original",
    "draft_document",
    "give_up_import_item",
    "import_invoice",
    "issue_document",
    "mark_sent",
    "refusal_text",
    "review_document",
    "run_import_item",
    "save_contact",
    "save_settings",
    "set_contact_email",
    "settings_of",
    "settle",
    "start_import",
    "void_document",
]

"""Everything that writes contacts and documents."""

from documents.actions.contacts import (
    contact_for,
    delete_contact,
    review_contacts,
    save_contact,
    set_contact_email,
)
from documents.actions.contents import content_of
from documents.actions.conversions import (
    convert_document,
    credit_document,
    invoice_deliveries,
    new_version,
)
from documents.actions.drafts import delete_draft, duplicate_document, save_draft
from documents.actions.imports import (
    IMPORT,
    ImportReport,
    give_up_import_item,
    import_invoice,
    refusal_text,
    run_import_item,
    start_import,
)
from documents.actions.issuing import issue_document, void_document
from documents.actions.marks import download_original, mark_sent, review_document
from documents.actions.series import add_series, change_series, retire_series, use_series
from documents.actions.settings import save_settings, settings_of
from documents.actions.settlements import apply_credit, record_payment, settle, take_back_payment
from documents.actions.taxes import add_tax, retire_tax

__all__ = [
    "IMPORT",
    "ImportReport",
    "add_series",
    "add_tax",
    "apply_credit",
    "change_series",
    "contact_for",
    "content_of",
    "convert_document",
    "credit_document",
    "delete_contact",
    "delete_draft",
    "download_original",
    "duplicate_document",
    "give_up_import_item",
    "import_invoice",
    "invoice_deliveries",
    "issue_document",
    "mark_sent",
    "new_version",
    "record_payment",
    "refusal_text",
    "retire_series",
    "retire_tax",
    "review_contacts",
    "review_document",
    "run_import_item",
    "save_contact",
    "save_draft",
    "save_settings",
    "set_contact_email",
    "settings_of",
    "settle",
    "start_import",
    "take_back_payment",
    "use_series",
    "void_document",
]

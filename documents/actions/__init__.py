"""Everything that writes contacts and documents."""

from documents.actions.attachments import add_attachments, download_attachment, remove_attachment, share_attachment
from documents.actions.brought_orders import MOST_ORDER_LINES, BroughtOrder, bring_orders
from documents.actions.bulk import (
    download_result,
    pdf_file,
    refuse_item,
    run_bulk_item,
    start_bulk,
)
from documents.actions.contact_exports import (
    CONTACT_EXPORT,
    CONTENT_TYPES,
    MOST_AT_ONCE,
    download_contact_export,
    export_contacts,
    give_up_contact_export_item,
    run_contact_export_item,
    start_contact_export,
)
from documents.actions.contact_imports import (
    CONTACT_LIST,
    choose_contact_columns,
    give_up_contact_import_item,
    read_contact_rows,
    run_contact_import_item,
    start_contact_import,
    take_contact_list,
)
from documents.actions.contact_merge import merge_contacts
from documents.actions.contact_rows import contacts_meant
from documents.actions.contacts import (
    contact_for,
    delete_contact,
    review_contacts,
    save_contact,
    set_contact_email,
    set_contact_language,
)
from documents.actions.contents import DoesNotFit, content_of
from documents.actions.conversions import (
    AlreadyMade,
    convert_document,
    credit_document,
    invoice_deliveries,
    new_version,
)
from documents.actions.drafts import ChangedMeanwhile, delete_draft, duplicate_document, save_draft
from documents.actions.figures import fold_figures
from documents.actions.fiscal import (
    book_fiscal_answer,
    claim_fiscal_records,
    put_off_fiscal_records,
    resend_fiscal_record,
)
from documents.actions.imports import (
    IMPORT,
    ImportReport,
    give_up_import_item,
    import_invoice,
    run_import_item,
    start_import,
)
from documents.actions.issuing import issue_document, issue_order, void_document
from documents.actions.look import sample_pdf, sample_picture, save_look
from documents.actions.marks import download_original, mark_sent, review_document, take_back_review
from documents.actions.notes import remove_note, write_note
from documents.actions.pdfs import download_einvoice, download_pdf, look_of, pdf_of, shown_pdf
from documents.actions.prepayments import invoices_of, move_prepayment
from documents.actions.quotes import QuoteClosed, decide_quote, why_closed
from documents.actions.recurrences import (
    change_schedule,
    end_recurrence,
    make_recurring,
    note_unsent,
    pause_recurrence,
    resume_recurrence,
    run_recurrence,
    run_recurrence_now,
)
from documents.actions.reminders import (
    due_reminders,
    except_from_reminders,
    note_reminder,
    plan_reminders,
    reminder_words,
    try_reminders_again,
)
from documents.actions.saved_filters import delete_filter, rename_filter, save_filter
from documents.actions.series import add_series, change_series, retire_series, use_series
from documents.actions.settings import save_settings, settings_of
from documents.actions.settlements import (
    apply_credit,
    learn_fee,
    record_payment,
    settle,
    settle_locked,
    take_back_payment,
)
from documents.actions.taxes import add_tax, retire_tax

__all__ = [
    "CONTACT_EXPORT",
    "CONTACT_LIST",
    "CONTENT_TYPES",
    "IMPORT",
    "MOST_AT_ONCE",
    "MOST_ORDER_LINES",
    "AlreadyMade",
    "BroughtOrder",
    "ChangedMeanwhile",
    "DoesNotFit",
    "ImportReport",
    "QuoteClosed",
    "add_attachments",
    "add_series",
    "add_tax",
    "apply_credit",
    "book_fiscal_answer",
    "bring_orders",
    "change_schedule",
    "change_series",
    "choose_contact_columns",
    "claim_fiscal_records",
    "contact_for",
    "contacts_meant",
    "content_of",
    "convert_document",
    "credit_document",
    "decide_quote",
    "delete_contact",
    "delete_draft",
    "delete_filter",
    "download_attachment",
    "download_contact_export",
    "download_einvoice",
    "download_original",
    "download_pdf",
    "download_result",
    "due_reminders",
    "duplicate_document",
    "end_recurrence",
    "except_from_reminders",
    "export_contacts",
    "fold_figures",
    "give_up_contact_export_item",
    "give_up_contact_import_item",
    "give_up_import_item",
    "import_invoice",
    "invoice_deliveries",
    "invoices_of",
    "issue_document",
    "issue_order",
    "learn_fee",
    "look_of",
    "make_recurring",
    "mark_sent",
    "merge_contacts",
    "move_prepayment",
    "new_version",
    "note_reminder",
    "note_unsent",
    "pause_recurrence",
    "pdf_file",
    "pdf_of",
    "plan_reminders",
    "put_off_fiscal_records",
    "read_contact_rows",
    "record_payment",
    "refuse_item",
    "reminder_words",
    "remove_attachment",
    "remove_note",
    "rename_filter",
    "resend_fiscal_record",
    "resume_recurrence",
    "retire_series",
    "retire_tax",
    "review_contacts",
    "review_document",
    "run_bulk_item",
    "run_contact_export_item",
    "run_contact_import_item",
    "run_import_item",
    "run_recurrence",
    "run_recurrence_now",
    "sample_pdf",
    "sample_picture",
    "save_contact",
    "save_draft",
    "save_filter",
    "save_look",
    "save_settings",
    "set_contact_email",
    "set_contact_language",
    "settings_of",
    "settle",
    "settle_locked",
    "share_attachment",
    "shown_pdf",
    "start_bulk",
    "start_contact_export",
    "start_contact_import",
    "start_import",
    "take_back_payment",
    "take_back_review",
    "take_contact_list",
    "try_reminders_again",
    "use_series",
    "void_document",
    "why_closed",
    "write_note",
]

"""Rows of lists, prepared: everything formatted once, in Python, in the reader's language."""

from documents.rows.contact_imports import contact_cell
from documents.rows.contact_merge import compared_fields, duplicate_groups
from documents.rows.contacts import ContactColumns, balance_tiles, contact_facts, contact_rows
from documents.rows.documents import DocumentRow, ImportRow, document_rows, import_rows, runs_of
from documents.rows.jobs import ItemRow, JobRow, item_rows, job_rows
from documents.rows.page import (
    MADE_FROM_IT,
    POSSIBLE_VERSION,
    attachment_rows,
    note_rows,
    payment_rows,
    related_rows,
    relation_of,
)
from documents.rows.recurrences import RecurrenceRow, recurrence_rows

__all__ = [
    "MADE_FROM_IT",
    "POSSIBLE_VERSION",
    "ContactColumns",
    "DocumentRow",
    "ImportRow",
    "ItemRow",
    "JobRow",
    "RecurrenceRow",
    "attachment_rows",
    "balance_tiles",
    "compared_fields",
    "contact_cell",
    "contact_facts",
    "contact_rows",
    "document_rows",
    "duplicate_groups",
    "import_rows",
    "item_rows",
    "job_rows",
    "note_rows",
    "payment_rows",
    "recurrence_rows",
    "related_rows",
    "relation_of",
    "runs_of",
]

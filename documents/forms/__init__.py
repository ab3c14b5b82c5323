"""The shape of what people send to the documents' pages."""

from documents.forms.acts import act_on_rows, set_due, set_parts
from documents.forms.attachments import AttachmentsForm
from documents.forms.bulk import BulkForm, FilterNameForm
from documents.forms.contacts import ContactForm, LineField, chosen_ids, countries
from documents.forms.contacts_import import ContactColumnsForm, ContactListForm, merge_choices
from documents.forms.document_filter import DEFAULT_ORDER, ORDERS, DocumentFilter
from documents.forms.editor import Choices, EditorForm, texts_of
from documents.forms.filters import ContactFilter
from documents.forms.imports import ImportForm, ManyFilesField, ManyFilesInput
from documents.forms.lines import blank_line, percent_text
from documents.forms.payments import PaymentForm
from documents.forms.recurrence import RecurrenceForm
from documents.forms.reminders import RemindersForm
from documents.forms.shown import shown_figures
from documents.rules.periods import PERIODS

__all__ = [
    "DEFAULT_ORDER",
    "ORDERS",
    "PERIODS",
    "AttachmentsForm",
    "BulkForm",
    "Choices",
    "ContactColumnsForm",
    "ContactFilter",
    "ContactForm",
    "ContactListForm",
    "DocumentFilter",
    "EditorForm",
    "FilterNameForm",
    "ImportForm",
    "LineField",
    "ManyFilesField",
    "ManyFilesInput",
    "PaymentForm",
    "RecurrenceForm",
    "RemindersForm",
    "act_on_rows",
    "blank_line",
    "chosen_ids",
    "countries",
    "merge_choices",
    "percent_text",
    "set_due",
    "set_parts",
    "shown_figures",
    "texts_of",
]

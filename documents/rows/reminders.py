"""What the reminders of a business say, as its customers would read them."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import translation

from advisory_portal.core.access import Workspace
from advisory_portal.core.formatting import active_language, format_date, format_money
from documents.forms import RemindersForm
from documents.models import Document
from documents.rules.recurrence import filled
from documents.words import REMINDER_WORDS


def step_previews(
    form: RemindersForm, example: Document | None, place: Workspace
) -> Sequence[tuple[str, str, str, str]]:
    """Of each step our own subject and text, and what its subject and text become with an invoice of the business
    (an invented one where there is none), in the reader's language. Makes no query.
    """
    found = []
    for (days, subject, text), ours in zip(form.steps, REMINDER_WORDS, strict=True):
        values = _example_values(example, place, days.value())
        own_subject, own_text = str(ours[0]), str(ours[1])
        said = filled(str(subject.value() or own_subject), values), filled(str(text.value() or own_text), values)
        found.append((own_subject, own_text, *said))
    return found


def _example_values(example: Document | None, place: Workspace, days: object) -> dict[str, str]:
    late = str(days) if str(days).isdigit() else ""
    with translation.override(active_language()):
        if example is None:
            return {
                "number": "INV-0001", "amount": "", "due": "", "name": "", "business": place.name, "days": late,
            }  # fmt: skip
        due_on = example.due_on or example.issued_on + timedelta(days=30)
        return {
            "number": example.number,
            "amount": format_money(example.payable, example.currency),
            "due": format_date(due_on),
            "name": example.contact_name,
            "business": place.name,
            "days": late,
        }

"""When customers are reminded of what is overdue, and in which words."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from documents.models import DocumentSettings
from documents.rules import reminders as rules


class RemindersForm(forms.Form):
    """The switch, and of each step its days after the due date, subject and text."""

    reminders_on = forms.BooleanField(label=_("Remind customers of overdue invoices"), required=False)

    def __init__(self, *args: Any, kept: DocumentSettings, read_only: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"reminders_on": kept.reminders_on}
        for number, step in enumerate(rules.steps_of(kept.reminders), start=1):
            self.fields |= _fields(number)
            self.initial |= {
                f"days_{number}": step.days,
                f"subject_{number}": step.subject,
                f"text_{number}": step.text,
            }
        for field in self.fields.values():
            field.disabled = read_only

    @property
    def steps(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """Days, subject and text of each step."""
        return [(self[f"days_{n}"], self[f"subject_{n}"], self[f"text_{n}"]) for n in range(1, rules.STEPS + 1)]

    def clean(self) -> None:
        values = self.cleaned_data
        for number in range(1, rules.STEPS + 1):
            for name in (f"subject_{number}", f"text_{number}"):
                self._check_placeholders(name, values.get(name, ""))
        days = [values.get(f"days_{number}") for number in range(1, rules.STEPS + 1)]
        if None not in days and not rules.days_in_order([int(one or 0) for one in days]):
            self.add_error("days_3", _now("Each reminder comes later than the one before."))

    def _check_placeholders(self, name: str, text: str) -> None:
        unknown = rules.unknown_placeholders(text)
        if unknown:
            named = ", ".join(f"{{{one[:30]}}}" for one in unknown)
            words = ngettext("%(named)s is no placeholder.", "%(named)s are no placeholders.", len(unknown)) % {
                "named": named
            }
            self.add_error(name, words)

    @property
    def changes(self) -> dict[str, Any]:
        """What `actions.save_settings` takes of a valid form."""
        values = self.cleaned_data
        steps = [
            {"days": values[f"days_{n}"], "subject": values[f"subject_{n}"], "text": values[f"text_{n}"]}
            for n in range(1, rules.STEPS + 1)
        ]
        return {"reminders_on": values["reminders_on"], "reminders": steps}

    @property
    def days(self) -> list[int]:
        """The days of a valid form's steps."""
        return [int(step["days"]) for step in self.changes["reminders"]]


def _fields(number: int) -> dict[str, forms.Field]:
    return {
        f"days_{number}": forms.IntegerField(
            label=_("Days after the due date"), min_value=0, max_value=rules.MOST_DAYS
        ),
        f"subject_{number}": forms.CharField(label=_("Subject"), max_length=200, required=False),
        f"text_{number}": forms.CharField(
            label=_("Text"), max_length=3_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
        ),
    }

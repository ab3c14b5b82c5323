"""When a recurring invoice comes back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Recurrence
from documents.rules.recurrence import MOST_EVERY, Schedule

LATEST_YEAR = 2199


class RecurrenceForm(forms.Form):
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=MOST_EVERY, initial=1)
    unit = forms.ChoiceField(label=_("Unit of time"), choices=Recurrence.Unit.choices, initial=Recurrence.Unit.MONTH)
    started_on = forms.DateField(
        label=_("First on"), help_text=_("From the 29th on, a shorter month takes its last day.")
    )
    ends_on = forms.DateField(label=_("Last on"), required=False, help_text=_("Empty: until you end it."))
    is_issued = forms.BooleanField(
        label=_("Issue by itself"),
        required=False,
        initial=True,
        help_text=_("Otherwise a draft waits for you on each date."),
    )
    is_sent = forms.BooleanField(
        label=_("Send by itself"), required=False, help_text=_("By mail to the contact, with the PDF.")
    )

    def __init__(self, *args: Any, schedule: Recurrence | None = None, **kwargs: Any) -> None:
        if schedule is not None:
            kwargs["initial"] = {name: getattr(schedule, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        values = self.cleaned_data
        for name in ("started_on", "ends_on"):
            if values.get(name) and values[name].year > LATEST_YEAR:
                self.add_error(name, _("This is too far away."))
        if values.get("is_sent") and not values.get("is_issued"):
            self.add_error("is_sent", _("Only what is issued can be sent."))

    @property
    def schedule(self) -> Schedule:
        """The schedule of a valid form."""
        return Schedule(**self.cleaned_data)

"""What a business types when it lets a firm in, and a firm when it asks for it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from collaborations.models import Grant
from collaborations.rules.grants import OFFERED_DAYS, last_day_of
from partners.models import Role

OPEN, DATE = "open", "date"


class GrantForm(forms.Form):
    """A role of the business's own, and until when; the first time also the agreement.

    `today` and `time_zone` are the business's. Given a grant, the form changes it.
    """

    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), empty_label=None, widget=forms.RadioSelect)
    ends = forms.ChoiceField(label=_("Access ends"), widget=forms.RadioSelect, initial=OPEN)
    ends_on = forms.DateField(label=_("Last day"), required=False)
    agreed = forms.BooleanField(
        label=_("I have read the data-processing agreement and accept it for my business"),
        error_messages={"required": _("Without the agreement the firm cannot be let in.")},
    )
    agreement_version = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        roles: QuerySet[Role],
        today: date,
        time_zone: str,
        version: str,
        grant: Grant | None = None,
        **options: Any,
    ) -> None:
        initial: dict[str, Any] = {"agreement_version": version}
        if grant is not None:
            last = last_day_of(grant.ends_at, time_zone)
            initial |= {"role": grant.role_id, "ends": DATE if last else OPEN, "ends_on": last}
        super().__init__(*args, **{**options, "initial": initial})
        self._today = today
        fields: Any = self.fields
        fields["role"].queryset = roles
        fields["ends"].choices = [(str(days), _in_days(days)) for days in OFFERED_DAYS]
        fields["ends"].choices += [(DATE, _("On a day I choose")), (OPEN, _("When I take it away"))]
        if grant is not None:
            del self.fields["agreed"], self.fields["agreement_version"]

    def clean(self) -> None:
        if (
            self.cleaned_data.get("ends") == DATE
            and not self.cleaned_data.get("ends_on")
            and "ends_on" not in self.errors
        ):
            self.add_error("ends_on", _now("Choose the last day."))

    @property
    def last_day(self) -> date | None:
        """The last day of a valid form; None for an open end."""
        ends: str = self.cleaned_data["ends"]
        if ends == DATE:
            chosen: date = self.cleaned_data["ends_on"]
            return chosen
        return None if ends == OPEN else self._today + timedelta(days=int(ends))


def _in_days(days: int) -> str:
    return ngettext("In %(count)s day", "In %(count)s days", days) % {"count": days}


class AccessRequestForm(forms.Form):
    """Why the firm asks to be let in, or let in further."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The client reads it. Say which role you need, and for what."),
    )

"""Tax returns: what is filed, how one was filed, what the list is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import active_language
from advisory_portal.core.text import clean_line
from bookkeeping.models import TaxFiling
from bookkeeping.models.taxes import TaxFilings
from bookkeeping.rules.filings import Form
from bookkeeping.words import LENGTHS
from partners.models import Member

OVERDUE, NOBODY, NOT_FILED = "overdue", "nobody", "none"


class FormsForm(forms.Form):
    """For each form of the pack: not filed, or filed for one of its lengths of period."""

    use_required_attribute = False

    def __init__(self, *args: Any, pack: Mapping[str, Form], **options: Any) -> None:
        super().__init__(*args, **options)
        language = active_language()
        for code, form in pack.items():
            choices = [(NOT_FILED, _("Not filed")), *((length, LENGTHS[length]) for length in form.periods)]
            field = forms.ChoiceField(choices=choices)
            field.label = f"{code} – {form.name(language)}"
            self.fields[form_field(code)] = field

    @property
    def chosen(self) -> dict[str, str]:
        """The length of period of each form that is filed."""
        return {name.removeprefix("form-"): length for name, length in self.cleaned_data.items() if length != NOT_FILED}


def form_field(code: str) -> str:
    return f"form-{code}"


class FiledForm(forms.Form):
    """When a return was filed, and the number of its receipt."""

    use_required_attribute = False

    filed_on = forms.DateField(label=_("Filed on"), widget=forms.DateInput(attrs={"type": "date"}))
    reference = forms.CharField(
        label=_("Number of the receipt"),
        max_length=60,
        required=False,
        help_text=_("What the tax office gave: number of the receipt, or the secure verification code."),
    )

    def clean_reference(self) -> str:
        return clean_line(self.cleaned_data["reference"])


class AssignForm(forms.Form):
    """Who of the team does returns; cleans to the member, or None for nobody."""

    use_required_attribute = False

    def __init__(self, *args: Any, team: Sequence[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = {str(one.pk): one for one in team}
        choices = [("", _("Nobody")), *((pk, str(one)) for pk, one in self.team.items())]
        self.fields["member"] = forms.ChoiceField(label=_("Assigned to"), choices=choices, required=False)

    def clean_member(self) -> Member | None:
        return self.team.get(self.cleaned_data["member"])


class FilingNoteForm(forms.Form):
    """A note on a return."""

    use_required_attribute = False

    note = forms.CharField(label=_("Note"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True)
class FilingFilter:
    """What the address of the list asks for; what it cannot mean counts as nothing.

    `state` "" is what is to be done.
    """

    state: str = ""
    form: str = ""
    assigned: str = ""

    @classmethod
    def of(cls, query: QueryDict, pack: Mapping[str, Form]) -> FilingFilter:
        state, form, assigned = query.get("state", ""), query.get("form", ""), query.get("assigned", "")
        return cls(
            state=state if state in (*TaxFiling.State.values, OVERDUE, "all") else "",
            form=form if form in pack else "",
            assigned=assigned if assigned == NOBODY or _is_id(assigned) else "",
        )

    @property
    def is_active(self) -> bool:
        return bool(self.query)

    @property
    def query(self) -> str:
        said = {"state": self.state, "form": self.form, "assigned": self.assigned}
        return urlencode({name: value for name, value in said.items() if value})

    def apply(self, filings: TaxFilings, today: date) -> TaxFilings:
        if self.state == OVERDUE:
            filings = filings.overdue(today)
        elif not self.state:
            filings = filings.not_filed()
        elif self.state != "all":
            filings = filings.filter(state=self.state)
        if self.form:
            filings = filings.filter(form=self.form)
        if self.assigned:
            filings = filings.filter(assigned_to_id=None if self.assigned == NOBODY else UUID(self.assigned))
        return filings


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

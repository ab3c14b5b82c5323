"""Of what a person wants to be told; and how they name their views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.text import clean_line
from collaborations.forms.portal import PortalFilter
from collaborations.kpis import KPIS, MESSAGES
from collaborations.models import KpiPreference, SavedView

HIGHEST = 9_999


class KpiForm(forms.Form):
    """The activities to be told of, from which count on, and how often. Of a client `own` says whether its choice
    differs from the general one; without `own` what is ticked means nothing.
    """

    own = forms.TypedChoiceField(
        label=_("For this client"),
        choices=[("no", _("As I chose for all clients")), ("yes", _("Something else"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    kpis = forms.MultipleChoiceField(
        label=_("Activities"),
        choices=[*((code, kpi.label) for code, kpi in KPIS.items()), (MESSAGES, _("Messages"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rhythm = forms.ChoiceField(label=_("How often"), choices=KpiPreference.Rhythm.choices, widget=forms.RadioSelect)

    def __init__(self, data: QueryDict | None = None, *, chosen: KpiPreference | None, of_client: bool) -> None:
        """`chosen` is what holds now: the client's own row, the general one, or None for the usual."""
        usual = [*KPIS, MESSAGES]
        super().__init__(
            data,
            initial={
                "own": "yes" if chosen is not None and chosen.client_id else "no",
                "kpis": usual if chosen is None else chosen.kpis,
                "rhythm": KpiPreference.Rhythm.DAILY if chosen is None else chosen.rhythm,
            },
        )
        thresholds: Mapping[str, int] = {} if chosen is None else chosen.thresholds
        for code, kpi in KPIS.items():
            self.fields[f"threshold_{code}"] = forms.IntegerField(
                label=_now("%(kpi)s: from how many on") % {"kpi": kpi.label},
                min_value=1,
                max_value=HIGHEST,
                required=False,
                initial=thresholds.get(code, 1),
            )
        del self.fields["rhythm" if of_client else "own"]

    @property
    def thresholds(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"threshold_{code}"] or 1 for code in KPIS}

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """Each tick box with the field of its threshold; messages have none."""
        fields = [self[f"threshold_{code}"] for code in KPIS]
        return list(zip(self["kpis"], [*fields, None], strict=True))


class ViewNameForm(forms.Form):
    """A name for *My portal* as it is filtered now."""

    name = forms.CharField(label=_("Name"), max_length=SavedView._meta.get_field("name").max_length)
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def clean_query(self) -> str:
        """Only what the list understands."""
        return PortalFilter.of(QueryDict(self.cleaned_data["query"])).query

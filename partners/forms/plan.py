from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from partners.models import Plan


class PlanForm(forms.Form):
    """Which plan is subscribed to, of those on sale."""

    plan = forms.ModelChoiceField(queryset=Plan.objects.none())

    def __init__(self, *args: Any, plans: QuerySet[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]  # a field of choices has one

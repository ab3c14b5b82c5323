"""What a person says of a list that they bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class ColumnsForm(forms.Form):
    """What each column of a list holds; fields of a subclass say what holds for its rows.

    `parameters` are those of the list's job, `names` the columns that there are, with their names.
    """

    def __init__(
        self, data: QueryDict | None, *, parameters: Mapping[str, Any], names: Mapping[str, str | Promise]
    ) -> None:
        self.own = list(self.base_fields)
        super().__init__(data, initial={name: parameters[name] for name in self.own})
        choices = [("", _("Leave out")), *names.items()]
        for at, (head, column) in enumerate(zip(parameters["head"], parameters["columns"], strict=True)):
            label = head or _("Column %(number)s") % {"number": at + 1}
            field = forms.ChoiceField(label=label, choices=choices, required=False, initial=column)
            self.fields[f"column-{at}"] = field

    def column_fields(self) -> list[forms.BoundField]:
        """The fields of the columns, in the order of the file."""
        return [self[name] for name in self.fields if name not in self.own]

    def import_values(self) -> dict[str, Any]:
        """`columns` as they were chosen and what else was said, of a valid form."""
        columns = [self.cleaned_data[field.name] for field in self.column_fields()]
        return {"columns": columns, **{name: self.cleaned_data[name] for name in self.own}}

"""Lists of products that a person brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.rules.import_columns import COLUMNS
from catalog.words import COLUMN_NAMES


class ProductListForm(forms.Form):
    upload = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy("CSV or XLSX with a head: one row for each variant, known by its SKU."),
    )
    pictures = forms.FileField(
        label=gettext_lazy("Pictures"),
        required=False,
        help_text=gettext_lazy("A ZIP with the pictures that the list names."),
    )


class ColumnsForm(forms.Form):
    """What each column of a list holds."""

    def __init__(self, data: QueryDict | None, *, head: Sequence[str], columns: Sequence[str]) -> None:
        super().__init__(data)
        choices = [("", _("Leave out")), *((column, str(COLUMN_NAMES[column])) for column in COLUMNS)]
        for at, (name, column) in enumerate(zip(head, columns, strict=True)):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=name or _("Column %(number)s") % {"number": at + 1},
                choices=choices,
                required=False,
                initial=column,
            )

    @property
    def columns(self) -> list[str]:
        """The columns as they were chosen, of a valid form."""
        given: dict[str, Any] = self.cleaned_data
        return [given[name] for name in self.fields]

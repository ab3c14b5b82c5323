"""Lists of products and of orders that a person brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


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


class OrderListForm(forms.Form):
    upload = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy("CSV or XLSX with a head: one row for each line of an order, known by its SKU."),
    )


class ColumnsForm(forms.Form):
    """What each column of a list holds; `names` are the columns that there are, with their names."""

    def __init__(
        self, data: QueryDict | None, *, head: Sequence[str], columns: Sequence[str], names: Mapping[str, Promise]
    ) -> None:
        super().__init__(data)
        choices = [("", _("Leave out")), *((column, str(name)) for column, name in names.items())]
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

"""Lists of products and of orders that a person brings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ProductListForm(forms.Form):
    upload = forms.FileField(
        label=_("List"),
        help_text=_("CSV or XLSX with a head: one row for each variant, known by its SKU."),
    )
    pictures = forms.FileField(
        label=_("Pictures"),
        required=False,
        help_text=_("A ZIP with the pictures that the list names."),
    )


class OrderListForm(forms.Form):
    upload = forms.FileField(
        label=_("List"),
        help_text=_("CSV or XLSX with a head: one row for each line of an order, known by its SKU."),
    )

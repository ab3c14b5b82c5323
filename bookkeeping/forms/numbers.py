"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from advisory_portal.core.numbers import BadNumber, bounded_number


class AmountField(forms.CharField):
    """A number that is not negative, in the reader's language; cleans to a Decimal, None for nothing."""

    def __init__(self, *, decimals: int = 2, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "required": False, **options})
        self.decimals = decimals

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return bounded_number(text, decimals=self.decimals, least=Decimal(0))
        except BadNumber as error:
            raise ValidationError(str(error), code="invalid") from None

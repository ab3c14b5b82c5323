"""A payment that a person records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import format_number
from advisory_portal.core.money import exponent
from documents.forms.contacts import LineField
from documents.forms.numbers import BadNumber, bounded_number
from documents.models import Document
from documents.rules.kinds import HAND_METHODS
from documents.words import METHODS


class NumberField(forms.CharField):
    """A number in the reader's language; cleans to a Decimal, None for nothing."""

    def __init__(self, *, decimals: int = 8, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options)
        self.decimals = decimals

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return bounded_number(text, decimals=self.decimals)
        except BadNumber as error:
            raise ValidationError(str(error), code="invalid") from None


class PaymentForm(forms.Form):
    """Amount, day, way and reference. `key` is new on every page, so that a second click books nothing."""

    use_required_attribute = False

    amount = NumberField(label=_("Amount"))
    received_on = forms.DateField(label=_("Date"))
    method = forms.ChoiceField(label=_("How"), choices=lambda: [(name, METHODS[name]) for name in HAND_METHODS])
    reference = LineField(label=_("Reference"), max_length=200, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, document: Document, today: date, **options: Any) -> None:
        places = exponent(document.currency)
        initial = {
            "amount": format_number(document.outstanding, least=places),
            "received_on": today,
            "method": HAND_METHODS[0],
            "key": uuid4(),
        }
        super().__init__(*args, **{"initial": initial, **options})
        amount = self.fields["amount"]
        assert isinstance(amount, NumberField)
        amount.decimals = places

    def clean_amount(self) -> Decimal:
        """Anything but zero; a credit note is paid back with its sign."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount == 0:
            raise ValidationError(_("Write an amount."), code="zero")
        return amount

    @property
    def payment(self) -> dict[str, Any]:
        """What `actions.record_payment` takes of a valid form."""
        return {**self.cleaned_data, "key": str(self.cleaned_data["key"])}

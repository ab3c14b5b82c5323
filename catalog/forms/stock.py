"""What a person types of stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms.fields import LineField, NumberField
from catalog.models import StockMovement

Reason = StockMovement.Reason
# What people book by hand, and the direction of it: purchases and returns come, a correction says its sign.
BY_HAND = (Reason.PURCHASE, Reason.COUNT, Reason.CORRECTION, Reason.RETURNED)


class MovementForm(forms.Form):
    """What came, went or was counted."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[(one.value, one.label) for one in BY_HAND])
    quantity = NumberField(
        label=_("Quantity"),
        required=True,
        least=None,
        help_text=_("A count says how much there is. A correction may be negative."),
    )
    note = LineField(label=_("Note"), max_length=200, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        quantity: Decimal | None = cleaned.get("quantity")
        reason = cleaned.get("reason")
        if quantity is None:
            return cleaned
        if reason != Reason.CORRECTION and quantity < 0:
            self.add_error("quantity", _("This cannot be negative."))
        elif reason != Reason.COUNT and not quantity:
            self.add_error("quantity", _("Nothing moves."))
        return cleaned


class AlarmForm(forms.Form):
    alarm_at = NumberField(
        label=_("Low-stock alarm at"), help_text=_("We tell you once when no more than this is free. Empty for never.")
    )

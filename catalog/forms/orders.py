"""What staff fill in about an order."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.ids import uuid7
from catalog.forms.fields import LineField, NumberField


class DeclineForm(forms.Form):
    """Why an order is not taken; its contact reads it."""

    reason = LineField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The customer reads this."),
        error_messages={"required": _("Say why.")},
    )


class DeliveryForm(forms.Form):
    """What leaves of each line (`line-1`, …), when and by whom; `key` is of the click."""

    delivered_on = forms.DateField(label=_("Date"))
    tracking = LineField(label=_("Carrier and tracking number"), max_length=200, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, left: Iterable[tuple[int, Decimal]], **options: object
    ) -> None:
        super().__init__(data, **options)  # type: ignore[arg-type]
        self.positions = []
        for position, quantity in left:
            self.positions.append(position)
            self.fields[f"line-{position}"] = NumberField(label=_("Leaves now"), initial=quantity)
        self.fields["key"].initial = uuid7

    @property
    def quantities(self) -> dict[int, Decimal]:
        """What leaves, by position of the line."""
        found = {position: self.cleaned_data.get(f"line-{position}") for position in self.positions}
        return {position: quantity for position, quantity in found.items() if quantity}

"""What staff fill in about an order."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import format_number
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


class Left(NamedTuple):
    """What is still to be delivered of a line of an order."""

    position: int
    name: str
    quantity: Decimal


class DeliveryForm(forms.Form):
    """What leaves, when and by whom; `key` is of the click.

    Only lines that differ are filled in (`line-1`, …): beside all that is left those of which less leaves, else those
    of which anything does.
    """

    ALL, BUT, ONLY = "all", "but", "only"

    what = forms.ChoiceField(
        label=_("What leaves"),
        widget=forms.RadioSelect,
        initial=ALL,
        choices=[
            (ALL, _("All that is left")),
            (BUT, _("All that is left, but less of the lines I fill in")),
            (ONLY, _("Only the lines I fill in")),
        ],
    )
    delivered_on = forms.DateField(label=_("Date"))
    tracking = LineField(label=_("Carrier and tracking number"), max_length=200, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, left: Iterable[Left], **options: Any) -> None:
        super().__init__(data, **options)
        self.left = list(left)
        for one in self.left:
            self.fields[f"line-{one.position}"] = NumberField(label=one.name)
        self.fields["key"].initial = uuid7

    @property
    def lines(self) -> list[tuple[str, forms.BoundField]]:
        """Of each line how much is left, and its field."""
        return [(format_number(one.quantity), self[f"line-{one.position}"]) for one in self.left]

    @property
    def quantities(self) -> dict[int, Decimal]:
        """What leaves, by position of the line, of a valid form."""
        what = self.cleaned_data["what"]
        found = {}
        for one in self.left:
            typed = self.cleaned_data[f"line-{one.position}"] if what != self.ALL else None
            leaves = one.quantity if typed is None and what != self.ONLY else typed
            if leaves:
                found[one.position] = leaves
        return found

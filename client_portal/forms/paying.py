"""What a contact chooses when it pays."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import format_number
from advisory_portal.core.money import exponent
from advisory_portal.core.numbers import BadNumber, bounded_number

MOST_PAID = 50  # documents in one payment


def chosen_ids(data: QueryDict, name: str = "d") -> list[UUID]:
    """The documents that an address or a form names, each once; what is no id counts as nothing."""
    found: dict[UUID, None] = {}
    for text in data.getlist(name)[:MOST_PAID]:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)


class PayForm(forms.Form):
    """By which account, and how much of one document where a part may be paid."""

    account = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _("Choose how you want to pay.")})
    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("All that is open, or a part of it."),
    )

    def __init__(self, data: QueryDict | None, *, open_amounts: Sequence[Decimal], currency: str, part: bool) -> None:
        self.currency, self.most = currency, open_amounts[0] if open_amounts else Decimal(0)
        places = exponent(currency) if currency else 2
        super().__init__(data, initial={"amount": format_number(self.most, least=places)})
        if not part or len(open_amounts) != 1:
            del self.fields["amount"]

    def clean_amount(self) -> Decimal | None:
        """The part, None for all that is open."""
        text: str = self.cleaned_data["amount"]
        if not text:
            return None
        try:
            amount = bounded_number(text, decimals=exponent(self.currency))
        except BadNumber as error:
            raise ValidationError(str(error), code="invalid") from None
        if amount <= 0:
            raise ValidationError(_("Write an amount above zero."), code="zero")
        return amount

    @property
    def part(self) -> Decimal | None:
        """How much of the one document, None for all that is open."""
        cleaned: dict[str, Any] = self.cleaned_data
        return cleaned.get("amount")

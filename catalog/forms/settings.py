"""Settings > Catalog."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import format_number
from advisory_portal.core.money import exponent, fits
from catalog.forms.fields import NumberField
from catalog.models import CatalogSettings

COLUMNS = ("prices", "availability", "needs_approval", "payment", "allows_backorders", "cancel_until")


class CatalogSettingsForm(forms.Form):
    """How the catalog shows and sells. There is a minimum for each currency that contacts buy in."""

    prices = forms.ChoiceField(
        label=_("Prices are shown"), choices=CatalogSettings.Prices.choices, widget=forms.RadioSelect
    )
    availability = forms.ChoiceField(
        label=_("Of availability we show"), choices=CatalogSettings.Availability.choices, widget=forms.RadioSelect
    )
    allows_backorders = forms.BooleanField(
        label=_("More may be ordered than there is"),
        required=False,
        help_text=_("What is missing is delivered later. Otherwise nothing is ever sold twice."),
    )
    needs_approval = forms.BooleanField(
        label=_("We confirm each order"),
        required=False,
        help_text=_("An order holds its stock at once, and is binding when you confirm it."),
    )
    payment = forms.ChoiceField(
        label=_("Orders are paid"), choices=CatalogSettings.Payment.choices, widget=forms.RadioSelect
    )
    cancel_until = forms.ChoiceField(
        label=_("Contacts may cancel an order"),
        choices=[(value or "never", label) for value, label in CatalogSettings.Cancel.choices],
        widget=forms.RadioSelect,
    )
    low_stock_receivers = forms.MultipleChoiceField(
        label=_("Low stock is told to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: everybody who manages the catalog."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        kept: CatalogSettings,
        currencies: Sequence[str],
        team: Sequence[tuple[str, str]],
        read_only: bool,
    ) -> None:
        known: dict[str, Any] = {name: getattr(kept, name) for name in COLUMNS}
        known["cancel_until"] = kept.cancel_until or "never"
        known["low_stock_receivers"] = [str(one) for one in kept.low_stock_receivers]
        super().__init__(data, initial=known)
        receivers = self.fields["low_stock_receivers"]
        assert isinstance(receivers, forms.MultipleChoiceField)
        receivers.choices = team
        self.currencies = list(currencies)
        for currency in self.currencies:
            least = kept.minimum_amounts.get(currency)
            self.fields[f"minimum_{currency}"] = NumberField(
                label=_("Minimum amount of an order in %(currency)s") % {"currency": currency},
                help_text=_("Without tax. Empty for none."),
                initial=format_number(Decimal(least), least=exponent(currency)) if least else "",
            )
        for one in self.fields.values():
            one.disabled = read_only

    def clean(self) -> dict[str, Any] | None:
        for currency in self.currencies:
            amount = self.cleaned_data.get(f"minimum_{currency}")
            if amount is not None and not fits(amount, currency):
                self.add_error(f"minimum_{currency}", _("This currency has no units that small."))
        return super().clean()

    @property
    def changes(self) -> dict[str, Any]:
        """What `actions.save_catalog_settings` takes of a valid form."""
        given = self.cleaned_data
        minimums = {currency: amount for currency in self.currencies if (amount := given[f"minimum_{currency}"])}
        return {name: given[name] for name in COLUMNS} | {
            "cancel_until": "" if given["cancel_until"] == "never" else given["cancel_until"],
            "low_stock_receivers": [UUID(one) for one in given["low_stock_receivers"]],
            "minimum_amounts": {currency: f"{amount:f}" for currency, amount in minimums.items()},
        }

"""What a person types of price lists, prices and the terms of a contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from babel.numbers import get_currency_name
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.formatting import active_language, format_number, locale_of
from advisory_portal.core.money import CURRENCIES, exponent
from advisory_portal.core.numbers import BadNumber, bounded_number
from catalog.forms.fields import LineField, NumberField
from catalog.models import ContactTerms, PriceList
from catalog.rules import MOST_QUANTITY, Tier

SPARE_ROWS = 3
MOST_ROWS = 10


def currencies() -> list[tuple[str, str]]:
    """Every currency by its code, with its name in the reader's language."""
    locale = locale_of(active_language())
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in CURRENCIES]


class PriceListForm(forms.Form):
    """A price list; the currency of one that is there stays."""

    name = LineField(label=gettext_lazy("Name"), max_length=80)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currencies)

    def __init__(self, data: QueryDict | None, *, currency: str, price_list: PriceList | None = None) -> None:
        known = {"name": price_list.name, "currency": price_list.currency} if price_list else {"currency": currency}
        super().__init__(data, initial=known)
        self.fields["currency"].disabled = price_list is not None


class FillForm(forms.Form):
    """Prices for a whole list at once."""

    percent = NumberField(
        label=gettext_lazy("Percent off the list price"),
        required=True,
        help_text=gettext_lazy("For all variants that have no price on this list yet. 0 copies the list prices."),
    )

    def clean_percent(self) -> Decimal:
        percent: Decimal = self.cleaned_data["percent"]
        if percent > 100:
            raise forms.ValidationError(_("Write 100 at most."))
        return percent


class TermsForm(forms.Form):
    """Whether the catalog is on for a contact, and at which prices."""

    is_on = forms.BooleanField(label=gettext_lazy("Catalog on"), required=False)
    price_list = forms.ChoiceField(label=gettext_lazy("Price list"), required=False)

    def __init__(self, data: QueryDict | None, *, lists: Sequence[PriceList], terms: ContactTerms | None) -> None:
        known = {"is_on": terms.is_on, "price_list": str(terms.price_list_id or "")} if terms else {}
        super().__init__(data, initial=known)
        choice = self.fields["price_list"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("List prices")), *((str(one.pk), f"{one.name} · {one.currency}") for one in lists)]


@dataclass(slots=True)
class TierRow:
    """A quantity and its price as they are typed, and what is wrong with them."""

    quantity: str
    price: str
    errors: dict[str, str] = field(default_factory=dict)

    def tier(self) -> Tier | None:
        """What was typed; None, with errors, where it cannot be read."""
        quantity = self._read("quantity", self.quantity or "0", most=MOST_QUANTITY)
        price = self._read("price", self.price)
        return None if quantity is None or price is None else Tier(quantity, price)

    def _read(self, name: str, text: str, most: Decimal | None = None) -> Decimal | None:
        try:
            return bounded_number(text, digits=10, least=Decimal(0), most=most)
        except BadNumber as error:
            self.errors[name] = str(error) if text else _("Write a number.")
            return None


class TiersForm(forms.Form):
    """The prices of one variant on a list: repeated fields `from` and `price`, blank rows left out."""

    def __init__(self, data: QueryDict | None, *, tiers: Sequence[Tier], currency: str) -> None:
        super().__init__(data)
        if data is None:
            shown = [
                TierRow(format_number(one.from_quantity), format_number(one.price, least=exponent(currency)))
                for one in tiers
            ]
        else:
            pairs = zip(data.getlist("from"), data.getlist("price"), strict=False)
            shown = [TierRow(first.strip(), price.strip()) for first, price in pairs]
        self.rows = [row for row in shown if row.price or (row.quantity and data is not None)][:MOST_ROWS]
        self.tiers: list[Tier] = []

    def clean(self) -> None:
        for row in self.rows:
            tier = row.tier()
            if tier is not None:
                self.tiers.append(tier)
        if any(row.errors for row in self.rows):
            self.add_error(None, _("A number cannot be read."))

    @property
    def shown_rows(self) -> list[TierRow]:
        """The rows, and some to fill in."""
        spare = min(SPARE_ROWS, MOST_ROWS - len(self.rows))
        return [*self.rows, *(TierRow("", "") for _row in range(spare))]

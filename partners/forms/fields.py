"""Fields that several forms share."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from advisory_portal.core.text import clean_line
from partners.rules.countries import country_names
from partners.rules.phones import BadPhone, clean_phone
from partners.rules.tax_ids import EXAMPLES, BadTaxId, clean_tax_id


class LineField(forms.CharField):
    """One line of text, without control characters and doubled spaces."""

    def __init__(self, *, autocomplete: str = "", **options: Any) -> None:
        super().__init__(**options)
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


def countries() -> list[tuple[str, str]]:
    """Every country in the reader's language, with an empty choice first."""
    return [("", _("Choose a country")), *country_names(get_language() or "en")]


def country_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=countries,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )


class TaxAndPhone(forms.Form):
    """Checks `tax_id` and `phone` by the rules of `country`, all three fields of the same form."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        country = data.get("country")
        if country and data.get("tax_id"):
            self._clean_tax_id(data, country)
        phone = data.get("phone") or ""
        if phone and (country or phone.startswith("+")):
            self._clean_phone(data, country or "")
        return data

    def _clean_tax_id(self, data: dict[str, Any], country: str) -> None:
        try:
            data["tax_id"] = clean_tax_id(data["tax_id"], country)
        except BadTaxId:
            self.add_error("tax_id", tax_id_message(country))

    def _clean_phone(self, data: dict[str, Any], country: str) -> None:
        try:
            data["phone"] = clean_phone(data["phone"], country)
        except BadPhone:
            self.add_error("phone", phone_message())


def tax_id_message(country: str) -> str:
    """What is wrong with a tax id, with one that would be right."""
    name = dict(country_names(get_language() or "en"))[country]
    if country in EXAMPLES:
        return _("This is not a tax id of %(country)s. One looks like %(example)s.") % {
            "country": name,
            "example": EXAMPLES[country],
        }
    return _("This is not a tax id of %(country)s. Use its letters and digits only.") % {"country": name}


def phone_message() -> str:
    return _("This is not a phone number. One looks like %(example)s.") % {"example": "+34 912 34 56 78"}

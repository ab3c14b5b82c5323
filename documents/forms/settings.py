"""The settings of documents as they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms.contacts import LineField
from documents.models import DocumentSettings, Series

CATEGORY_NAMES = {  # UNTDID 5305
    "S": _("Standard or reduced rate"),
    "Z": _("Zero rate"),
    "E": _("Exempt"),
    "AE": _("Reverse charge"),
    "K": _("Intra-Community supply"),
    "G": _("Export"),
    "O": _("Not subject to tax"),
    "L": _("IGIC (Canary Islands)"),
    "M": _("IPSI (Ceuta and Melilla)"),
}


NONE_CHOSEN = {"fiscal_regime": "none", "default_tax": "country"}  # what a form says for ""


class SettingsPart(forms.Form):
    """A part of the settings: its fields are columns of them. Who may only look sees it without a button."""

    def __init__(self, *args: Any, kept: DocumentSettings, read_only: bool, **options: Any) -> None:
        initial = {name: getattr(kept, name) for name in self.base_fields}
        initial |= {name: none for name, none in NONE_CHOSEN.items() if initial.get(name) == ""}
        super().__init__(*args, **{**options, "initial": initial})
        for field in self.fields.values():
            field.disabled = read_only

    @property
    def changes(self) -> dict[str, Any]:
        """What `actions.save_settings` takes of a valid form."""
        given = self.cleaned_data.items()
        return {name: "" if name in NONE_CHOSEN and value == NONE_CHOSEN[name] else value for name, value in given}


class GeneralForm(SettingsPart):
    payment_days = forms.IntegerField(
        label=_("Days to pay"),
        min_value=0,
        max_value=365,
        help_text=_("From the date of an invoice to its due date. A contact may have its own."),
    )
    quote_days = forms.IntegerField(label=_("Days a quote is valid"), min_value=1, max_value=365)
    closed_until = forms.DateField(
        label=_("Closed until"),
        required=False,
        help_text=_(
            "Nothing dated up to this day can be issued, declared void or paid any more: the books that you declared "
            "to the tax agency stay as they are. Only owners and administrators can open them again; that is recorded."
        ),
    )
    fiscal_regime = forms.ChoiceField(label=_("Reporting"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, regimes: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["fiscal_regime"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("none", _("No reporting")), *regimes]
        if not regimes:
            del self.fields["fiscal_regime"]


class UsualTaxForm(SettingsPart):
    default_tax = forms.ChoiceField(
        label=_("Usual tax"), help_text=_("New lines begin with it. Each line can have another.")
    )

    def __init__(self, *args: Any, taxes: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["default_tax"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("country", _("The usual one of your country")), *taxes]


class SeriesForm(forms.Form):
    """A series of numbers. What can no longer change is shown, and cannot be typed."""

    kind = forms.ChoiceField(label=_("For"))
    begins = LineField(
        label=_("Prefix"),
        max_length=20,
        help_text=_("Every number begins with it. For example: INV-"),
    )
    digits = forms.IntegerField(
        label=_("Digits"), min_value=1, max_value=8, initial=4, help_text=_("4 writes 0001, 0002 and so on.")
    )
    is_yearly = forms.BooleanField(
        label=_("Starts anew every year"),
        required=False,
        initial=True,
        help_text=_("The year becomes part of the number: INV-2026-0001."),
    )
    next_number = forms.IntegerField(
        label=_("Next number"),
        min_value=1,
        max_value=99_999_999,
        initial=1,
        help_text=_("Set it further before the first use, if you have numbered elsewhere until now."),
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], is_used: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = kinds
        for name in ("begins", "is_yearly", "next_number") if is_used else ():
            self.fields[name].disabled = True

    @classmethod
    def initial_of(cls, series: Series, next_number: int) -> dict[str, Any]:
        columns = ("kind", "digits", "is_yearly")
        values = {name: getattr(series, name) for name in columns}
        return {**values, "begins": series.prefix, "next_number": next_number}

    @property
    def values(self) -> dict[str, Any]:
        """What the actions take of a valid form, besides the kind."""
        values = {name: self.cleaned_data[name] for name in ("digits", "is_yearly", "next_number")}
        return {**values, "prefix": self.cleaned_data["begins"]}


class TaxForm(forms.Form):
    """A rate of the business's own."""

    name = LineField(label=_("Name"), max_length=60, help_text=_("As it stands in the editor. For example: VAT 5 %"))
    category = forms.ChoiceField(label=_("Category"), choices=list(CATEGORY_NAMES.items()))
    percent = forms.DecimalField(label=_("Percent"), min_value=0, max_value=999, decimal_places=6, initial=0)
    surcharge_percent = forms.DecimalField(
        label=_("Equivalence surcharge"), min_value=0, max_value=999, decimal_places=6, initial=0, required=False
    )
    exemption_reason = LineField(
        label=_("Reason of the exemption"),
        max_length=200,
        required=False,
        help_text=_("Printed on the document. For example: Exempt, article 20 of the VAT law."),
    )

    def __init__(self, *args: Any, has_surcharge: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not has_surcharge:
            del self.fields["surcharge_percent"]

    @property
    def values(self) -> dict[str, Any]:
        """What `actions.add_tax` takes of a valid form."""
        return {**self.cleaned_data, "surcharge_percent": self.cleaned_data.get("surcharge_percent") or Decimal(0)}

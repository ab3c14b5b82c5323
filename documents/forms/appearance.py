"""How documents look, as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError as NotANumber

from documents.forms.contacts import LineField
from documents.models import DocumentSettings

MOST_LOGO_BYTES = 10 * 1024 * 1024
COLUMNS = ("layout", "footer", "note", "account_name", "iban", "bic")  # of the settings; the rest goes elsewhere


class AppearanceForm(forms.Form):
    """Layout, logo, colour, texts and account. Who may only look sees it without a button."""

    layout = forms.ChoiceField(label=_("Layout"), choices=DocumentSettings.Layout.choices, widget=forms.RadioSelect)
    logo = forms.FileField(
        label=_("Logo"), required=False, allow_empty_file=True, help_text=_("PNG, JPEG or WebP, up to 10 MB.")
    )
    without_logo = forms.BooleanField(label=_("Print no logo"), required=False)
    accent = forms.CharField(
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("A colour looks like #1f4e79."))],
        help_text=_("Your portal wears it too."),
    )
    footer = forms.CharField(
        label=_("Footer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("At the foot of every page: where you are registered, say."),
    )
    note = forms.CharField(
        label=_("Note on new documents"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("New documents begin with it. Each can have another."),
    )
    account_name = LineField(
        label=_("Account holder"), max_length=70, required=False, help_text=_("Your organisation's name if left empty.")
    )
    iban = LineField(
        label="IBAN",
        max_length=42,
        required=False,
        help_text=_("Invoices name it; those in euro carry a code that banking apps read."),
    )
    bic = LineField(label="BIC", max_length=14, required=False)

    def __init__(self, *args: Any, kept: DocumentSettings, accent: str, read_only: bool, **options: Any) -> None:
        initial = {name: getattr(kept, name) for name in COLUMNS} | {"accent": accent}
        initial["iban"] = iban_numbers.format(kept.iban) if kept.iban else ""
        super().__init__(*args, **{**options, "initial": initial})
        if kept.logo_id is None:
            del self.fields["without_logo"]
        for field in self.fields.values():
            field.disabled = read_only

    def clean_iban(self) -> str:
        typed: str = self.cleaned_data["iban"]
        try:
            return str(iban_numbers.validate(typed)) if typed else ""
        except NotANumber:
            raise forms.ValidationError(_("This IBAN is not right. Compare it with your bank's.")) from None

    def clean_bic(self) -> str:
        typed: str = self.cleaned_data["bic"]
        try:
            return str(bic_numbers.validate(typed)) if typed else ""
        except NotANumber:
            raise forms.ValidationError(_("This BIC is not right. Compare it with your bank's.")) from None

    @property
    def changes(self) -> dict[str, Any]:
        """The columns of the settings."""
        return {name: self.cleaned_data[name] for name in COLUMNS}

    @property
    def upload(self) -> bytes | None:
        """The new logo, at most one byte over the limit; None if none was chosen."""
        file = self.cleaned_data.get("logo")
        return file.read(MOST_LOGO_BYTES + 1) if file else None

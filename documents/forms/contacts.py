"""What a person types of a contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import active_language
from advisory_portal.core.text import clean_line
from documents.models import Contact
from partners.rules.countries import country_names


class LineField(forms.CharField):
    """One line: line breaks and control characters, which no page sends, become spaces or nothing."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


def countries() -> list[tuple[str, str]]:
    """Every country in the reader's language; a contact may have none."""
    return [("", str(_("Not known"))), *country_names(active_language())]


class ContactForm(forms.ModelForm[Contact]):
    kind = forms.ChoiceField(label=_("Kind"), choices=Contact.Kind.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of documents and mails to this contact.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)

    class Meta:
        model = Contact
        fields = (
            "kind", "name", "tax_id", "email", "phone", "language", "street", "postcode", "city", "region", "country",
        )  # fmt: skip
        field_classes = dict.fromkeys(("name", "tax_id", "phone", "street", "postcode", "city", "region"), LineField)

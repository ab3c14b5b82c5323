"""What a person says of a list of contacts, and of contacts that are the same."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import active_language
from advisory_portal.core.lists.forms import ColumnsForm
from documents.models import Contact
from documents.rules import MERGED_FIELDS
from partners.rules.countries import country_names


class ContactListForm(forms.Form):
    """The file to import."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 50 MB and 200,000 rows. The first row names the columns."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


def known_countries() -> list[tuple[str, str]]:
    return [("", str(_("None"))), *country_names(active_language())]


class ContactColumnsForm(ColumnsForm):
    """What each column holds, and what is done with rows that do not say, or say what is known."""

    kind = forms.ChoiceField(
        label=_("They are"),
        choices=Contact.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_("Of rows that do not say it themselves."),
    )
    known = forms.ChoiceField(
        label=_("Contacts that are there already"),
        choices=[
            ("skip", _("Leave them as they are")),
            ("update", _("Update them with what the file says")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Known by their tax id, else their e-mail address, else their name."),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=known_countries,
        required=False,
        help_text=_("Of rows that name none. Tax ids are checked by it."),
    )


def merge_choices(data: QueryDict) -> tuple[UUID | None, dict[str, UUID]]:
    """Of the merge page: which contact stays, and from which each field is taken. What is no id counts as not said."""
    values = {field: found for field in MERGED_FIELDS if (found := _id(data.get(f"take-{field}", "")))}
    return _id(data.get("kept", "")), values


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""What a firm's people say of its clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.ids import uuid7
from advisory_portal.core.lists.forms import ColumnsForm
from advisory_portal.core.text import clean_line
from collaborations.models import Client, ClientNote
from collaborations.rules.clients import OutsideClient


class LineField(forms.CharField):
    """One line: line breaks and control characters, which no page sends, become spaces or nothing."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


def new_key() -> str:
    """The id of what a form is about to make, so that it is made once however often it is sent."""
    return str(uuid7())


class OutsideClientForm(forms.Form):
    """A client without an account here."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)
    name = LineField(label=_("Name"), max_length=200)
    tax_id = LineField(
        label=_("Tax id"),
        max_length=30,
        required=False,
        help_text=_("If the client opens an account under it one day, this becomes that client."),
    )
    software = LineField(
        label=_("Software"), max_length=80, required=False, help_text=_("What they keep their books with.")
    )
    contact_name = LineField(label=_("Contact person"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = LineField(label=_("Phone"), max_length=30, required=False)

    @classmethod
    def of(cls, data: QueryDict | None, client: Client) -> OutsideClientForm:
        """The form of a client that is there."""
        columns = ("name", "tax_id", "software", "contact_name", "email", "phone")
        return cls(data, initial={"key": client.pk} | {name: getattr(client, name) for name in columns})

    def says(self) -> OutsideClient:
        """What the actions take of a valid form."""
        return OutsideClient(**{name: value for name, value in self.cleaned_data.items() if name != "key"})


class NoteForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)
    text = forms.CharField(
        label=_("New note"),
        max_length=ClientNote._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For your team only. The client never sees it."),
    )


class TagsForm(forms.Form):
    tags = LineField(
        label=_("Tags"),
        max_length=400,
        required=False,
        help_text=_("Separate them by commas. They filter My portal."),
    )

    def chosen(self) -> list[str]:
        text: str = self.cleaned_data["tags"]
        return [tag for tag in text.split(",") if tag.strip()]


def chosen_members(data: QueryDict) -> set[UUID]:
    """Members picked in a dialog. What is no id counts as not picked."""
    found = set()
    for text in data.getlist("members"):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


# --- Lists of clients ------------------------------------------------------------------------------------------


class ClientListForm(forms.Form):
    """The file to import."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 5 MB and 5,000 rows. The first row names the columns."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class ClientColumnsForm(ColumnsForm):
    """What each column holds, and what is done with clients that are there."""

    known = forms.ChoiceField(
        label=_("Clients that are there already"),
        choices=[
            ("skip", _("Leave them as they are")),
            ("update", _("Update them with what the file says")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Known by their tax id, else their name. Those with an account here always stay as they are."),
    )

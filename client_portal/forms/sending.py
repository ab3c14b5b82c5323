"""A mail that brings a document."""

import re
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

MOST_TYPED = 1_000


class AddressesField(forms.CharField):
    """Addresses with commas, semicolons or spaces between them; cleans to a list."""

    def clean(self, value: Any) -> list[str]:
        found = [one for one in re.split(r"[,;\s]+", super().clean(value)) if one]
        for address in found:
            try:
                validate_email(address)
            except forms.ValidationError:
                message = _now("“%(address)s” is not an e-mail address.") % {"address": address[:80]}
                raise forms.ValidationError(message) from None
            if len(address) > 254:
                raise forms.ValidationError(_now("This address is too long."))
        return found


class SendForm(forms.Form):
    """A mail that brings a document. `sending` is the same however often the button is pressed."""

    to = AddressesField(
        label=_("Send to"),
        max_length=MOST_TYPED,
        help_text=_("Several addresses with commas between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Text"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("A button that opens the document follows the text."),
    )
    attach_pdf = forms.BooleanField(label=_("Attach the PDF"), required=False, initial=True)
    copy_to_me = forms.BooleanField(label=_("Send a copy to me"), required=False)
    sending = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def values(self) -> dict[str, Any]:
        """What `send_document` and `send_reminder` take of a valid form."""
        return dict(self.cleaned_data)


class SendingForm(forms.Form):
    """A button that mails: `sending` is the same however often it is pressed."""

    sending = forms.UUIDField(required=False)


class ContactsForm(forms.Form):
    """The contacts that were ticked in a list."""

    MOST_IDS = 5_000

    @property
    def ids(self) -> list[UUID]:
        """Their ids; what is none is left out."""
        return list(filter(None, map(id_of, self.data.getlist("contact")[: self.MOST_IDS])))  # type: ignore[attr-defined]


def id_of(text: str) -> UUID | None:
    """The id that a text says, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None

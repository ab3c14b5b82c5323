"""The settings of a portal as they are typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from client_portal.models import PortalSettings

NOTHING = "nothing"  # what the form says for ""


class PortalSettingsForm(forms.Form):
    """How the portal greets and what it asks. Who may only look sees it without a button."""

    title = forms.CharField(
        label=_("Title"),
        max_length=80,
        required=False,
        help_text=_("Beside the logo. Without one your name stands there."),
    )
    welcome = forms.CharField(
        label=_("Welcome text"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Contacts read it where they log in, and on their first page."),
    )
    link_hours = forms.IntegerField(
        label=_("Hours that a link works"),
        min_value=1,
        max_value=720,
        help_text=_("Of links that you mail to contacts without a password. Links that are out keep their time."),
    )
    allows_codes = forms.BooleanField(
        label=_("Contacts may also log in with a code that is mailed to them"), required=False
    )
    takes_part = forms.BooleanField(
        label=_("Contacts may pay a part of a document online"),
        required=False,
        help_text=_("Otherwise they pay all that is open."),
    )
    signature = forms.ChoiceField(
        label=_("Signature of who accepts a quote"), choices=PortalSettings.Signature, widget=forms.RadioSelect
    )
    terms = forms.CharField(
        label=_("Terms of quotes"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Who accepts a quote reads them first. They are kept with the decision as they were shown."),
    )
    accepted_becomes = forms.ChoiceField(
        label=_("An accepted quote becomes by itself"),
        choices=[(value or NOTHING, label) for value, label in PortalSettings.Accepted.choices],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kept: PortalSettings, link_hours: int, read_only: bool, **options: Any) -> None:
        initial = {name: getattr(kept, name) for name in self.base_fields if name != "link_hours"}
        initial |= {"link_hours": link_hours, "accepted_becomes": kept.accepted_becomes or NOTHING}
        super().__init__(*args, **{**options, "initial": initial})
        for field in self.fields.values():
            field.disabled = read_only

    @property
    def changes(self) -> dict[str, Any]:
        """What `actions.save_portal_settings` takes of a valid form."""
        becomes = self.cleaned_data["accepted_becomes"]
        return {**self.cleaned_data, "accepted_becomes": "" if becomes == NOTHING else becomes}

"""What a contact answers to a quote."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from client_portal.models import PortalSettings, QuoteDecision
from client_portal.rules import LONGEST_SIGNATURE

DRAWN, TYPED = "drawn", "typed"


class AcceptForm(forms.Form):
    """Name, terms and signature of a yes. What the settings do not ask for has no field."""

    agreed = forms.BooleanField(
        label=_("I have read the terms and agree to them"),
        error_messages={"required": _("Read the terms and tick this box.")},
    )
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    reference = forms.CharField(
        label=_("Your order number"),
        max_length=60,
        required=False,
        help_text=_("If you have one, it is on every document that follows."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    way = forms.ChoiceField(
        label=_("Signature"),
        choices=[(TYPED, _("My typed name is my signature")), (DRAWN, _("I draw my signature"))],
        initial=TYPED,
        widget=forms.RadioSelect,
    )
    signature = forms.CharField(
        label=_("Signature"), max_length=LONGEST_SIGNATURE, required=False, widget=forms.HiddenInput
    )
    terms = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, settings: PortalSettings) -> None:
        super().__init__(data)
        if not settings.terms:
            del self.fields["agreed"]
        if settings.signature != PortalSettings.Signature.DRAWN:
            del self.fields["way"], self.fields["signature"]

    def clean_signature(self) -> str:
        """The drawing, where the person chose to draw."""
        drawn: str = self.cleaned_data["signature"]
        if self.cleaned_data.get("way") != DRAWN:
            return ""
        if not drawn:
            raise forms.ValidationError(_("Draw your signature, or choose to type it."))
        return drawn

    def values(self) -> dict[str, Any]:
        """What an `Answer` takes of a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("agreed", "way")}
        return {"accepted": True, **said}


class DeclineForm(forms.Form):
    """Name and reason of a no."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        required=False,
        help_text=_("What would make it fit? They read it with your answer."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def values(self) -> dict[str, Any]:
        """What an `Answer` takes of a valid form."""
        return {"accepted": False, **self.cleaned_data}


class RecordForm(forms.Form):
    """What the customer told staff: yes or no, who said it, and how."""

    answer = forms.ChoiceField(
        label=_("Their answer"),
        choices=[("yes", _("They accept the quote")), ("no", _("They decline it"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether they accept or decline.")},
    )
    name = forms.CharField(
        label=_("Who decided"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    told_by = forms.ChoiceField(label=_("How they told you"), choices=QuoteDecision.Told.choices)
    reference = forms.CharField(
        label=_("Their order number"),
        max_length=60,
        required=False,
        help_text=_("If they gave one, it is on every document that follows."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why they decline"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def values(self) -> dict[str, Any]:
        """What an `Answer` takes of a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "answer"}
        return {"accepted": self.cleaned_data["answer"] == "yes", **said}

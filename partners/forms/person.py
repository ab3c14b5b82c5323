"""What people say of themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy

from partners.forms.fields import LineField, phone_message
from partners.forms.log_in import PASSWORD_HELP
from partners.models import User
from partners.rules.phones import BadPhone, clean_phone


class ProfileForm(forms.Form):
    """Name, phone and language."""

    name = LineField(label=gettext_lazy("Name"), max_length=150, autocomplete="name")
    phone = LineField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        autocomplete="tel",
        help_text=gettext_lazy("With the country code, for example +34 912 34 56 78."),
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        try:
            return clean_phone(phone) if phone else ""
        except BadPhone:
            raise forms.ValidationError(phone_message()) from None


class JoinForm(forms.Form):
    """The account of an invited person, whose address is known already."""

    name = LineField(label=gettext_lazy("Name"), max_length=150, autocomplete="name")
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=128,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self._email, name=self.cleaned_data.get("name", "")))
        return password


class PreferencesForm(forms.Form):
    """For each kind of message, two boxes: by mail and in the application."""

    def __init__(self, *args: Any, kinds: dict[str, str], chosen: dict[str, tuple[bool, bool]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._kinds = kinds
        for kind, label in kinds.items():
            by_email, in_app = chosen.get(kind, (True, True))
            self.fields[f"{kind}:email"] = forms.BooleanField(label=label, required=False, initial=by_email)
            self.fields[f"{kind}:app"] = forms.BooleanField(label=label, required=False, initial=in_app)

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """What each message is about, and its two boxes."""
        return [(label, self[f"{kind}:email"], self[f"{kind}:app"]) for kind, label in self._kinds.items()]

    @property
    def choices(self) -> dict[str, tuple[bool, bool]]:
        """By kind: whether by mail, whether in the application; once the form is valid."""
        data = self.cleaned_data
        return {kind: (data[f"{kind}:email"], data[f"{kind}:app"]) for kind in self._kinds}

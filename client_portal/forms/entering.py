"""Entering a portal: address, password, code."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

LONGEST_PASSWORD = 200


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class LogInForm(forms.Form):
    email = email_field()
    password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class EmailForm(forms.Form):
    """The address that a mail is to go to."""

    email = email_field()


class CodeForm(forms.Form):
    """The code that was mailed to the address."""

    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code-input"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


class ChoiceForm(forms.Form):
    """Which of the contacts of one's address one is now."""

    contact = forms.UUIDField()


class NewPasswordForm(forms.Form):
    """A new password and its confirmation."""

    password = forms.CharField(
        label=_("New password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=_("At least ten characters. A few words that only you would put together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Confirm the new password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        if "password" in values and "again" in values and values["password"] != values["again"]:
            self.add_error("again", _now("The two passwords are not the same."))
        return values

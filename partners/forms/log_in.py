"""allauth's forms in our words. settings.ACCOUNT_FORMS and MFA_FORMS name them."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy

LONGEST_ADDRESS = 254  # what the tables hold; Django's own limit is 320
PASSWORD_HELP = gettext_lazy("At least 10 characters; not your name, and nothing that everybody uses.")
LABELS = {
    "code": gettext_lazy("Code"),
    "email": gettext_lazy("E-mail"),
    "login": gettext_lazy("E-mail"),
    "name": gettext_lazy("Name"),
    "oldpassword": gettext_lazy("Current password"),
    "password": gettext_lazy("Password"),
    "password1": gettext_lazy("Password"),
    "password2": gettext_lazy("The same password again"),
    "passwordless": gettext_lazy("Log in with this passkey alone"),
}


class OurWords(forms.Form):
    """Our labels, and no placeholders: they vanish when one types."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if name in ("email", "login"):
                field.validators = [*field.validators, MaxLengthValidator(LONGEST_ADDRESS)]
            if name == "password1":
                field.help_text = PASSWORD_HELP


class LogInForm(OurWords, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password."""


class ConfirmPasswordForm(OurWords, account.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The password once more, before something that matters."""


class RecoverForm(OurWords, account.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The address to which the link for a new password goes."""


class NewPasswordForm(OurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A new password, for whoever came by a mailed link."""


class ChangePasswordForm(OurWords, account.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """A new password for the old one."""


class SetPasswordForm(OurWords, account.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The first password of an account without one."""


class AddressForm(OurWords, account.AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """A new address to log in with."""


class CodeForm(OurWords, mfa.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second factor at log-in."""


class ConfirmCodeForm(OurWords, mfa.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A code once more, before something that matters."""


class SetUpAppForm(OurWords, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of an authenticator app."""


class AddPasskeyForm(OurWords, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey and its name."""

    name = forms.CharField(max_length=100, required=False)


class RenamePasskeyForm(OurWords, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Another name for a passkey."""

    name = forms.CharField(max_length=100)

"""Forms that allauth shows, in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy

from partners.forms.fields import LineField
from partners.forms.organisation import OrganisationPart
from partners.rules.values import NewPerson

LONGEST_ADDRESS = 254  # what the tables hold; Django's own limit is 320


class OurWords(forms.Form):
    """Without placeholders, which vanish when one types; labels say the same."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("email", "login"):
                field.label = gettext_lazy("E-mail")
                field.validators = [*field.validators, MaxLengthValidator(LONGEST_ADDRESS)]


class LoginForm(OurWords, allauth_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password."""


class ResetPasswordForm(OurWords, allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The address to which the link for a new password goes."""


class AddressForm(OurWords, allauth_forms.AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """A new address to log in with."""


class RegisterForm(OrganisationPart, OurWords, allauth_forms.SignupForm):  # type: ignore[misc]  # allauth has no types
    """A person and their first organisation, written by one action, which the adapter calls."""

    name = LineField(label=gettext_lazy("Name"), max_length=150, autocomplete="name")
    terms = forms.BooleanField(label=gettext_lazy("I accept the terms of use"))

    @property
    def person(self) -> NewPerson:
        """What was given, once the form is valid."""
        data = self.cleaned_data
        return NewPerson(
            name=data["name"],
            email=data["email"],
            password=data["password1"],
            phone=data["phone"],
            language=get_language() or "en",
        )

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        """Register; an address that has an account, also since a moment ago, gets a mail and the same answer."""
        if not self.account_already_exists:  # type: ignore[has-type]  # allauth's
            user = get_adapter().register(self.person, self.organisation)
            if user is not None:
                return user, None
            self.account_already_exists = True
        answer: tuple[None, HttpResponse] = super().try_save(request)
        return answer

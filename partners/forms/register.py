"""Registration of R1."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy

from partners.forms.fields import LineField
from partners.forms.log_in import OurWords
from partners.forms.organisation import OrganisationPart
from partners.rules.values import NewPerson


class RegisterForm(OrganisationPart, OurWords, SignupForm):  # type: ignore[misc]  # allauth has no types
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

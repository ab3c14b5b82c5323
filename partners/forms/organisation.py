"""What organisations say of themselves."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from advisory_portal.core.money import CURRENCIES
from partners.forms.fields import LineField, TaxAndPhone, country_field
from partners.models import Organisation
from partners.rules.values import NewOrganisation, OrganisationDetails


def time_zones() -> list[tuple[str, str]]:
    """Zones named after places."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class OrganisationPart(TaxAndPhone):
    """The part of registration that makes an organisation; the same for one's first and every further one."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Account type"),
        choices=Organisation.Kind.choices,
        widget=forms.RadioSelect,
    )
    organisation_name = LineField(label=gettext_lazy("Legal name"), max_length=200, autocomplete="organization")
    country = country_field()
    tax_id = LineField(
        label=gettext_lazy("Tax id"),
        max_length=30,
        help_text=gettext_lazy("The number that is printed on your invoices."),
    )
    legal_form = LineField(
        label=gettext_lazy("Legal form"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For example: S.L., GmbH, sole trader."),
    )
    team_size = forms.ChoiceField(label=gettext_lazy("Team size"), choices=Organisation.TeamSize.choices)
    profession = forms.ChoiceField(
        label=gettext_lazy("Profession"),
        choices=[("", gettext_lazy("Choose a profession")), *Organisation.Profession.choices],
    )
    phone = LineField(
        label=gettext_lazy("Phone"),
        max_length=30,
        autocomplete="tel",
        widget=forms.TextInput(attrs={"type": "tel"}),
    )

    # The profession is asked of firms only: a browser would insist on the field that it does not show.
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        is_business = self.data.get("kind") == Organisation.Kind.BUSINESS
        self.fields["profession"].required = not is_business

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == Organisation.Kind.BUSINESS:
            data["profession"] = ""
        return data

    @property
    def organisation(self) -> NewOrganisation:
        """What was given, once the form is valid."""
        data = self.cleaned_data
        return NewOrganisation(
            kind=data["kind"],
            name=data["organisation_name"],
            tax_id=data["tax_id"],
            country=data["country"],
            legal_form=data["legal_form"],
            team_size=data["team_size"],
            profession=data["profession"],
            phone=data["phone"],
        )


class AddOrganisationForm(OrganisationPart):
    """Another organisation of a person who has an account."""


class OrganisationForm(TaxAndPhone):
    """The data of an organisation that is there."""

    name = LineField(label=gettext_lazy("Legal name"), max_length=200)
    country = country_field()
    tax_id = LineField(label=gettext_lazy("Tax id"), max_length=30)
    legal_form = LineField(label=gettext_lazy("Legal form"), max_length=80, required=False)
    profession = forms.ChoiceField(
        label=gettext_lazy("Profession"), choices=Organisation.Profession.choices, required=False
    )
    team_size = forms.ChoiceField(label=gettext_lazy("Team size"), choices=Organisation.TeamSize.choices)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = LineField(label=gettext_lazy("Phone"), max_length=30, required=False)
    street = LineField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = LineField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = LineField(label=gettext_lazy("City"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("For documents and mails to people whose language is not known."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES])

    def __init__(self, *args: Any, organisation: Organisation, read_only: bool = False, **options: Any) -> None:
        fields = OrganisationDetails.__slots__
        initial = {field: getattr(organisation, field) for field in fields}
        super().__init__(*args, **{**options, "initial": initial})
        if organisation.kind == Organisation.Kind.FIRM:
            self.fields["profession"].required = True
        else:
            del self.fields["profession"]
        for field in self.fields.values():
            field.disabled = read_only

    @property
    def details(self) -> OrganisationDetails:
        """What was given, once the form is valid."""
        return OrganisationDetails(**{"profession": "", **self.cleaned_data})

"""What a firm shows of itself. A draft may lack everything; what is there has to be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.text import clean_line, plain
from partners.forms.fields import LineField, country_field, phone_message
from partners.models import Organisation
from partners.rules.phones import BadPhone, clean_phone
from partners.rules.pictures import MOST_BYTES
from partners.rules.profiles import EMPTY, MOST_STAFF, REQUIRED, SOCIAL, complete
from partners.rules.programme import PROFESSIONS
from partners.words import FIELDS, INDUSTRIES, PROVINCES, SERVICES, SPECIALITIES, language_choices
from partners.words import SOCIAL as NETWORKS

LONGEST_DESCRIPTION = 4_000
MOST_LINES, LONGEST_LINE = 20, 80
SPARE_ROWS = 2
BAD_LINK = gettext_lazy("This is not a web address. One looks like https://example.com.")


def profession_choices() -> list[tuple[str, Any]]:
    """The professions that may join the programme."""
    labels = dict(Organisation.Profession.choices)
    return [("", gettext_lazy("Choose a profession")), *((code, labels[code]) for code in PROFESSIONS)]


def several(key: str, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=FIELDS[key],
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def yes_or_no(key: str, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=FIELDS[key], required=False, help_text=help_text)


class LinkField(forms.URLField):
    """A web address, https where nothing else is said; nothing that a browser would run."""

    default_validators = [URLValidator(schemes=["http", "https"], message=BAD_LINK)]
    default_error_messages = {"invalid": BAD_LINK}

    def __init__(self, **options: Any) -> None:
        widget = forms.URLInput(attrs={"inputmode": "url", "placeholder": "https://"})
        super().__init__(assume_scheme="https", max_length=200, required=False, widget=widget, **options)


class LinesField(forms.CharField):
    """A list of texts, one a line, without repeats."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, max_length=MOST_LINES * (LONGEST_LINE + 2), widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [clean_line(line) for line in (super().clean(value) or "").splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line))
        if len(kept) > MOST_LINES:
            raise forms.ValidationError(_("Write at most %(most)s lines.") % {"most": MOST_LINES})
        if any(len(line) > LONGEST_LINE for line in kept):
            text = ngettext(
                "A line may have %(most)s character at most.",
                "A line may have %(most)s characters at most.",
                LONGEST_LINE,
            )
            raise forms.ValidationError(text % {"most": LONGEST_LINE})
        return kept


class ProfileContentForm(forms.Form):
    """A profile's content as a form. `content` is what may be kept of it, also when something is wrong."""

    use_required_attribute = False

    display_name = LineField(label=FIELDS["display_name"], max_length=120, required=False)
    tagline = LineField(
        label=FIELDS["tagline"],
        max_length=140,
        required=False,
        help_text=gettext_lazy("One sentence that says what you do for your clients."),
    )
    description = forms.CharField(
        label=FIELDS["description"],
        max_length=LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=gettext_lazy("Plain text. An empty line begins a new paragraph."),
    )
    profession = forms.ChoiceField(label=FIELDS["profession"], choices=profession_choices, required=False)
    services = several("services", list(SERVICES.items()))
    specialities = several("specialities", list(SPECIALITIES.items()))
    industries = several("industries", list(INDUSTRIES.items()))
    languages = several("languages", language_choices, gettext_lazy("Those you work in with clients."))
    city = LineField(label=FIELDS["city"], max_length=100, required=False)
    postcode = LineField(label=FIELDS["postcode"], max_length=20, required=False)
    region = LineField(
        label=FIELDS["region"], max_length=80, required=False, widget=forms.TextInput(attrs={"list": "provinces"})
    )
    country = country_field()
    regions_served = LinesField(
        label=FIELDS["regions_served"], help_text=gettext_lazy("Provinces or regions, one a line.")
    )
    works_remotely = yes_or_no("works_remotely")
    email = forms.EmailField(label=FIELDS["email"], max_length=254, required=False)
    email_public = yes_or_no("email_public")
    phone = LineField(
        label=FIELDS["phone"], max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    phone_public = yes_or_no("phone_public")
    website = LinkField(label=FIELDS["website"])
    website_public = yes_or_no("website_public")
    accreditations = LinesField(
        label=FIELDS["accreditations"],
        help_text=gettext_lazy("Memberships, licences, certificates: one a line."),
    )
    price_from = forms.DecimalField(
        label=FIELDS["price_from"],
        min_value=0,
        max_digits=9,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("What the smallest service costs a month."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    price_currency = forms.ChoiceField(
        label=FIELDS["price_currency"], choices=[(code, code) for code in CURRENCIES], required=False
    )
    accepting_clients = yes_or_no("accepting_clients")
    hidden_from_directory = yes_or_no(
        "hidden_from_directory", gettext_lazy("Only businesses that are logged in find you then, in the marketplace.")
    )

    def __init__(self, *args: Any, content: Mapping[str, Any], **options: Any) -> None:
        self._before = complete(content)
        initial = {**self._before, **_spread(self._before)}
        super().__init__(*args, **{**options, "initial": initial})
        for network in SOCIAL:
            self.fields[f"social-{network}"] = LinkField(label=NETWORKS[network])
        self.staff_rows = range(min(len(self._before["staff"]) + SPARE_ROWS, MOST_STAFF))
        for row in range(MOST_STAFF if self.is_bound else len(self.staff_rows)):
            self.fields[f"staff-{row}-name"] = LineField(label=_("Name"), max_length=100, required=False)
            self.fields[f"staff-{row}-role"] = LineField(label=_("What they do"), max_length=100, required=False)
            self.fields[f"staff-{row}-public"] = forms.BooleanField(label=_("Show publicly"), required=False)

        self._mark_required()

    def _mark_required(self) -> None:
        """Say beside the fields what submission needs; a draft may lack it, so nothing is checked by this."""
        for key in (*REQUIRED, "price_currency"):
            self.fields[key].required = True

    def full_clean(self) -> None:
        for key in (*REQUIRED, "price_currency"):
            self.fields[key].required = False
        super().full_clean()
        self._mark_required()

    def clean_description(self) -> str:
        lines = [clean_line(line) for line in self.cleaned_data["description"].splitlines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def clean_region(self) -> str:
        """A Spanish province as it is written, whatever its case and accents here."""
        typed: str = self.cleaned_data["region"]
        return next((name for name in PROVINCES if plain(name) == plain(typed)), typed)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("phone"):
            try:
                data["phone"] = clean_phone(data["phone"], data.get("country") or "")
            except BadPhone:
                self.add_error("phone", phone_message())
        for row in self.staff_rows if not self.is_bound else range(MOST_STAFF):
            if data.get(f"staff-{row}-role") and not data.get(f"staff-{row}-name"):
                self.add_error(f"staff-{row}-name", _("Write the person’s name."))
        return data

    @property
    def networks(self) -> list[forms.BoundField]:
        """The fields of the social networks."""
        return [self[f"social-{network}"] for network in SOCIAL]

    @property
    def people(self) -> list[list[forms.BoundField]]:
        """Name, role and switch of each person, and spare rows."""
        return [[self[f"staff-{row}-{key}"] for key in ("name", "role", "public")] for row in self.staff_rows]

    @property
    def content(self) -> dict[str, Any]:
        """What was given, with what was there before in the place of what is wrong."""
        data, given = self.cleaned_data, dict(self._before)
        given |= {key: data[key] for key in EMPTY if key in data}
        if "price_from" in data:
            given["price_from"] = "" if data["price_from"] is None else f"{data['price_from']:.2f}"
        before = self._before["social"]
        links = {name: data.get(f"social-{name}", before.get(name, "")) for name in SOCIAL}
        given["social"] = {name: link for name, link in links.items() if link}
        given["staff"] = list(self._people())
        return complete(given)

    def _people(self) -> Iterator[dict[str, Any]]:
        for row in range(MOST_STAFF):
            name = self.cleaned_data.get(f"staff-{row}-name")
            if name:
                role = self.cleaned_data.get(f"staff-{row}-role") or ""
                yield {"name": name, "role": role, "public": self.cleaned_data.get(f"staff-{row}-public", False)}


def _spread(content: Mapping[str, Any]) -> dict[str, Any]:
    """Links and people by the names of their own fields."""
    spread = {f"social-{name}": link for name, link in content["social"].items()}
    for row, person in enumerate(content["staff"]):
        spread |= {f"staff-{row}-{key}": value for key, value in person.items()}
    for row in range(len(content["staff"]), MOST_STAFF):
        spread[f"staff-{row}-public"] = True
    return spread


class PictureForm(forms.Form):
    """A logo or a cover picture."""

    picture = forms.FileField(label=gettext_lazy("Picture"), allow_empty_file=True)

    @property
    def upload(self) -> bytes:
        """The file's bytes, one more than allowed at most."""
        content: bytes = self.cleaned_data["picture"].read(MOST_BYTES + 1)
        return content

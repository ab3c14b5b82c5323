"""Who belongs to an organisation and what they may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxLengthValidator, validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.access import Level, Section
from partners.forms.fields import LineField
from partners.forms.log_in import LONGEST_ADDRESS
from partners.models import Role
from partners.rules import MOST_INVITED_AT_ONCE


def role_field(**options: Any) -> forms.ModelChoiceField[Role]:
    """A choice of roles, by their names in the reader's language; the form sets which."""
    return forms.ModelChoiceField(Role.objects.none(), label=gettext_lazy("Role"), empty_label=None, **options)


class InviteForm(forms.Form):
    """Addresses, and the role that all of them are offered."""

    emails = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=6_000,
        help_text=gettext_lazy("One address, or several with commas or on lines of their own."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    role = role_field(widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: QuerySet[Role], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["role"]
        field.queryset = roles

    def clean_emails(self) -> list[str]:
        addresses = [part.lower() for part in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if part]
        if not addresses:
            raise forms.ValidationError(self.fields["emails"].error_messages["required"])
        if len(addresses) > MOST_INVITED_AT_ONCE:
            raise forms.ValidationError(_("Invite at most %(most)s people at once.") % {"most": MOST_INVITED_AT_ONCE})
        for address in addresses:
            self._check(address)
        return addresses

    def _check(self, address: str) -> None:
        try:
            validate_email(address)
            MaxLengthValidator(LONGEST_ADDRESS)(address)
        except forms.ValidationError:
            shown = address if len(address) <= 60 else f"{address[:60]}…"
            raise forms.ValidationError(_("“%(text)s” is not an e-mail address.") % {"text": shown}) from None


class GiveRoleForm(forms.Form):
    """Another role for a member."""

    role = role_field()

    def __init__(self, *args: Any, roles: QuerySet[Role], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["role"]
        field.queryset = roles


class RoleForm(forms.Form):
    """A name, and a level for each section."""

    name = LineField(label=gettext_lazy("Name"), max_length=60)

    def __init__(self, *args: Any, sections: tuple[str, ...], role: Role | None = None, **options: Any) -> None:
        initial: dict[str, Any] = {"name": role.name} if role else {}
        levels = role.levels if role else {}
        initial |= {f"level-{section}": levels.get(section, Level.NONE) for section in sections}
        super().__init__(*args, **{**options, "initial": initial})
        self._sections = sections
        for section in sections:
            self.fields[f"level-{section}"] = forms.TypedChoiceField(
                label=Section(section).label,
                choices=Level.choices,
                coerce=int,
                widget=forms.RadioSelect,
            )

    def rows(self) -> list[forms.BoundField]:
        """The choice of a level for each section."""
        return [self[f"level-{section}"] for section in self._sections]

    @property
    def levels(self) -> dict[str, int]:
        """By section, once the form is valid."""
        return {section: self.cleaned_data[f"level-{section}"] for section in self._sections}


class ActivityFilter(forms.Form):
    """What part of the log is asked for; what cannot be read is left out."""

    person = forms.UUIDField(required=False)
    thing = forms.RegexField(r"^[a-z_.]{1,60}$", required=False)
    firm = forms.UUIDField(required=False)
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def conditions(self, time_zone: str) -> dict[str, Any]:
        """Lookups on history entries; days are those of the time zone, the last one included."""
        self.full_clean()
        data = self.cleaned_data
        zone = ZoneInfo(time_zone)
        wanted = {"actor_id": data.get("person"), "subject_kind": data.get("thing"), "firm_id": data.get("firm")}
        if data.get("since"):
            wanted["created_at__gte"] = datetime.combine(data["since"], time.min, zone).astimezone(UTC)
        if data.get("until") and data["until"].year < 9999:
            end = data["until"] + timedelta(days=1)
            wanted["created_at__lt"] = datetime.combine(end, time.min, zone).astimezone(UTC)
        return {lookup: value for lookup, value in wanted.items() if value}

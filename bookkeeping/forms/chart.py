"""Accounts, and the posting rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.text import clean_line
from bookkeeping.forms.contacts import contact_named
from bookkeeping.forms.journal import account_of
from bookkeeping.models import LedgerAccount
from bookkeeping.rules import PARTS_OF_CONTACT
from bookkeeping.words import PARTS
from documents.models import Contact


class AccountForm(forms.Form):
    """A code of digits and a name."""

    use_required_attribute = False

    code = forms.CharField(label=_("Code"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    name = forms.CharField(label=_("Name"), max_length=120)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])


class AccountNameForm(forms.Form):
    """Another name."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=120)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])


class ContactRuleForm(forms.Form):
    """An account for a part of one contact."""

    use_required_attribute = False

    part = forms.ChoiceField(label=_("Part"), choices=lambda: [(name, PARTS[name][0]) for name in PARTS_OF_CONTACT])
    contact = forms.CharField(label=_("Contact"), max_length=200, help_text=_("Its name or its tax id."))
    account = forms.ModelChoiceField(LedgerAccount.objects.none(), label=_("Account"))
    field_order = ("contact", "part", "account")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = LedgerAccount.objects.visible_to(actor).in_use().order_by("code")
        self.fields["contact"].widget.attrs |= {"list": "contact-names", "autocomplete": "off"}

    def clean_contact(self) -> Contact:
        return contact_named(self.actor, self.cleaned_data["contact"])


class RulesForm(forms.Form):
    """An account for every part, typed by code or name; cleans to the accounts that were said."""

    use_required_attribute = False

    def __init__(self, *args: Any, accounts: Sequence[LedgerAccount], **options: Any) -> None:
        super().__init__(*args, **options)
        self.accounts = accounts
        for part, (label, help_text) in PARTS.items():
            widget = forms.TextInput(attrs={"list": "account-names", "autocomplete": "off"})
            field = forms.CharField(max_length=140, widget=widget)
            field.label, field.help_text = str(label), str(help_text)
            self.fields[part] = field

    def clean(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        for part, text in said.items():
            account = account_of(self.accounts, text)
            if account is None:
                self.add_error(part, _("Choose an account of the chart."))
            else:
                self.cleaned_data[part] = account
        return self.cleaned_data

    @property
    def labels(self) -> dict[str, str]:
        """The account of each part in words: as typed, where that is one, else as it was."""
        known = {part: str(self.initial.get(part, "")) for part in PARTS}
        typed = {part: account_of(self.accounts, self.data.get(part, "")) for part in PARTS if part in self.data}
        return known | {part: str(account) for part, account in typed.items() if account}

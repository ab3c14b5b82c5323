"""Accounts at payment companies as they are typed. What is secret is never given back to the page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from advisory_portal.gateways import CREDENTIALS, PUBLIC
from advisory_portal.gateways.keys import LONGEST
from client_portal.models import GatewayAccount

LABELS = {
    "secret_key": _("Secret key"),
    "client_id": _("Client ID"),
    "client_secret": _("Secret"),
    "access_token": _("Access token"),
    "location_id": _("Location ID"),
}
HELP = {
    "secret_key": _("Begins with “sk_” or, restricted, with “rk_”. It is kept encrypted and never shown again."),
    "client_secret": _("It is kept encrypted and never shown again."),
    "access_token": _("Begins with “EAAA”. It is kept encrypted and never shown again."),
    "location_id": _("Payments are taken in the currency of this location."),
}


class KeysForm(forms.Form):
    """The credentials of a kind of account, as `gateways.CREDENTIALS` names them."""

    def __init__(self, *args: Any, kind: str, public: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in CREDENTIALS[kind]:
            secret = name not in PUBLIC
            self.fields[name] = forms.CharField(
                label=LABELS[name],
                help_text=HELP.get(name, ""),
                max_length=LONGEST,
                initial=(public or {}).get(name, ""),
                widget=forms.PasswordInput() if secret else forms.TextInput(),
            )
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        self.kind = kind

    @property
    def credentials(self) -> dict[str, str]:
        """What `actions.connect_account` takes of a valid form."""
        return {name: self.cleaned_data[name] for name in CREDENTIALS[self.kind]}


class ConnectForm(KeysForm):
    """The credentials, and what contacts read beside the company's name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("Contacts read it beside the company’s name, as in “Card”. It can be left empty."),
    )
    field_order = (*CREDENTIALS["stripe"], *CREDENTIALS["paypal"], *CREDENTIALS["square"], "name")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(self.field_order)


class AccountForm(forms.Form):
    """What of an account is no key. Who may only look sees it without a button."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("Contacts read it beside the company’s name, as in “Card”. It can be left empty."),
    )
    for_new_contacts = forms.BooleanField(
        label=_("New customers may pay by it"),
        required=False,
        help_text=_("Each customer’s page says by what it may pay, and can be changed there."),
    )

    def __init__(self, *args: Any, account: GatewayAccount, read_only: bool, **options: Any) -> None:
        initial = {"name": account.name, "for_new_contacts": account.for_new_contacts}
        super().__init__(*args, **{**options, "initial": initial})
        for field in self.fields.values():
            field.disabled = read_only


class HookForm(forms.Form):
    """What a person copied of a webhook that they made at the company."""

    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=250,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {"stripe": _("Signing secret"), "paypal": _("Webhook ID"), "square": _("Signature key")}
        self.fields["secret"].label = labels[kind]


class ContactGatewaysForm(forms.Form):
    """By which accounts a contact may pay."""

    accounts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, accounts: Sequence[GatewayAccount], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["accounts"].choices = [(str(one.pk), str(one)) for one in accounts]  # type: ignore[attr-defined]

    @property
    def account_ids(self) -> list[UUID]:
        return [UUID(one) for one in self.cleaned_data["accounts"]]

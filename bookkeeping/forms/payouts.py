from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from bookkeeping.forms.bank_lines import as_id
from bookkeeping.forms.journal import account_of
from bookkeeping.forms.numbers import AmountField
from bookkeeping.models import LedgerAccount
from bookkeeping.models.matching import usable_accounts
from bookkeeping.rules.payouts import LABELS


class PayoutForm(forms.Form):
    """Which money of which gateway a line paid out, and an account for what is neither that nor its fee."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    gateway = forms.ChoiceField(choices=list(LABELS.items()), widget=forms.HiddenInput)
    account = forms.CharField(label=_("Account of the chart"), max_length=140, required=False)
    rate = AmountField(label=_("Rate"), decimals=8)

    def __init__(self, data: QueryDict | None = None, *, actor: Actor, gateway: str = "") -> None:
        super().__init__(data, initial={"key": uuid7(), "gateway": gateway})
        self.accounts = list(usable_accounts(actor))
        self.fields["account"].widget.attrs |= {"list": "account-names", "autocomplete": "off"}
        said = data.getlist("money") if data is not None else []
        self.money: list[UUID] = [found for one in said if (found := as_id(one)) is not None]
        self.reasons = [code for code in (data.getlist("reason") if data is not None else []) if code in REASONS][:5]

    def clean_account(self) -> LedgerAccount | None:
        text = self.cleaned_data["account"]
        found = account_of(self.accounts, text) if text else None
        if text and found is None:
            raise ValidationError(_now("Choose an account of the chart."), code="unknown")
        return found


REASONS = ("gateway", "fees", "guessed")

"""What staff ask of the list of online payments, and what they decide about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import format_number
from advisory_portal.core.money import exponent
from advisory_portal.core.numbers import BadNumber, bounded_number
from advisory_portal.gateways import KINDS
from client_portal import rules
from client_portal.models import GatewayPayment
from client_portal.models.payments.money import GatewayPayments
from documents.models import Contact, Document


@dataclass(frozen=True)
class PaymentFilter:
    """What the address of the list asks for; what it cannot mean counts as nothing."""

    words: str = ""
    company: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, query: QueryDict) -> PaymentFilter:
        company, status = query.get("company", ""), query.get("status", "")
        return cls(
            words=query.get("q", "").replace("\x00", "").strip()[:100],
            company=company if company in KINDS else "",
            status=status if status in GatewayPayment.Status.values else "",
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
        )

    @property
    def is_active(self) -> bool:
        return self != PaymentFilter()

    def apply(self, payments: GatewayPayments, actor: Actor) -> GatewayPayments:
        """The payments of these; words are of the payer's name, or the whole id at the company."""
        found = payments
        if self.words:
            contacts = Contact.objects.visible_to(actor).matching(self.words)
            found = found.filter(Q(provider_id=self.words) | Q(contact__in=contacts))
        if self.company:
            found = found.filter(account__kind=self.company)
        if self.status:
            found = found.filter(status=self.status)
        zone = ZoneInfo(actor.place.time_zone)
        if self.since:
            found = found.filter(paid_at__gte=datetime.combine(self.since, time(), zone))
        if self.until:
            found = found.filter(paid_at__lt=datetime.combine(self.until + timedelta(days=1), time(), zone))
        return found


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 1900 < day.year < 9999 else None


class MoneyForm(forms.Form):
    """An amount of a payment."""

    use_required_attribute = False

    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, payment: GatewayPayment, amount: Decimal, **options: Any) -> None:
        self.decimals = exponent(payment.currency)
        initial = {"amount": format_number(amount, least=self.decimals)} | options.pop("initial", {})
        super().__init__(*args, **{**options, "initial": initial})

    def clean_amount(self) -> Decimal:
        try:
            amount = bounded_number(self.cleaned_data["amount"], decimals=self.decimals)
        except BadNumber as error:
            raise ValidationError(str(error), code="invalid") from None
        if amount <= 0:
            raise ValidationError(_("Write an amount above zero."), code="zero")
        return amount


class RefundForm(MoneyForm):
    """How much goes back, and why. `key` is new on every page, so that a second click refunds nothing."""

    note = forms.CharField(label=_("Reason"), max_length=200, required=False, help_text=_("The payer reads it."))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, initial={"key": uuid4()}, **options)


class MatchForm(MoneyForm):
    """The document that a payment is for, by its number."""

    number = forms.CharField(label=_("Invoice or sales order"), max_length=100, help_text=_("Its number."))
    field_order = ("number", "amount")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        self.found: list[Document] = []

    @property
    def chosen(self) -> Document:
        """The document of a valid form."""
        return self.found[0]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        documents = Document.objects.visible_to(self.actor).filter(kind__in=rules.PAID_ONLINE, number__iexact=number)
        self.found = list(documents.exclude(state__in=(Document.State.DRAFT, Document.State.VOID))[:2])
        if not self.found:
            raise ValidationError(_("There is no invoice or sales order of this number."), code="unknown")
        if len(self.found) > 1:
            raise ValidationError(_("Several documents have this number. Record the payment on the document."))
        return number


class LookForm(forms.Form):
    """What somebody decided about a payment that was to be looked at."""

    note = forms.CharField(
        label=_("What was decided"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For colleagues. What is left of the payment stays the contact’s credit."),
    )

"""What a person types of a contact."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_name
from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Workspace
from advisory_portal.core.formatting import active_language, format_number, locale_of
from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.text import clean_line
from documents.forms.numbers import BadNumber, bounded_number
from documents.models import Contact
from documents.rules import DELIVERY_PARTS
from partners.rules.countries import country_names

MOST_DAYS = 365
MOST_CHOSEN = 200  # rows of one page of a list
SURCHARGE_COUNTRY = "ES"  # the only one with an equivalence surcharge


class LineField(forms.CharField):
    """One line: line breaks and control characters, which no page sends, become spaces or nothing."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class PercentField(forms.CharField):
    """0 to 100 in the reader's way of writing numbers; nothing typed is 0."""

    def to_python(self, value: Any) -> Any:
        text = clean_line(super().to_python(value) or "")
        try:
            return bounded_number(text, decimals=2, least=Decimal(0), most=Decimal(100)) if text else Decimal(0)
        except BadNumber as bad:
            raise forms.ValidationError(str(bad)) from None

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, Decimal) else value


def countries() -> list[tuple[str, str]]:
    """Every country in the reader's language; a contact may have none."""
    return [("", str(_("Not known"))), *country_names(active_language())]


def currencies(place: Workspace) -> list[tuple[str, str]]:
    """Every currency by its code, with its name in the reader's language; "" is the business's own."""
    locale = locale_of(active_language())
    named = [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in CURRENCIES]
    return [("", str(_("The business’s own, %(currency)s")) % {"currency": place.currency}), *named]


def is_yes(value: Any) -> bool:
    return value in (True, "True")


class FlagChoiceField(forms.TypedChoiceField):
    """A choice between no (what nothing chosen means) and yes, by their words."""

    def __init__(self, *, no: str | Promise, yes: str | Promise, **kwargs: Any) -> None:
        super().__init__(choices=[(False, no), (True, yes)], coerce=is_yes, required=False, initial=False, **kwargs)

    def clean(self, value: Any) -> bool:
        return is_yes(super().clean(value))


Section = tuple[str | Promise, str | Promise, list[forms.BoundField]]


class ContactForm(forms.ModelForm[Contact]):
    kind = forms.ChoiceField(label=_("Kind"), choices=Contact.Kind.choices, widget=forms.RadioSelect)
    is_person = FlagChoiceField(label=_("It is"), no=_("A company"), yes=_("A person"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of documents and mails to this contact.")
    )
    website = forms.URLField(label=_("Website"), required=False, max_length=300, assume_scheme="https")
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    payment_days = forms.IntegerField(
        label=_("Days to pay"),
        required=False,
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_("Empty for those of the business."),
    )
    withholding_percent = PercentField(
        label=_("Withholding, in percent"), required=False, help_text=_("Suggested on the lines of new documents.")
    )
    delivery_street = LineField(label=_("Street"), required=False, max_length=300)
    delivery_postcode = LineField(label=_("Postcode"), required=False, max_length=40)
    delivery_city = LineField(label=_("City"), required=False, max_length=200)
    delivery_region = LineField(label=_("Region"), required=False, max_length=200)
    delivery_country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)

    class Meta:
        model = Contact
        fields = (
            "kind", "is_person", "name", "tax_id", "email", "phone", "website", "language", "street", "postcode",
            "city",
            "region", "country", "currency", "payment_days", "withholding_percent", "pays_surcharge", "note",
        )  # fmt: skip
        field_classes = dict.fromkeys(("name", "tax_id", "phone", "street", "postcode", "city", "region"), LineField)
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        labels = {"pays_surcharge": _("Pays the equivalence surcharge")}
        help_texts = {
            "tax_id": _("Checked by the rules of its country."),
            "pays_surcharge": _("Retailers of Spain under the special scheme of the equivalence surcharge."),
            "note": _("For your team only. The contact never sees it."),
        }

    def __init__(self, *args: Any, place: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = currencies(place)
        if place.country != SURCHARGE_COUNTRY and not self.instance.pays_surcharge:
            del self.fields["pays_surcharge"]
        for part in DELIVERY_PARTS:
            self.fields[f"delivery_{part}"].initial = self.instance.delivery.get(part, "")

    def clean(self) -> dict[str, Any] | None:
        """The delivery address as the row keeps it: without its empty parts."""
        parts = {part: self.cleaned_data.get(f"delivery_{part}", "") for part in DELIVERY_PARTS}
        self.instance.delivery = {part: value for part, value in parts.items() if value}
        return super().clean()

    @property
    def has_delivery(self) -> bool:
        """Whether anything of the delivery address is filled in, or wrong."""
        names = [f"delivery_{part}" for part in DELIVERY_PARTS]
        return any(self[name].value() or self[name].errors for name in names)

    def sections(self) -> Iterator[Section]:
        """The fields in groups: a title, a line of help, and the fields. The delivery address is a group of its own."""
        yield (
            _("Who it is"),
            _("The name as it stands on documents."),
            self._bound("kind", "is_person", "name", "tax_id"),
        )
        yield (
            _("How to reach them"),
            _("Documents, links and reminders go to the e-mail address."),
            self._bound("email", "phone", "website", "language"),
        )
        yield _("Address"), _("Where invoices go."), self._bound("street", "postcode", "city", "region", "country")
        yield (
            _("Money"),
            _("What new documents for this contact begin with."),
            self._bound("currency", "payment_days", "withholding_percent", "pays_surcharge"),
        )
        yield _("Note"), "", self._bound("note")

    def delivery_fields(self) -> list[forms.BoundField]:
        return self._bound(*(f"delivery_{part}" for part in DELIVERY_PARTS))

    def _bound(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]


def chosen_ids(data: QueryDict) -> list[UUID]:
    """The rows of a list that were ticked, each once, in their order; what is no id counts as nothing."""
    found = []
    for text in data.getlist("contact")[:MOST_CHOSEN]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))

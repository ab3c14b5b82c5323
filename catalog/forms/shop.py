"""What contacts ask of the catalog, put into their cart, and fill in when they order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import active_language, format_number
from advisory_portal.core.ids import uuid7
from advisory_portal.core.numbers import BadNumber, read_number
from catalog.forms.fields import LineField, ParagraphsField
from catalog.models import Variant
from catalog.models.shelf import BY_NAME, NEWEST, Asked
from catalog.rules import Wishes, nearest_quantity
from documents.models import Contact
from documents.rules import DELIVERY_PARTS
from partners.rules.countries import country_names

MOST_FOUND = 240


def countries() -> list[tuple[str, str]]:
    """Every country in the reader's language; an address need not have one."""
    return [("", str(_("Not known"))), *country_names(active_language())]


def id_of(text: str) -> UUID | None:
    """The id of an address; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def asked_of(query: QueryDict, *, language: str, category_id: UUID | None) -> Asked:
    """What the address of a page of the catalog asks for; what it cannot mean counts as nothing."""
    found = query.get("from", "")
    return Asked(
        language=language,
        category_id=category_id,
        words=query.get("q", "").replace("\x00", "").strip()[:100],
        order=NEWEST if query.get("sort") == NEWEST else BY_NAME,
        in_stock=query.get("stock") == "1",
        after=id_of(query.get("after", "")),
        before=id_of(query.get("before", "")),
        found=min(int(found), MOST_FOUND) if found.isascii() and found.isdigit() and len(found) < 5 else 0,
    )


class QuantityForm(forms.Form):
    """So many of something, in the reader's way of writing; `key` is of the click."""

    quantity = LineField(label=_("Quantity"), max_length=60, error_messages={"required": _("Enter a quantity.")})
    key = forms.UUIDField(required=False)

    def clean_quantity(self) -> Decimal:
        try:
            return read_number(self.cleaned_data["quantity"])
        except BadNumber as error:
            raise forms.ValidationError(str(error)) from None

    @property
    def click(self) -> UUID:
        """The key of the click; one of its own for a page that sent none."""
        return self.cleaned_data.get("key") or uuid7()


class AddForm(QuantityForm):
    """The same for a variant that goes into the cart; where no quantity is asked for, the smallest."""

    def __init__(self, data: QueryDict, *, variant: Variant) -> None:
        filled = data.copy()
        least = nearest_quantity(
            variant.minimum, minimum=variant.minimum, multiple=variant.multiple, is_divisible=variant.is_divisible
        )
        filled.setdefault("quantity", format_number(least))
        super().__init__(filled)


class PadForm(forms.Form):
    """The quick-order pad."""

    lines = forms.CharField(
        label=_("SKU and quantity"),
        widget=forms.Textarea(attrs={"rows": 10, "placeholder": "AB-100\t12\nAB-200\t5", "spellcheck": "false"}),
        max_length=40_000,
        strip=False,
        help_text=_("One product a line, as you copy it from a spreadsheet: the SKU, then the quantity."),
        error_messages={"required": _("Write at least one SKU.")},
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **({"initial": {"key": uuid7()}} | options))

    @property
    def click(self) -> UUID:
        return self.cleaned_data.get("key") or uuid7()


_NOWHERE = {"required": _("Say where it is to be delivered.")}


class CheckoutForm(forms.Form):
    """What is needed to order. `key` and `shown` say which cart, with which prices, the person saw."""

    way = forms.ChoiceField(label=_("Deliver to"), widget=forms.RadioSelect)
    street = LineField(label=_("Street"), max_length=300, error_messages=_NOWHERE)
    postcode = LineField(label=_("Postcode"), max_length=40, required=False)
    city = LineField(label=_("City"), max_length=200, error_messages=_NOWHERE)
    region = LineField(label=_("Region"), max_length=200, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)
    reference = LineField(
        label=_("Your order number"),
        max_length=100,
        required=False,
        help_text=_("If you have one, it is on every document that follows."),
    )
    wanted_on = forms.DateField(label=_("Wanted on"), required=False)
    notes = ParagraphsField(label=_("Notes"), max_length=2_000, rows=3)
    key = forms.UUIDField(widget=forms.HiddenInput)
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)

    KNOWN, OTHER = "known", "other"

    def __init__(self, data: QueryDict | None = None, *, known_address: str, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        if known_address:
            way.choices = [(self.KNOWN, known_address), (self.OTHER, _("Another address"))]
            way.initial = self.KNOWN
        else:
            del self.fields["way"]
        for name in ("street", "city"):
            self.fields[name].required = data is None or self.is_other
        self.fields["wanted_on"].widget.attrs["min"] = today.isoformat()

    @property
    def is_other(self) -> bool:
        """Whether an address is typed, because none is known or another is wanted."""
        return "way" not in self.fields or self["way"].value() == self.OTHER

    @property
    def wishes(self) -> Wishes:
        """What was filled in. The address is empty where it goes to the one that the business knows."""
        data = self.cleaned_data
        address = {part: data.get(part) or "" for part in DELIVERY_PARTS} if self.is_other else {}
        return Wishes(
            address={part: text for part, text in address.items() if text},
            reference=data["reference"],
            wanted_on=data["wanted_on"],
            notes=data["notes"],
        )


def shown_address(contact: Contact) -> dict[str, str]:
    """The address that the business delivers to unless another is given; empty where it knows none."""
    own = {part: getattr(contact, part) for part in DELIVERY_PARTS}
    return dict(contact.delivery) or ({} if not own["city"] else {part: text for part, text in own.items() if text})

"""What a person types of a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Workspace
from catalog.forms.fields import LineField, ParagraphsField
from catalog.forms.variants import BLANK, TypedVariant, shown_variants, typed_variants
from catalog.models import Product, Variant
from catalog.rules import MOST_RELATED, ProductContent, sku_key

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ProductChoices:
    """What may be chosen: (value, label) each. `related` are the ids of products by the keys of their SKUs."""

    categories: Choices
    taxes: Choices
    units: Choices


def other_languages(place: Workspace) -> list[tuple[str, str]]:
    """The languages that a business's texts may be translated to: all but its own."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if code != place.language]


class ProductForm(forms.Form):
    """A product and its variants. `rows` are the variants as they are shown, also before they can be read."""

    name = LineField(label=_("Name"), max_length=300)
    category = forms.ChoiceField(label=_("Category"), required=False)
    description = ParagraphsField(label=_("Description"), max_length=10_000, rows=6)
    kind = forms.ChoiceField(label=_("Kind"), choices=Product.Kind.choices, widget=forms.RadioSelect)
    visibility = forms.ChoiceField(label=_("Shown to"), choices=Product.Visibility.choices, widget=forms.RadioSelect)
    tax = forms.ChoiceField(label=_("Tax"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    is_divisible = forms.BooleanField(
        label=_("Sold in parts"), required=False, help_text=_("By the metre or kilogram: 2.5 can be ordered.")
    )
    is_tracked = forms.BooleanField(
        label=_("Keep its stock"), required=False, help_text=_("No more can be ordered than there is.")
    )
    related = LineField(
        label=_("Related products"),
        required=False,
        max_length=800,
        help_text=_("SKUs of up to twelve other products, with commas between them."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        place: Workspace,
        choices: ProductChoices,
        product: Product | None = None,
        variants: list[Variant] | None = None,
        related: str = "",
        read_only: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(product, related))
        self.languages = other_languages(place)
        for code, label in self.languages:
            texts = product.translations.get(code, {}) if product is not None else {}
            self.fields[f"name_{code}"] = LineField(
                label=_("Name in %(language)s") % {"language": label},
                max_length=300,
                required=False,
                initial=texts.get("name", ""),
            )
            self.fields[f"description_{code}"] = ParagraphsField(
                label=_("Description in %(language)s") % {"language": label},
                max_length=10_000,
                initial=texts.get("description", ""),
            )
        for name, offered in (("category", choices.categories), ("tax", choices.taxes), ("unit", choices.units)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered
        for field in self.fields.values():
            field.disabled = read_only
        self.rows = typed_variants(data) if data is not None else shown_variants(variants or [], place.currency)

    def unread(self, rows: list[TypedVariant]) -> ProductForm:
        """The form as it was typed, with these rows, and without having been judged."""
        values = {name: self[name].value() for name in self.fields}
        vars(self)["_bound_fields_cache"].clear()  # bound fields remember what they began with
        self.is_bound, self.initial, self.rows = False, values, rows
        return self

    def clean(self) -> dict[str, Any] | None:
        """Reads the variants too; blank ones are left out."""
        cleaned = super().clean()
        kept = [row for row in self.rows if not row.is_blank] or self.rows[:1]
        self.rows = kept or [TypedVariant(dict(BLANK))]
        self.variants = tuple(row.content() for row in self.rows)
        if any(row.errors for row in self.rows):
            self.add_error(None, _("Look at the variants: something is missing or cannot be read."))
        return cleaned

    @property
    def related_keys(self) -> list[str]:
        """The keys of the SKUs typed as related products."""
        keys = [sku_key(one) for one in self.cleaned_data["related"].split(",") if one.strip()]
        return list(dict.fromkeys(keys))[:MOST_RELATED]

    def content(self, related: tuple[UUID, ...]) -> ProductContent:
        """The product as it was typed, of a valid form."""
        given = self.cleaned_data
        translations = {
            code: {part: text for part in ("name", "description") if (text := given[f"{part}_{code}"])}
            for code, _label in self.languages
        }
        return ProductContent(
            name=given["name"],
            variants=self.variants,
            category_id=UUID(given["category"]) if given["category"] else None,
            description=given["description"],
            kind=given["kind"],
            visibility=given["visibility"],
            tax=given["tax"],
            unit=given["unit"],
            is_tracked=given["is_tracked"],
            is_divisible=given["is_divisible"],
            related=related,
            translations={code: texts for code, texts in translations.items() if texts},
        )


def _initial(product: Product | None, related: str) -> dict[str, Any]:
    if product is None:
        return {
            "kind": Product.Kind.PRODUCT,
            "visibility": Product.Visibility.EVERYBODY,
            "is_tracked": True,
            "unit": "C62",
            "revision": 0,
        }
    names = ("name", "description", "kind", "visibility", "tax", "unit", "is_tracked", "revision")
    known: dict[str, Any] = {name: getattr(product, name) for name in names}
    return known | {"category": str(product.category_id or ""), "related": related}

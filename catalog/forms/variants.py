"""The variants of a product as they are typed: repeated fields in the order of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_number
from advisory_portal.core.money import exponent
from advisory_portal.core.numbers import BadNumber, bounded_number
from advisory_portal.core.text import clean_line
from catalog.forms.fields import split_act
from catalog.models import Variant
from catalog.rules import MOST_QUANTITY, MOST_VARIANTS, VariantContent, options_of, options_text

PARTS = ("sku", "options", "price", "minimum", "multiple", "barcode")
BLANK = dict.fromkeys(PARTS, "") | {"minimum": "1"}
_LONGEST = {"sku": 60, "barcode": 40}


@dataclass(slots=True)
class TypedVariant:
    """What stands in the fields of one variant, and what is wrong with it, by field."""

    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(self.texts[name].strip() for name in ("sku", "options", "price", "barcode"))

    def content(self) -> VariantContent:
        """The variant's values; what cannot be read counts as nothing and is told in `errors`."""
        sku = self._line("sku")
        if not sku:
            self.errors["sku"] = _("Give it an SKU: your own number of this article.")
        try:
            options = options_of(clean_line(self.texts["options"]))
        except ValueError:
            options = ()
            self.errors["options"] = _("Write up to three names with their values: Colour: Red, Size: L")
        return VariantContent(
            sku=sku,
            list_price=self._number("price", None),
            options=options,
            barcode=self._line("barcode"),
            minimum=self._number("minimum", Decimal(1), most=MOST_QUANTITY, is_positive=True),
            multiple=self._number("multiple", Decimal(0), most=MOST_QUANTITY),
        )

    def _line(self, name: str) -> str:
        text = clean_line(self.texts[name])
        if len(text) > _LONGEST[name]:
            self.errors[name] = _("Write %(most)s characters at most.") % {"most": _LONGEST[name]}
        return text[: _LONGEST[name]]

    def _number(
        self, name: str, blank: Decimal | None, *, most: Decimal | None = None, is_positive: bool = False
    ) -> Decimal:
        text = self.texts[name].strip()
        if not text and blank is not None:
            return blank
        try:
            number = bounded_number(text, digits=10, least=Decimal(0), most=most)
        except BadNumber as error:
            self.errors[name] = str(error) if text else _("Write a number.")
            return blank or Decimal(0)
        if is_positive and not number:
            self.errors[name] = _("Write a number above zero.")
            return Decimal(1)
        return number


def typed_variants(data: QueryDict) -> list[TypedVariant]:
    """What was posted, in the order of the page."""
    columns = {part: data.getlist(f"variant_{part}")[: MOST_VARIANTS + 1] for part in PARTS}
    count = max(len(column) for column in columns.values())
    return [
        TypedVariant({part: column[row] if row < len(column) else "" for part, column in columns.items()})
        for row in range(count)
    ]


def shown_variants(variants: Iterable[Variant], currency: str) -> list[TypedVariant]:
    """Variants as texts in the reader's language; one empty row where there are none."""
    rows = [
        TypedVariant(
            {
                "sku": one.sku,
                "options": options_text(tuple((name, value) for name, value in one.options)),
                "price": format_number(one.list_price, least=exponent(currency)),
                "minimum": format_number(one.minimum),
                "multiple": format_number(one.multiple) if one.multiple else "",
                "barcode": one.barcode,
            }
        )
        for one in variants
    ]
    return rows or [TypedVariant(dict(BLANK))]


def act_on_variants(rows: Sequence[TypedVariant], act: str) -> list[TypedVariant]:
    """What a button says to do: "add", "remove-2", "up-1", "down-0". One that means nothing changes nothing.

    A new variant begins as the last one, but for what is its own.
    """
    found, (name, row) = list(rows), split_act(act)
    if name == "add" and len(found) < MOST_VARIANTS:
        like: Mapping[str, str] = found[-1].texts if found else BLANK
        found.append(TypedVariant({**like, "sku": "", "options": "", "barcode": ""}))
    elif name == "remove" and row < len(found) > 1:
        del found[row]
    elif name in ("up", "down") and row < len(found):
        found.insert(max(row + (-1 if name == "up" else 1), 0), found.pop(row))
    return found

"""What is typed, or read of a file, of a product: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

MOST_VARIANTS = 100
MOST_RELATED = 12
MOST_OPTIONS = 3
_ONE, _NONE = Decimal(1), Decimal(0)

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VariantContent:
    """A variant as it is typed. `list_price` is without tax in the business's currency; `multiple` 0 means any."""

    sku: str
    list_price: Decimal
    options: Options = ()
    barcode: str = ""
    minimum: Decimal = _ONE
    multiple: Decimal = _NONE


@dataclass(frozen=True, slots=True)
class ProductContent:
    """A product as it is typed, with its variants in order.

    `tax` is a key of `documents.rules.taxes`, "" the business's usual tax. `translations` is {"es": {"name": "…",
    "description": "…"}} without empty texts. `is_divisible` holds for all variants.
    """

    name: str
    variants: tuple[VariantContent, ...]
    category_id: UUID | None = None
    description: str = ""
    kind: str = "product"
    visibility: str = "everybody"
    tax: str = ""
    unit: str = ""
    is_tracked: bool = True
    is_divisible: bool = False
    related: tuple[UUID, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def options_of(text: str) -> Options:
    """Options as people type them: "Colour: Red, Size: L". Raises ValueError for a part without a name and a value.

    A value may hold a colon. At most three.
    """
    pairs = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, colon, value = (one.strip() for one in part.partition(":"))
        if not (name and colon and value):
            raise ValueError(f"{part!r} is not a name and a value")
        pairs.append((name[:40], value[:60]))
    if len(pairs) > MOST_OPTIONS or len({name.casefold() for name, _value in pairs}) < len(pairs):
        raise ValueError("too many options, or one twice")
    return tuple(pairs)


def options_text(options: Options) -> str:
    """Options as people type them."""
    return ", ".join(f"{name}: {value}" for name, value in options)

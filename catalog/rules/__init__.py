"""Pure rules of the catalog."""

from catalog.rules.availability import State, availability, can_take, is_low
from catalog.rules.changes import Change, Now, Seen, change_of, most_to_take
from catalog.rules.content import (
    MOST_RELATED,
    MOST_VARIANTS,
    ProductContent,
    VariantContent,
    options_of,
    options_text,
)
from catalog.rules.pad import PadLine, pad_lines
from catalog.rules.prices import Tier, price_at, shown_price, tiers_of, usual_tax
from catalog.rules.quantities import MOST_QUANTITY, Fault, nearest_quantity, quantity_fault
from catalog.rules.skus import sku_key
from catalog.rules.wishes import Wishes

__all__ = [
    "MOST_QUANTITY",
    "MOST_RELATED",
    "MOST_VARIANTS",
    "Change",
    "Fault",
    "Now",
    "PadLine",
    "ProductContent",
    "Seen",
    "State",
    "Tier",
    "VariantContent",
    "Wishes",
    "availability",
    "can_take",
    "change_of",
    "is_low",
    "most_to_take",
    "nearest_quantity",
    "options_of",
    "options_text",
    "pad_lines",
    "price_at",
    "quantity_fault",
    "shown_price",
    "sku_key",
    "tiers_of",
    "usual_tax",
]

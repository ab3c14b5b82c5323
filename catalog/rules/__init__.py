"""Pure rules of the catalog."""

from catalog.rules.availability import State, availability, can_take, is_low
from catalog.rules.prices import Tier, price_at, shown_price, tiers_of, usual_tax
from catalog.rules.quantities import MOST_QUANTITY, Fault, nearest_quantity, quantity_fault
from catalog.rules.skus import sku_key

__all__ = [
    "MOST_QUANTITY",
    "Fault",
    "State",
    "Tier",
    "availability",
    "can_take",
    "is_low",
    "nearest_quantity",
    "price_at",
    "quantity_fault",
    "shown_price",
    "sku_key",
    "tiers_of",
    "usual_tax",
]

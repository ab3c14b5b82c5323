"""What a business sells, at which prices, what of it there is, and what was ordered."""

from catalog.models.category import Category
from catalog.models.orders import Cart, CartLine, Delivery, Order, OrderLine, StockHold
from catalog.models.prices import Price, PriceList
from catalog.models.product import Picture, Placement, Product, Variant
from catalog.models.settings import CatalogSettings
from catalog.models.stock import StockLevel, StockMovement
from catalog.models.terms import ContactTerms
from catalog.models.words import Word

__all__ = [
    "Cart",
    "CartLine",
    "CatalogSettings",
    "Category",
    "ContactTerms",
    "Delivery",
    "Order",
    "OrderLine",
    "Picture",
    "Placement",
    "Price",
    "PriceList",
    "Product",
    "StockHold",
    "StockLevel",
    "StockMovement",
    "Variant",
    "Word",
]

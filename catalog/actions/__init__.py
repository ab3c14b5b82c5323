"""Every writing of the catalog: one function per business act."""

from catalog.actions.categories import delete_category, move_category, save_category
from catalog.actions.pictures import add_pictures, describe_picture, make_sizes, order_pictures, remove_picture
from catalog.actions.prices import (
    retire_price_list,
    save_price_list,
    save_terms,
    set_own_prices,
    set_prices,
    turn_on_catalog,
)
from catalog.actions.products import restore_product, retire_product, save_product, show_products
from catalog.actions.settings import save_catalog_settings, settings_of, share_catalog, stop_sharing
from catalog.actions.stock import move_stock, set_alarm, tell_of_low_stock

__all__ = [
    "add_pictures",
    "delete_category",
    "describe_picture",
    "make_sizes",
    "move_category",
    "move_stock",
    "order_pictures",
    "remove_picture",
    "restore_product",
    "retire_price_list",
    "retire_product",
    "save_catalog_settings",
    "save_category",
    "save_price_list",
    "save_product",
    "save_terms",
    "set_alarm",
    "set_own_prices",
    "set_prices",
    "settings_of",
    "share_catalog",
    "show_products",
    "stop_sharing",
    "tell_of_low_stock",
    "turn_on_catalog",
]

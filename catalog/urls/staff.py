"""Addresses of the staff's pages."""

from django.urls import URLPattern, path

from catalog.views import categories, contact_card, exports, lists, pictures, prices, products, settings, stock

STAFF = "o/<slug:organisation>/catalog/"
PRODUCT = f"{STAFF}products/<uuid:product_id>/"
CONTACT = "o/<slug:organisation>/contacts/<uuid:contact_id>/"
PRICE_LIST = f"{STAFF}price-lists/<uuid:price_list_id>/"
IMPORT = f"{STAFF}imports/<uuid:product_import_id>/"
ORDER_IMPORT = f"{STAFF}orders/imports/<uuid:order_import_id>/"
EXPORT = f"{STAFF}exports/<uuid:product_export_id>/"
STOCK = f"{STAFF}stock/<uuid:variant_id>/"
SETTINGS = "o/<slug:organisation>/settings/catalog/"
CATEGORY = f"{STAFF}categories/<uuid:category_id>/"

staff: list[URLPattern] = [
    path(f"{STAFF}products/", products.products, name="products"),
    path(f"{STAFF}products/new/", products.new_product, name="new_product"),
    path(f"{STAFF}products/show/", products.show_products, name="show_products"),
    path(PRODUCT, products.product, name="product"),
    path(f"{PRODUCT}retire/", products.retire_product, name="retire_product"),
    path(f"{PRODUCT}restore/", products.restore_product, name="restore_product"),
    path(f"{PRODUCT}pictures/", pictures.product_pictures, name="product_pictures"),
    path(f"{PRODUCT}pictures/add/", pictures.add_pictures, name="add_pictures"),
    path(f"{PRODUCT}pictures/order/", pictures.order_pictures, name="order_pictures"),
    path(f"{STAFF}pictures/<uuid:picture_id>/<str:size>/", pictures.picture, name="picture"),
    path(f"{STAFF}categories/", categories.categories, name="categories"),
    path(f"{STAFF}categories/new/", categories.new_category, name="new_category"),
    path(CATEGORY, categories.category, name="category"),
    path(f"{CATEGORY}move/", categories.move_category, name="move_category"),
    path(f"{CATEGORY}delete/", categories.delete_category, name="delete_category"),
    # Price lists, and the terms of contacts
    path(f"{STAFF}price-lists/", prices.price_lists, name="price_lists"),
    path(f"{STAFF}price-lists/new/", prices.new_price_list, name="new_price_list"),
    path(PRICE_LIST, prices.price_list, name="price_list"),
    path(f"{PRICE_LIST}edit/", prices.edit_price_list, name="edit_price_list"),
    path(f"{PRICE_LIST}fill/", prices.fill_price_list, name="fill_price_list"),
    path(f"{PRICE_LIST}retire/", prices.retire_price_list, name="retire_price_list"),
    path(f"{PRICE_LIST}prices/<uuid:variant_id>/", prices.list_price, name="list_price"),
    path(f"{CONTACT}catalog/", contact_card.contact_terms, name="contact_terms"),
    path(f"{CONTACT}prices/", prices.own_prices, name="own_prices"),
    path(f"{CONTACT}prices/<uuid:variant_id>/", prices.own_price, name="own_price"),
    path("o/<slug:organisation>/contacts/catalog/turn-on/", contact_card.turn_on_catalog, name="turn_on_catalog"),
    # Stock
    path(f"{STAFF}stock/", stock.stock, name="stock"),
    path(STOCK, stock.variant_stock, name="variant_stock"),
    path(f"{STOCK}move/", stock.move_stock, name="move_stock"),
    path(f"{STOCK}alarm/", stock.set_alarm, name="set_alarm"),
    # Settings
    path(SETTINGS, settings.settings_catalog, name="settings_catalog"),
    path(f"{SETTINGS}share/", settings.share_catalog, name="share_catalog"),
    path(f"{SETTINGS}share/stop/", settings.stop_sharing, name="stop_sharing"),
    # Lists that come and go
    path(f"{STAFF}import/", lists.import_products, name="import_products"),
    path(IMPORT, lists.product_import, name="product_import"),
    path(f"{IMPORT}columns/", lists.product_import_columns, name="product_import_columns"),
    path(f"{IMPORT}preview/", lists.product_import_preview, name="product_import_preview"),
    path(f"{IMPORT}start/", lists.start_product_import, name="start_product_import"),
    path(f"{IMPORT}report/", lists.product_import_report, name="product_import_report"),
    path(f"{STAFF}orders/import/", lists.import_orders, name="import_orders"),
    path(ORDER_IMPORT, lists.order_import, name="order_import"),
    path(f"{ORDER_IMPORT}columns/", lists.order_import_columns, name="order_import_columns"),
    path(f"{ORDER_IMPORT}preview/", lists.order_import_preview, name="order_import_preview"),
    path(f"{ORDER_IMPORT}start/", lists.start_order_import, name="start_order_import"),
    path(f"{ORDER_IMPORT}report/", lists.order_import_report, name="order_import_report"),
    path(f"{STAFF}export/", exports.export_products, name="export_products"),
    path(EXPORT, exports.product_export, name="product_export"),
    path(f"{EXPORT}file/", exports.product_export_file, name="product_export_file"),
]

"""Addresses of the staff's pages."""

from django.urls import URLPattern, path

from catalog.views import categories, pictures, products

STAFF = "o/<slug:organisation>/catalog/"
PRODUCT = f"{STAFF}products/<uuid:product_id>/"
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
]

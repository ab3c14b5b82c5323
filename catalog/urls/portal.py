"""Addresses of the portal's pages."""

from django.urls import URLPattern, path

from catalog.views import cart, orders, shop

PORTAL = "portal/<slug:organisation>/"  # who comes is asked (ActorMiddleware)
DOOR = "portal/<slug:business>/"  # for everybody
SHARED = f"{DOOR}catalog/shared/<str:token>/"
ORDER = f"{PORTAL}orders/<uuid:order_id>/"

portal: list[URLPattern] = [
    # The catalog
    path(f"{PORTAL}catalog/", shop.shop, name="shop"),
    path(f"{PORTAL}catalog/c/<uuid:category_id>/", shop.shop_category, name="shop_category"),
    path(f"{PORTAL}catalog/p/<uuid:product_id>/", shop.shop_product, name="shop_product"),
    path(f"{PORTAL}catalog/pictures/<uuid:picture_id>/<slug:size>/", shop.shop_picture, name="shop_picture"),
    # By the shared link
    path(SHARED, shop.shared, name="shared"),
    path(f"{SHARED}c/<uuid:category_id>/", shop.shared_category, name="shared_category"),
    path(f"{SHARED}p/<uuid:product_id>/", shop.shared_product, name="shared_product"),
    path(f"{SHARED}pictures/<uuid:picture_id>/<slug:size>/", shop.shared_picture, name="shared_picture"),
    # The cart
    path(f"{PORTAL}cart/", cart.cart, name="cart"),
    path(f"{PORTAL}cart/add/<uuid:variant_id>/", cart.add_to_cart, name="add_to_cart"),
    path(f"{PORTAL}cart/lines/<uuid:cart_line_id>/", cart.set_quantity, name="set_quantity"),
    path(f"{PORTAL}cart/lines/<uuid:cart_line_id>/remove/", cart.remove_line, name="remove_line"),
    path(f"{PORTAL}cart/empty/", cart.empty_cart, name="empty_cart"),
    path(f"{PORTAL}cart/accept/", cart.accept_changes, name="accept_changes"),
    path(f"{PORTAL}cart/quick/", cart.quick_order, name="quick_order"),
    path(f"{PORTAL}cart/checkout/", cart.checkout, name="checkout"),
    # Orders
    path(f"{PORTAL}orders/", orders.orders, name="orders"),
    path(ORDER, orders.order, name="order"),
    path(f"{ORDER}cancel/", orders.cancel_order, name="cancel_order"),
    path(f"{ORDER}again/", orders.order_again, name="order_again"),
]

"""Addresses of the staff's pages of orders."""

from django.urls import URLPattern, path

from catalog.views import staff_orders

STAFF = "o/<slug:organisation>/catalog/orders/"
ORDER = f"{STAFF}<uuid:order_id>/"

orders: list[URLPattern] = [
    path(STAFF, staff_orders.staff_orders, name="staff_orders"),
    path(ORDER, staff_orders.staff_order, name="staff_order"),
    path(f"{ORDER}confirm/", staff_orders.confirm_order, name="confirm_order"),
    path(f"{ORDER}decline/", staff_orders.decline_order, name="decline_order"),
    path(f"{ORDER}cancel/", staff_orders.withdraw_order, name="withdraw_order"),
    path(f"{ORDER}deliver/", staff_orders.deliver_order, name="deliver_order"),
]

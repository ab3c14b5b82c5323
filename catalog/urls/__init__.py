"""Addresses of the catalog: the staff's below /o/<slug>/catalog/, those of contacts below /portal/<slug>/."""

from catalog.urls.orders import orders
from catalog.urls.portal import portal
from catalog.urls.staff import staff

app_name = "catalog"

urlpatterns = [*staff, *orders, *portal]

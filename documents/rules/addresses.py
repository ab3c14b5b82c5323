"""Addresses of contacts."""

# Of a delivery address, in the order in which it is typed.
DELIVERY_PARTS = ("street", "postcode", "city", "region", "country")

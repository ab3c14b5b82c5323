"""Products, price lists, stock, cart and orders. Empty until its first table."""

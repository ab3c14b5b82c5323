"""Products, price lists, stock, cart and orders."""

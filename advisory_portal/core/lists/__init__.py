"""Lists that people bring: what imports of contacts, clients, products and orders share."""

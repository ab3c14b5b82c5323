"""The demo world: people, organisations and documents that show what the product is for. Grows with the product."""

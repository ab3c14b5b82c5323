"""What `./run test` and `./run check` do. For development only; the product does not import it."""

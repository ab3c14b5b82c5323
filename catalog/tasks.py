"""The clock's door to the catalog."""

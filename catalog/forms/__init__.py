"""The shape of what people send to the pages of the catalog."""

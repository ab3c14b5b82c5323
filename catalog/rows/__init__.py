"""Rows of the pages of the catalog, formatted once."""

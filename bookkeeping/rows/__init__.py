"""Rows of lists and reports, formatted once."""

"""Imports of clients as their pages show them."""

from collaborations.rules.client_rows import ReadClient


def client_cell(row: ReadClient, column: str) -> str:
    """What a column of a row was read as."""
    return ", ".join(row.tags) if column == "tags" else row.values.get(column, "")

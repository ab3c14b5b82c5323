"""Imports of contacts as their pages show them."""

from django.utils.translation import gettext as _

from documents.models import Contact
from documents.rules.contact_rows import DELIVERY, ReadRow


def contact_cell(row: ReadRow, column: str) -> str:
    """What a column of a row was read as."""
    value = row.values.get(column, row.delivery.get(column.removeprefix(DELIVERY), ""))
    if column == "kind" and value:
        return str(Contact.Kind(value).label)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)

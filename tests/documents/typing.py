"""What the editor's page sends when somebody types."""

from documents.forms.lines import LINE_PARTS

LINE = {"name": "Advice", "quantity": "1", "unit_price": "100", "tax": "S:21"}


def posted(contact=None, lines=(LINE,), **head):
    """The fields of the editor: lines as parts without their prefix, the head by name."""
    data = {"contact": str(contact.pk) if contact else "", "issued_on": "2026-03-02", "due_on": "2026-04-01"}
    data |= {"currency": "EUR", "language": "en", "note": "", "terms": "", "document": "", "revision": ""} | head
    for part in LINE_PARTS:
        data[f"line_{part}"] = [str(line.get(part, "")) for line in lines]
    return data

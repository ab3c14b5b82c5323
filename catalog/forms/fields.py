"""Fields that the forms of the catalog share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from advisory_portal.core.formatting import format_number
from advisory_portal.core.numbers import BadNumber, bounded_number
from advisory_portal.core.text import clean_line

MOST_CHOSEN = 200  # rows of one page of a list
HIGHEST_PRICE = Decimal(10) ** 10


class LineField(forms.CharField):
    """One line: line breaks and control characters, which no page sends, become spaces or nothing."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class ParagraphsField(forms.CharField):
    """Several lines without control characters."""

    def __init__(self, *, rows: int = 5, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea(attrs={"rows": rows}), "required": False, **options})

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        return "\n".join(clean_line(line) for line in text.splitlines()).strip()


class NumberField(forms.CharField):
    """A number in the reader's way of writing; cleans to a Decimal, None for nothing."""

    def __init__(self, *, least: Decimal | None = Decimal(0), **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "required": False, **options})
        self.least = least

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return bounded_number(text, digits=10, least=self.least)
        except BadNumber as error:
            raise ValidationError(str(error), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, Decimal) else value


def ids_of(data: QueryDict, name: str) -> list[UUID]:
    """The ids that were posted under a name, each once, in their order; what is no id counts as nothing."""
    found = []
    for text in data.getlist(name)[:MOST_CHOSEN]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def split_act(text: str) -> tuple[str, int]:
    """The name and the row of a button's act: "up-3" is ("up", 3), "add" is ("add", 0)."""
    name, dash, row = text.rpartition("-")
    return (name, int(row)) if dash and row.isascii() and row.isdigit() and len(row) < 6 else (text, 0)

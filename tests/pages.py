"""Reading pages as a person does."""

import re
from typing import Any

from lxml import html


def errors_in(response: Any) -> dict[str, str]:
    """What a form's page says is wrong: by field, and under "" for the whole form."""
    tree = html.fromstring(response.content.decode())
    found = {}
    for element in tree.xpath("//*[substring(@id, string-length(@id) - 5) = '_error']"):
        found[element.get("id").removeprefix("id_").removesuffix("_error")] = text_of(element)
    for item in tree.xpath("//*[contains(@class, 'banner-error')]//li[not(a)]"):
        found[""] = text_of(item)
    return found


def choices_in(response: Any, name: str) -> list[str]:
    """The labels of a field's choices, in their order."""
    tree = html.fromstring(response.content.decode())
    options = tree.xpath(f"//select[@name='{name}']/option")
    labels = [f"//label[@for='{radio.get('id')}']" for radio in tree.xpath(f"//input[@name='{name}']")]
    return [text_of(option) for option in options] or [text_of(tree.xpath(label)[0]) for label in labels]


def rows_in(response: Any, table: int = 0) -> list[list[str]]:
    """The cells of a table's body, as text."""
    tree = html.fromstring(response.content.decode())
    tables = tree.xpath("//table[tbody]")
    if len(tables) <= table:
        return []
    return [[text_of(cell) for cell in row.xpath("./td|./th")] for row in tables[table].xpath("./tbody/tr")]


def text_of(element: Any) -> str:
    """Its words, with single spaces."""
    return re.sub(r"\s+", " ", element.text_content()).strip()

"""Reading pages as a person would."""

from django.http import HttpResponse
from lxml import html


def tree(response: HttpResponse) -> html.HtmlElement:
    return html.fromstring(response.content.decode())


def text_of(element: html.HtmlElement) -> str:
    """All the words in an element, single spaces between."""
    return " ".join(element.text_content().split())


def of_class(response: HttpResponse, name: str) -> list[html.HtmlElement]:
    """The elements that have this class."""
    return tree(response).xpath(f'//*[contains(concat(" ", normalize-space(@class), " "), " {name} ")]')


def rows(response: HttpResponse) -> list[str]:
    """The words of each row of the page's tables."""
    return [" ".join(text_of(cell) for cell in row) for row in tree(response).xpath("//tbody/tr")]


def first_column(response: HttpResponse) -> list[str]:
    """The link texts of a list's rows."""
    return [text_of(link) for link in of_class(response, "row-link")]


def link_to(response: HttpResponse, rel: str) -> str:
    """The address of the link with this `rel`, or nothing."""
    found = tree(response).xpath(f'//a[@rel="{rel}"]/@href')
    return found[0] if found else ""


def field_errors(response: HttpResponse) -> dict[str, str]:
    """What stands in the error box of each field, by the field's name."""
    return {
        box.get("id").removeprefix("id_").removesuffix("_error"): text_of(box)
        for box in of_class(response, "field-error")
    }


def errors_in(response: HttpResponse) -> dict[str, str]:
    """What a form's page says is wrong: by field, and under "" for the whole form."""
    whole = tree(response).xpath("//*[contains(@class, 'banner-error')]//li[not(a)]")
    return field_errors(response) | ({"": text_of(whole[-1])} if whole else {})


def choices_in(response: HttpResponse, name: str) -> list[str]:
    """The labels of a field's choices, in their order."""
    page = tree(response)
    options = page.xpath(f"//select[@name='{name}']/option")
    labels = [f"//label[@for='{radio.get('id')}']" for radio in page.xpath(f"//input[@name='{name}']")]
    return [text_of(option) for option in options] or [text_of(page.xpath(label)[0]) for label in labels]


def rows_in(response: HttpResponse, table: int = 0) -> list[list[str]]:
    """The cells of a table's body, as text."""
    tables = tree(response).xpath("//table[tbody]")
    if len(tables) <= table:
        return []
    return [[text_of(cell) for cell in row.xpath("./td|./th")] for row in tables[table].xpath("./tbody/tr")]

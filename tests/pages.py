"""Reading pages as a person would."""

from django.http import HttpResponse
from lxml import html


def tree(response: HttpResponse) -> html.HtmlElement:
    return html.fromstring(response.content.decode())


def first_column(response: HttpResponse) -> list[str]:
    """The link texts of a list's rows."""
    return [link.text_content().strip() for link in tree(response).cssselect("a.row-link")]


def link_to(response: HttpResponse, rel: str) -> str:
    """The address of the link with this `rel`, or nothing."""
    found = tree(response).cssselect(f'a[rel="{rel}"]')
    return found[0].get("href") if found else ""


def field_errors(response: HttpResponse) -> dict[str, str]:
    """What stands in the error box of each field, by the field's name."""
    boxes = tree(response).cssselect(".field-error")
    return {
        box.get("id").removeprefix("id_").removesuffix("_error"): " ".join(box.text_content().split()) for box in boxes
    }

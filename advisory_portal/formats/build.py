"""Building XML: elements by prefixed name, empty ones left out, figures as the norm writes them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from advisory_portal.formats.fields import NAMESPACES
from advisory_portal.formats.invoice import Line

Part = Any  # an lxml element, None, or an iterable of parts
_UNPRINTABLE = dict.fromkeys([*(code for code in range(32) if code not in (9, 10, 13)), 0xFFFE, 0xFFFF])


def leaf(name: str, value: str | None, /, **attributes: str) -> Part:
    """An element `prefix:name` with a text and those attributes that are not empty; None without text."""
    if not value:
        return None
    prefix, local = name.split(":")
    element = etree.Element(f"{{{NAMESPACES[prefix]}}}{local}")
    element.text = value.translate(_UNPRINTABLE)
    for key, given in attributes.items():
        if given:
            element.set(key, given.translate(_UNPRINTABLE))
    return element


def group(name: str, /, *parts: Part) -> Part:
    """An element `prefix:name` around those parts that are there; None if there is none."""
    prefix, local = name.split(":")
    element = etree.Element(f"{{{NAMESPACES[prefix]}}}{local}")
    _add(element, parts)
    return element if len(element) else None


def root(name: str, prefixes: Iterable[str], *parts: Part, namespace: str = "") -> bytes:
    """A document whose root is `prefix:name`, or a plain name in `namespace`, as UTF-8 with the declaration."""
    known: dict[str | None, str] = {prefix: NAMESPACES[prefix] for prefix in prefixes}
    if namespace:
        element = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, **known})
    else:
        prefix, local = name.split(":")
        element = etree.Element(f"{{{NAMESPACES[prefix]}}}{local}", nsmap=known)
    _add(element, parts)
    data: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def _add(element: Any, parts: Iterable[Part]) -> None:
    for part in parts:
        if part is None:
            continue
        if etree.iselement(part):
            element.append(part)
        else:
            _add(element, part)


def amount(value: Decimal) -> str:
    """An amount with two decimals, or more where it has more."""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    return f"{plain:f}" if isinstance(exponent, int) and exponent < -2 else f"{value:.2f}"


def figure(value: Decimal | None) -> str:
    """A quantity, price or percentage without needless zeros; "" for None."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def gross_price(line: Line) -> Decimal | None:
    """The price before its discount, which some files give without it."""
    if line.gross_price is None and line.price_discount is not None:
        return line.unit_price + line.price_discount
    return line.gross_price

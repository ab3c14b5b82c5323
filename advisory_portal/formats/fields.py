"""Typed fields of an XML element, found by prefixed path. Every refusal names the element and its line."""

import base64
import binascii
import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, NoReturn

from advisory_portal.formats.errors import FormatError, quoted
from advisory_portal.formats.invoice import (
    MAX_LINES,
    MAX_REPEATS,
    NAME_LENGTH,
    NOTE_LENGTH,
    NUMBER_LENGTH,
    Identifier,
)

# The prefixes of the standards, for paths and messages. Files may call their namespaces as they like.
NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}


class Shape(NamedTuple):
    """How many digits a figure may have before and after the point."""

    digits: int
    decimals: int


AMOUNT = Shape(17, 3)
PRICE = QUANTITY = Shape(12, 8)
PERCENT = Shape(3, 6)

# Of one element: the lines of an invoice and whatever stands beside them.
MAX_CHILDREN = MAX_LINES + 10 * MAX_REPEATS

_NUMBER = re.compile(r"[+-]?(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))")  # xs:decimal
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")  # xs:date
_DATE_102 = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@cache
def _steps(path: str) -> tuple[str, ...]:
    """The path as lxml's names, `{namespace}name`; none for "."."""
    if path == ".":
        return ()
    prefixed = (step.split(":") for step in path.split("/"))
    return tuple(f"{{{NAMESPACES[prefix]}}}{name}" for prefix, name in prefixed)


class Node:
    """An element. Paths such as `cac:Country/cbc:Name` lead down from it, "." is the element itself.

    An empty element counts as absent. `need_…` raises FormatError("missing") for an absent one.
    """

    __slots__ = ("_children", "_element")

    def __init__(self, element: Any) -> None:
        self._element = element
        self._children: dict[str, list[Node]] | None = None

    @property
    def line(self) -> int | None:
        line: int | None = self._element.sourceline
        return line

    @property
    def tag(self) -> str:
        """`{namespace}name`."""
        return str(self._element.tag)

    def attribute(self, name: str) -> str:
        return _bounded(self, f"@{name}", " ".join(self._element.get(name, "").split()), NAME_LENGTH)

    def children(self, path: str, *, limit: int = MAX_REPEATS) -> Sequence["Node"]:
        found = self._find(path)
        if len(found) > limit:
            raise FormatError("too_many", line=found[limit].line, element=path, limit=limit)
        return found

    def child(self, path: str) -> "Node | None":
        """The first such element."""
        found = self._find(path)
        return found[0] if found else None

    def need_child(self, path: str) -> "Node":
        found = self.child(path)
        if found is None:
            raise self._missing(path)
        return found

    def text(self, path: str, *, limit: int = NAME_LENGTH) -> str:
        """One line of text; what is given several times is joined with commas."""
        found = self._filled(path)
        joined = ", ".join(node._line_of_text() for node in found)
        return _bounded(found[0], path, joined, limit) if found else ""

    def need_text(self, path: str, *, limit: int = NAME_LENGTH) -> str:
        return self.text(path, limit=limit) or self._raise_missing(path)

    def code(self, path: str) -> str:
        """A code or number: one line of at most NUMBER_LENGTH characters, given at most once."""
        node = self._only(path)
        return "" if node is None else _bounded(node, path, node._line_of_text(), NUMBER_LENGTH)

    def need_code(self, path: str) -> str:
        return self.code(path) or self._raise_missing(path)

    def long_text(self, path: str) -> str:
        """Text of several lines; what is given several times is joined line by line."""
        found = self._filled(path)
        joined = "\n".join((node._element.text or "").strip() for node in found)
        return _bounded(found[0], path, joined, NOTE_LENGTH) if found else ""

    def identifiers(
        self,
        path: str,
        *,
        scheme: str = "schemeID",
        version: str = "",
    ) -> tuple[Identifier, ...]:
        """Every such element with the attributes that name its scheme and its version."""
        return tuple(
            Identifier(
                value=_bounded(node, path, node._line_of_text(), NAME_LENGTH),
                scheme=node.attribute(scheme),
                version=node.attribute(version) if version else "",
            )
            for node in self.children(path)
            if node._line_of_text()
        )

    def identifier(self, path: str) -> Identifier:
        """The first such element with its scheme, or an empty one."""
        found = self.identifiers(path)
        return found[0] if found else Identifier(value="")

    def number(self, path: str, shape: Shape) -> Decimal | None:
        node = self._only(path)
        return None if node is None else _number(node, path, shape)

    def need_number(self, path: str, shape: Shape) -> Decimal:
        found = self.number(path, shape)
        return self._raise_missing(path) if found is None else found

    def amount(self, path: str, currency: str, shape: Shape = AMOUNT) -> Decimal | None:
        """A figure in the invoice's currency, which it may name. Raises FormatError."""
        node = self._only(path)
        if node is None:
            return None
        given = node.attribute("currencyID")
        if given and given != currency:
            raise _mismatch(node, path, given, currency)
        return _number(node, path, shape)

    def need_amount(self, path: str, currency: str, shape: Shape = AMOUNT) -> Decimal:
        found = self.amount(path, currency, shape)
        return self._raise_missing(path) if found is None else found

    def amounts_by_currency(self, path: str, currency: str, other: str) -> dict[str, Decimal]:
        """The figure in the invoice's currency and the one in its tax currency, each given at most once."""
        found: dict[str, Decimal] = {}
        for node in self._filled(path):
            given = node.attribute("currencyID") or currency
            if given in found:
                raise FormatError("repeated", line=node.line, element=path)
            if given not in (currency, other):
                raise _mismatch(node, path, given, currency)
            found[given] = _number(node, path, AMOUNT)
        return found

    def day(self, path: str) -> date | None:
        """A date yyyy-mm-dd; a time zone behind it is ignored."""
        node = self._only(path)
        return None if node is None else _day(node, path)

    def need_day(self, path: str) -> date:
        return self.day(path) or self._raise_missing(path)

    def latest_day(self, path: str) -> date | None:
        """The last of the dates given there."""
        return max((_day(node, path) for node in self._filled(path)), default=None)

    def day_102(self, path: str) -> date | None:
        """A date yyyymmdd in an element whose attribute `format` is 102 or absent."""
        node = self._only(path)
        return None if node is None else _day_102(node, path)

    def need_day_102(self, path: str) -> date:
        return self.day_102(path) or self._raise_missing(path)

    def latest_day_102(self, path: str) -> date | None:
        return max((_day_102(node, path) for node in self._filled(path)), default=None)

    def need_flag(self, path: str) -> bool:
        node = self._only(path)
        if node is None:
            raise self._missing(path)
        value = node._line_of_text()
        if value not in _FLAGS:
            raise FormatError("bad_flag", line=node.line, element=path, value=quoted(value))
        return _FLAGS[value]

    def currency(self, path: str, known: Collection[str] | None) -> str:
        """Three capital letters, among `known` unless that is None; "" where absent."""
        node = self._only(path)
        if node is None:
            return ""
        value = node._line_of_text()
        if not _CURRENCY.fullmatch(value) or (known is not None and value not in known):
            raise FormatError("bad_currency", line=node.line, element=path, value=quoted(value))
        return value

    def need_currency(self, path: str, known: Collection[str] | None) -> str:
        return self.currency(path, known) or self._raise_missing(path)

    def content(self, path: str) -> bytes | None:
        """The bytes of an embedded file (base64)."""
        node = self._only(path)
        if node is None:
            return None
        try:
            return base64.b64decode("".join(node._element.text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise FormatError("bad_attachment", line=node.line, element=path) from None

    def _find(self, path: str) -> Sequence["Node"]:
        found: Sequence[Node] = [self]
        for name in _steps(path):
            found = [child for node in found for child in node._named(name)]
        return found

    def _named(self, name: str) -> Sequence["Node"]:
        """The children of that name, from an index: most fields are absent, to search for each is slow."""
        if self._children is None:
            if len(self._element) > MAX_CHILDREN:
                raise FormatError("too_complex", line=self.line)
            self._children = {}
            for element in self._element:
                self._children.setdefault(element.tag, []).append(Node(element))
        return self._children.get(name, ())

    def _filled(self, path: str) -> list["Node"]:
        return [node for node in self.children(path) if node._line_of_text()]

    def _only(self, path: str) -> "Node | None":
        found = self._filled(path)
        if len(found) > 1:
            raise FormatError("repeated", line=found[1].line, element=path)
        return found[0] if found else None

    def _line_of_text(self) -> str:
        return " ".join((self._element.text or "").split())

    def _missing(self, path: str) -> FormatError:
        return FormatError("missing", line=self.line, element=path)

    def _raise_missing(self, path: str) -> NoReturn:
        raise self._missing(path)


def _bounded(node: Node, path: str, value: str, limit: int) -> str:
    if len(value) > limit:
        raise FormatError("too_long", line=node.line, element=path, limit=limit)
    return value


def _mismatch(node: Node, path: str, given: str, expected: str) -> FormatError:
    value = quoted(given)
    return FormatError("currency_mismatch", line=node.line, element=path, value=value, expected=expected)


def _number(node: Node, path: str, shape: Shape) -> Decimal:
    """The figure with at most `shape.decimals` decimals. Zeros beyond those say nothing and are cut."""
    value = node._line_of_text()
    found = _NUMBER.fullmatch(value)
    if not found:
        raise FormatError("bad_number", line=node.line, element=path, value=quoted(value))
    whole, decimals = (found[1] or "").lstrip("0"), found[2] or found[3] or ""
    if len(whole) > shape.digits or len(decimals.rstrip("0")) > shape.decimals:
        raise FormatError(
            "number_range",
            line=node.line,
            element=path,
            value=quoted(value),
            digits=shape.digits,
            decimals=shape.decimals,
        )
    number = Decimal(f"{whole or '0'}.{decimals[: shape.decimals]}")
    return -number if value.startswith("-") and number else number


def _day(node: Node, path: str) -> date:
    found = _DATE.fullmatch(node._line_of_text())
    return _calendar_day(node, path, found[1] if found else "")


def _day_102(node: Node, path: str) -> date:
    form = node.attribute("format")
    if form not in ("", "102"):
        raise FormatError("date_format", line=node.line, element=path, value=quoted(form))
    found = _DATE_102.fullmatch(node._line_of_text())
    return _calendar_day(node, path, "-".join(found.groups()) if found else "")


def _calendar_day(node: Node, path: str, iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        value = quoted(node._line_of_text())
        raise FormatError("bad_date", line=node.line, element=path, value=value) from None

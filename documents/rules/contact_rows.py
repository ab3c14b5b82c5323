"""A row of somebody's list as the values of a contact."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.text import clean_line
from documents.rules import contact_columns
from documents.rules.tax_ids import is_tax_id
from partners.rules.countries import country_names

MOST_DAYS = 365
SHOWN = 100  # characters of a wrong cell that the report repeats
DELIVERY = "delivery_"
_COUNTRIES = frozenset(code for code, _name in country_names("en"))
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+[^\W\d_]{{2,63}}\Z")
_DAYS = re.compile(r"(\d{1,4})(?:\s*\D{0,20})?\Z")


class BadCell(ValueError):
    """A cell that cannot be taken; the message is a key of `words.CELL_ERRORS`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list is read: the business's language, and those that are offered."""

    language: str
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it was read: its number in the file, values by the contact's fields, and what is wrong in which column.

    Empty cells give no value. `delivery` holds the parts of that address which the row names.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    delivery: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, str, str]] = field(default_factory=list)


def read_row(number: int, cells: Sequence[str], columns: Sequence[str], *, place: Place, country: str) -> ReadRow:
    """The row with its errors: (column, key of `words.CELL_ERRORS`, text of the cell) each.

    `columns` names what each cell is, "" for those to leave out. `country` is the one of rows that name none; by it
    their tax ids are checked. Texts keep to one line except the note.
    """
    row = ReadRow(number)
    for column, cell in zip(columns, cells, strict=False):
        text = cell.strip()
        if not column or not text:
            continue
        try:
            value = _READERS[column](text, place)
        except BadCell as bad:
            row.errors.append((column, str(bad), text[:SHOWN]))
            continue
        if column.startswith(DELIVERY):
            row.delivery[column.removeprefix(DELIVERY)] = value
        else:
            row.values[column] = value
    if not row.values.get("name") and not any(column == "name" for column, _code, _text in row.errors):
        row.errors.append(("name", "missing", ""))
    where = row.values.get("country") or country
    if (tax_id := row.values.get("tax_id")) and where and not is_tax_id(tax_id, where):
        row.errors.append(("tax_id", "tax_id", tax_id))
    return row


def _line(most: int) -> Callable[[str, Place], str]:
    def read(text: str, place: Place) -> str:
        line = clean_line(text)
        if len(line) > most:
            raise BadCell("too_long")
        return line

    return read


def _email(text: str, place: Place) -> str:
    address = text.removeprefix("mailto:").strip().lower()
    if not _EMAIL.match(address) or ".." in address or address.startswith(".") or ".@" in address:
        raise BadCell("email")
    if len(address) > 254:
        raise BadCell("too_long")
    return address


def _website(text: str, place: Place) -> str:
    address = text if re.match("https?://", text, re.IGNORECASE) else f"https://{text}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    if "." not in host or re.search(r"[\s<>\"]", address):
        raise BadCell("website")
    if len(address) > 300:
        raise BadCell("too_long")
    return address


def _note(text: str, place: Place) -> str:
    if len(text) > 5_000:
        raise BadCell("too_long")
    return text


def _found(read: Callable[[str], Any], code: str) -> Callable[[str, Place], Any]:
    def run(text: str, place: Place) -> Any:
        value = read(text)
        if value is None:
            raise BadCell(code)
        return value

    return run


def _language(text: str, place: Place) -> str:
    """A language that we do not speak becomes the business's own; what is no language is an error."""
    code = contact_columns.read_language(text)
    if code is None:
        raise BadCell("language")
    return code if code in place.languages else place.language


def _days(text: str, place: Place) -> int:
    found = _DAYS.match(text)
    if found is None or int(found[1]) > MOST_DAYS:
        raise BadCell("days")
    return int(found[1])


def _percent(text: str, place: Place) -> Decimal:
    plain = text.replace("%", "").replace(" ", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise BadCell("percent") from None
    if not number.is_finite() or not 0 <= number <= 100 or number != round(number, 2):
        raise BadCell("percent")
    return number


_country = _found(lambda text: contact_columns.read_country(text, _COUNTRIES), "country")
_flag = _found(contact_columns.read_flag, "flag")
_READERS: Mapping[str, Callable[[str, Place], Any]] = {
    "name": _line(500),
    "kind": _found(contact_columns.read_kind, "kind"),
    "is_person": _found(contact_columns.read_is_person, "flag"),
    "tax_id": _line(60),
    "email": _email,
    "phone": _line(60),
    "website": _website,
    "street": _line(300),
    "postcode": _line(40),
    "city": _line(200),
    "region": _line(200),
    "country": _country,
    "language": _language,
    "currency": _found(lambda text: contact_columns.read_currency(text, CURRENCIES), "currency"),
    "payment_days": _days,
    "withholding_percent": _percent,
    "pays_surcharge": _flag,
    "note": _note,
    "delivery_street": _line(300),
    "delivery_postcode": _line(40),
    "delivery_city": _line(200),
    "delivery_region": _line(200),
    "delivery_country": _country,
}

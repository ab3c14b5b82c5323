"""What a reviewer compares: a profile's fields as the reader sees them, and what changed in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_money, locale_of
from partners import words
from partners.models import Organisation, ProfileVersion
from partners.rules.differences import Mark, Piece, Value, differences
from partners.rules.profiles import PICTURES, complete

CODES = {
    "services": words.SERVICES,
    "specialities": words.SPECIALITIES,
    "industries": words.INDUSTRIES,
    "profession": dict(Organisation.Profession.choices),
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in the review: what is published and what was submitted, each in pieces."""

    key: str
    label: str
    is_list: bool
    is_changed: bool
    before: list[Piece]
    after: list[Piece]


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture in the review; False where a version has none."""

    key: str
    label: str
    has_before: bool
    has_after: bool
    is_changed: bool


def compare(published: ProfileVersion | None, submitted: ProfileVersion) -> list[FieldRow]:
    """Every field of the submitted version against the published one, in the order of the profile's page."""
    before = shown(published.content) if published else {}
    rows = []
    for found in differences(before, shown(submitted.content)):
        rows.append(
            FieldRow(
                key=found.field,
                label=str(words.FIELDS[found.field]),
                is_list=found.is_list,
                is_changed=found.is_changed,
                before=[piece for piece in found.pieces if piece.mark is not Mark.ADDED],
                after=[piece for piece in found.pieces if piece.mark is not Mark.REMOVED],
            )
        )
    return rows


def compare_pictures(published: ProfileVersion | None, submitted: ProfileVersion) -> list[PictureRow]:
    """Logo and cover. The same bytes stored twice are no change."""
    rows = []
    for key in PICTURES:
        old, new = getattr(published, key, None), getattr(submitted, key)
        is_changed = (old.sha256 if old else "") != (new.sha256 if new else "")
        rows.append(PictureRow(key, str(words.FIELDS[key]), old is not None, new is not None, is_changed))
    return rows


def shown(content: Mapping[str, Any]) -> dict[str, Value]:
    """A profile's fields as texts and lists of texts in the reader's language. The currency stands with the price."""
    whole = complete(content)
    currency = whole.pop("price_currency")
    written: dict[str, Value] = {}
    for key, value in whole.items():
        if key in CODES:
            written[key] = _labels(CODES[key], value)
        elif isinstance(value, bool):
            written[key] = _("Yes") if value else _("No")
        else:
            written[key] = value
    return written | {
        "languages": [words.language_name(code) for code in whole["languages"]],
        "country": country_name(whole["country"]),
        "social": [
            f"{words.SOCIAL.get(name, name)}: {address}" for name, address in whole["social"].items() if address
        ],
        "staff": [_person(person) for person in whole["staff"]],
        "price_from": _price(whole["price_from"], currency),
    }


def country_name(code: str) -> str:
    """The country in the reader's language; its code where it has no name."""
    return str(locale_of(active_language()).territories.get(code, code))


def _labels(table: Mapping[str, Any], value: str | Iterable[str]) -> Value:
    if isinstance(value, str):
        return str(table.get(value, value))
    return [str(table.get(code, code)) for code in value]


def _person(person: Mapping[str, Any]) -> str:
    said = ", ".join(filter(None, (person.get("name", ""), person.get("role", ""))))
    return said if person.get("public") else _("%(person)s (not shown)") % {"person": said}


def _price(amount: str, currency: str) -> str:
    return format_money(Decimal(amount), currency) if amount else ""

"""Contacts side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_number
from documents.models import Contact
from documents.models.duplicates import Duplicates
from documents.rules import MERGED_FIELDS, MOST_MERGED
from documents.words import CONTACT_COLUMNS
from partners.rules.countries import country_names


@dataclass(frozen=True, slots=True)
class ComparedField:
    """A field in which contacts differ: its name and label, and for each contact its id, its text and whether it is
    chosen."""

    name: str
    label: str
    cells: list[tuple[str, str, bool]]


def compared_fields(
    contacts: Sequence[Contact], kept: UUID, chosen: Mapping[str, UUID]
) -> tuple[list[ComparedField], list[ComparedField]]:
    """The fields in which the contacts differ, and those that all share, empty ones left out. Makes no query.

    Where nothing was chosen the value of the one that stays is taken, or the first one there is.
    """
    differing, same = [], []
    words = _words()
    for name in MERGED_FIELDS:
        texts = [_text(getattr(contact, name), name, words) for contact in contacts]
        source = chosen.get(name) or _usual_source(contacts, texts, kept)
        cells = [(str(one.pk), text, one.pk == source) for one, text in zip(contacts, texts, strict=True)]
        field = ComparedField(name, str(CONTACT_COLUMNS[name]), cells)
        if len(set(texts)) > 1:
            differing.append(field)
        elif texts[0] and getattr(contacts[0], name) is not False:
            same.append(field)
    return differing, same


def _usual_source(contacts: Sequence[Contact], texts: Sequence[str], kept: UUID) -> UUID:
    filled = [contact.pk for contact, text in zip(contacts, texts, strict=True) if text]
    return kept if kept in filled or not filled else filled[0]


def _words() -> dict[str, dict[str, str]]:
    return {
        "kind": {str(value): str(label) for value, label in Contact.Kind.choices},
        "country": dict(country_names(active_language())),
        "language": {code: str(label) for code, label in settings.LANGUAGES},
    }


def _text(value: Any, name: str, words: Mapping[str, Mapping[str, str]]) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return f"{format_number(value)} %" if value else ""
    if isinstance(value, dict):
        country = words["country"].get(value.get("country", ""), "")
        town = " ".join(filter(None, (value.get("postcode"), value.get("city"))))
        return ", ".join(filter(None, (value.get("street"), town, value.get("region"), country)))
    text = "" if value is None else str(value)
    return words[name].get(text, text) if name in words else text


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Contacts that may be the same, with why in words."""

    contacts: list[Contact]
    why: str


def duplicate_groups(found: Duplicates) -> list[DuplicateGroup]:
    """Possible duplicates as a page shows them. Makes no query."""
    labels = {"tax_id": _("Same tax id"), "email": _("Same e-mail"), "name": _("Similar name")}
    return [
        DuplicateGroup(contacts[:MOST_MERGED], " · ".join(label for name, label in labels.items() if name in why))
        for contacts, why in found.groups
    ]

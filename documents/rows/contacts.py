"""Contacts as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisory_portal.core.formatting import (
    active_language,
    format_moment,
    format_money,
    format_number,
    locale_of,
)
from documents.models import Contact
from documents.models.balance import Balance
from documents.rules import DELIVERY_PARTS
from partners.rules.countries import country_names

_HOLE = UUID(int=0)
Text = str | Promise


@dataclass(frozen=True)
class ContactColumns:
    """The columns of the list of contacts beside the name: all there are, and those that are shown."""

    shown: tuple[str, ...]

    ALL = {
        "kind": gettext_lazy("Kind"),
        "tax_id": gettext_lazy("Tax id"),
        "email": gettext_lazy("E-mail"),
        "phone": gettext_lazy("Phone"),
        "city": gettext_lazy("City"),
        "country": gettext_lazy("Country"),
        "language": gettext_lazy("Language"),
    }
    USUAL = ("kind", "tax_id", "email", "city")

    @classmethod
    def of(cls, asked: Sequence[str]) -> ContactColumns:
        """Those that an address names, in our order; the usual ones where it names none."""
        return cls(tuple(key for key in cls.ALL if key in asked) or cls.USUAL)

    @property
    def choices(self) -> list[dict[str, Text]]:
        return [{"key": key, "label": label} for key, label in self.ALL.items()]

    @property
    def heads(self) -> list[dict[str, object]]:
        """The columns as the table component takes them."""
        name: dict[str, object] = {"key": "sort_key", "label": _("Name"), "sort": True}
        return [name, *({"key": key, "label": self.ALL[key], "wide": key != "kind"} for key in self.shown)]


class ContactRow(NamedTuple):
    """A contact in a list: its cells stand in the order of the columns shown, (text, hidden on phones) each."""

    id: str
    href: str
    name: str
    is_reviewed: bool
    cells: list[tuple[str, bool]]


def contact_rows(contacts: Iterable[Contact], columns: ContactColumns, *, slug: str) -> list[ContactRow]:
    """The contacts as rows of a list. Makes no query."""
    pattern = reverse("documents:contact", args=[slug, _HOLE])
    words = {
        "kind": {str(key): str(label) for key, label in Contact.Kind.choices},
        "country": dict(country_names(active_language())),
        "language": {key: str(label) for key, label in settings.LANGUAGES},
    }
    return [
        ContactRow(
            id=str(contact.pk),
            href=pattern.replace(str(_HOLE), str(contact.pk)),
            name=contact.name,
            is_reviewed=contact.reviewed_at is not None,
            cells=[(_cell(contact, key, words), key != "kind") for key in columns.shown],
        )
        for contact in contacts
    ]


def _cell(contact: Contact, key: str, words: dict[str, dict[str, str]]) -> str:
    value: str = getattr(contact, key)
    return words[key].get(value, value) if key in words else value


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name, a hint, and whether the hint warns."""

    label: str
    value: str
    hint: str
    is_late: bool


def balance_tiles(balances: Iterable[Balance]) -> list[Tile]:
    """The balances of a contact as figures of its page."""
    tiles = []
    for balance in balances:
        label = _("They owe us, in %(currency)s") if balance.is_ours else _("We owe them, in %(currency)s")
        overdue = format_money(balance.overdue, balance.currency)
        tiles.append(
            Tile(
                label=label % {"currency": balance.currency},
                value=format_money(balance.open, balance.currency),
                hint=_("%(amount)s overdue") % {"amount": overdue} if balance.overdue > 0 else _("Nothing overdue"),
                is_late=balance.overdue > 0,
            )
        )
    return tiles


Fact = tuple[str, str, str]


def contact_facts(contact: Contact, time_zone: str) -> list[tuple[str, list[Fact]]]:
    """What is known of a contact, in groups: a title, and (label, text, address or "") for each thing known."""
    country = dict(country_names(active_language()))
    languages = {key: str(label) for key, label in settings.LANGUAGES}
    language = languages.get(contact.language, contact.language)
    groups: list[tuple[str, list[Fact]]] = [
        (
            _("Contact"),
            [
                (_("Tax id"), contact.tax_id, ""),
                (_("E-mail"), contact.email, f"mailto:{contact.email}"),
                (_("Phone"), contact.phone, ""),
                (_("Website"), contact.website, contact.website),
                (_("Language"), language, ""),
            ],
        ),
        (
            _("Addresses"),
            [(_("Invoices"), _address({part: getattr(contact, part) for part in DELIVERY_PARTS}, country), "")],
        ),
        (_("Money"), _money_facts(contact)),
        (_("In this account"), _account_facts(contact, time_zone)),
    ]
    if contact.delivery:
        groups[1][1].append((_("Delivery"), _address(contact.delivery, country), ""))
    kept = [(title, [fact for fact in facts if fact[1]]) for title, facts in groups]
    return [(title, facts) for title, facts in kept if facts]


def _address(parts: dict[str, str], country: dict[str, str]) -> str:
    """An address on lines of its own."""
    town = " ".join(filter(None, (parts.get("postcode"), parts.get("city"))))
    code = parts.get("country", "")
    return "\n".join(filter(None, (parts.get("street"), town, parts.get("region"), country.get(code, code))))


def _money_facts(contact: Contact) -> list[Fact]:
    currency, days = contact.currency, contact.payment_days
    name = locale_of(active_language()).currencies.get(currency, "")
    within = ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days is not None else ""
    percent = contact.withholding_percent
    return [
        (_("Currency"), f"{currency} · {name}" if currency and name else currency, ""),
        (_("Days to pay"), within, ""),
        (_("Withholding"), f"{format_number(percent)} %" if percent else "", ""),
        (_("Equivalence surcharge"), _("Yes") if contact.pays_surcharge else "", ""),
    ]


def _account_facts(contact: Contact, time_zone: str) -> list[Fact]:
    reviewed = ""
    if contact.reviewed_at is not None:
        who = {"name": contact.reviewed_by_name, "moment": format_moment(contact.reviewed_at, time_zone)}
        reviewed = _("%(name)s, %(moment)s") % who
    return [
        (_("Added on"), format_moment(contact.created_at, time_zone), ""),
        (_("Reviewed"), reviewed, ""),
    ]

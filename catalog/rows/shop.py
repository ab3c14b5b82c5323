"""The catalog as whoever shops in it sees it: cards of products, the tree of categories, the page of a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from advisory_portal.core.formatting import active_language, format_number, money_formatter
from advisory_portal.core.money import exponent
from catalog.models.offers import Offer
from catalog.models.shelf import ShelfRow
from catalog.models.shopping import Shopper
from catalog.models.tree import Branch
from catalog.rules import State, shown_price
from catalog.words import AVAILABILITY
from documents.rules import Tax
from documents.words import UNIT_NAMES

_HOLE = UUID(int=0)
SINGLE = ("C62", "EA", "H87", "PCE", "ZZ", "")  # units that need not be named beside a price

ONE_OF = {  # where the word for many is another
    "HUR": pgettext_lazy("a price per", "hour"),
    "DAY": pgettext_lazy("a price per", "day"),
    "WEE": pgettext_lazy("a price per", "week"),
    "MON": pgettext_lazy("a price per", "month"),
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the pages of one catalog are: for its contacts, or for who holds its shared link."""

    home: str
    category_pattern: str
    product_pattern: str
    picture_pattern: str
    add_pattern: str = ""  # whoever came by the shared link has no cart

    @classmethod
    def of_portal(cls, slug: str) -> Addresses:
        return cls(
            reverse("catalog:shop", args=[slug]),
            reverse("catalog:shop_category", args=[slug, _HOLE]),
            reverse("catalog:shop_product", args=[slug, _HOLE]),
            reverse("catalog:shop_picture", args=[slug, _HOLE, "small"]),
            reverse("catalog:add_to_cart", args=[slug, _HOLE]),
        )

    @classmethod
    def of_link(cls, slug: str, token: str) -> Addresses:
        return cls(
            reverse("catalog:shared", args=[slug, token]),
            reverse("catalog:shared_category", args=[slug, token, _HOLE]),
            reverse("catalog:shared_product", args=[slug, token, _HOLE]),
            reverse("catalog:shared_picture", args=[slug, token, _HOLE, "small"]),
        )

    def category(self, pk: UUID) -> str:
        return self.category_pattern.replace(str(_HOLE), str(pk))

    def product(self, pk: UUID) -> str:
        return self.product_pattern.replace(str(_HOLE), str(pk))

    def add(self, variant: UUID) -> str:
        """Where a variant is put into the cart."""
        return self.add_pattern.replace(str(_HOLE), str(variant))

    def picture(self, pk: UUID | None, size: str = "small") -> str:
        """ "" where there is none."""
        return self.picture_pattern.replace(str(_HOLE), str(pk)).replace("/small/", f"/{size}/") if pk else ""


class Badge(NamedTuple):
    """What is there of a product: a state that chooses the colour, and words. Both "" where nothing is said."""

    state: str
    words: str


class Card(NamedTuple):
    """The texts of a product in a grid, for `repeated`. `state` and `words` are its badge's; `add` is the address that
    puts it into the cart.
    """

    href: str
    name: str
    picture: str
    price: str
    unit: str
    state: str
    words: str
    note: str
    add: str


class Marks(NamedTuple):
    """What is there of a card, and what its button does: "add" it, "choose" one of its variants, "" where neither."""

    has_picture: bool
    has_unit: bool
    has_badge: bool
    has_note: bool
    act: str


def price_text(price: Decimal, currency: str, language: str) -> str:
    """A price with its currency, and with more decimals than that has where the price has them."""
    if price == round(price, exponent(currency)):
        return money_formatter(language, currency)(price)
    return f"{format_number(price, language, least=exponent(currency))} {currency}"


def offered_price(shopper: Shopper, price: Decimal | None, tax: Tax, language: str) -> str:
    """A net price as the business's settings show it; words where there is none."""
    if price is None:
        return _("Price on request")
    return price_text(
        shown_price(price, shopper.currency, tax if shopper.shows_tax else None), shopper.currency, language
    )


def unit_text(unit: str) -> str:
    """What a price is of, where it is not simply a piece: "kg"."""
    if unit in SINGLE:
        return ""
    return str(ONE_OF.get(unit) or UNIT_NAMES.get(unit) or unit)


def badge_of(shopper: Shopper, offers: Sequence[Offer], language: str) -> Badge:
    """What is there of the best of the variants, as exactly as the business lets its contacts know."""
    if not offers or shopper.availability == "hidden":
        return Badge("", "")
    order = (State.ALWAYS, State.IN_STOCK, State.LOW, State.BACKORDER, State.OUT)
    best = min(offers, key=lambda one: order.index(one.state))
    state, free = best.state, best.free
    if shopper.availability == "exact" and free is not None and len(offers) == 1 and free > 0:
        words = _("%(number)s in stock") % {"number": format_number(free, language)}
        return Badge(state.value, words)
    return Badge(state.value, str(AVAILABILITY[state.value]))


def cards_of(
    shopper: Shopper, rows: Sequence[ShelfRow], offers: Mapping[UUID, Sequence[Offer]], where: Addresses
) -> list[tuple[Marks, list[Card]]]:
    """The products as cards in their order, in runs of those with the same marks. Makes no query."""
    language = active_language()
    cards = [_card(shopper, row, offers.get(row.id, ()), where, language) for row in rows]
    return [(marks, [card for _marks, card in run]) for marks, run in groupby(cards, key=itemgetter(0))]


def _card(
    shopper: Shopper, row: ShelfRow, offers: Sequence[Offer], where: Addresses, language: str
) -> tuple[Marks, Card]:
    prices = sorted({one.price for one in offers if one.price is not None})
    text = offered_price(shopper, prices[0] if prices else None, shopper.tax_of(row.tax), language)
    badge = badge_of(shopper, offers, language)
    card = Card(
        href=where.product(row.id),
        name=row.name,
        picture=where.picture(row.cover),
        price=_("from %(price)s") % {"price": text} if len(prices) > 1 else text,
        unit=unit_text(row.unit),
        state=badge.state,
        words=badge.words,
        note=_("%(number)s variants") % {"number": len(offers)} if len(offers) > 1 else "",
        add=where.add(offers[0].id) if len(offers) == 1 else "",
    )
    act = "" if shopper.is_public or not any(one.can_be_ordered for one in offers) else "add" if card.add else "choose"
    return Marks(bool(card.picture), bool(card.unit), bool(card.words), bool(card.note), act), card


class TreeRow(NamedTuple):
    """A category in the side tree. `is_open` has its children shown below it; `is_here` is the one that is shown."""

    href: str
    name: str
    depth: int
    is_open: bool
    is_here: bool


def tree_rows(branches: Sequence[Branch], here: UUID | None, where: Addresses) -> list[TreeRow]:
    """The part of the tree that a page shows, written out line by line."""
    path = next((one.path for one in branches if one.id == here), "")
    return [
        TreeRow(
            href=where.category(one.id),
            name=one.name,
            depth=min(one.depth, 4),
            is_open=path.startswith(one.path),
            is_here=one.id == here,
        )
        for one in branches
    ]


def child_rows(branches: Sequence[Branch], here: UUID | None, where: Addresses) -> list[tuple[str, str]]:
    """Address and name of what lies just below the category, or at the top."""
    return [(where.category(one.id), one.name) for one in branches if one.parent_id == here]

"""Who shops, and by which terms: the statement that every page of the catalog, the cart and the orders begins with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from advisory_portal.core.access import Actor, Workspace
from advisory_portal.core.statements import Prepared
from catalog.models.base import is_whole_contact
from catalog.models.orders import CartLine
from catalog.models.settings import CatalogSettings
from catalog.models.terms import ContactTerms
from catalog.rules import usual_tax
from documents.rules import Tax, tax_of_key, with_surcharge


@dataclass(frozen=True, slots=True)
class SharedPlace(Workspace):
    """A business as the frame around its shared catalog shows it."""

    title: str = ""
    logo_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who looks at a business's catalog, at which prices, and what the business's settings let them do.

    `contact_id` is None for who came by the shared link: they read, at list prices. `language` is the contact's, and
    `withholding` the percentage that is withheld from what they pay. `minimum` is the least amount of an order without
    tax in `currency`, 0 for none; `in_cart` how many lines the cart has.
    """

    place: Workspace
    contact_id: UUID | None
    currency: str
    lists: tuple[UUID, ...] = ()
    own_list: UUID | None = None
    language: str = ""
    pays_surcharge: bool = False
    withholding: Decimal = Decimal(0)
    shows_tax: bool = False
    availability: str = CatalogSettings.Availability.BADGE
    needs_approval: bool = False
    pays_now: bool = False
    minimum: Decimal = Decimal(0)
    allows_backorders: bool = False
    cancel_until: str = CatalogSettings.Cancel.PLACED
    default_tax: str = ""
    in_cart: int = 0
    taxes: dict[str, Tax] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        return self.contact_id is None

    @property
    def has_list_prices(self) -> bool:
        """Whether list prices, which are in the business's currency, count for this shopper."""
        return self.currency == self.place.currency

    def tax_of(self, key: str) -> Tax:
        """How a product with this tax key is taxed for the shopper; "" is the business's usual tax."""
        if key not in self.taxes:
            tax = tax_of_key(key) if key else usual_tax(self.default_tax, self.place.country)
            self.taxes[key] = with_surcharge(tax, self.place.country) if self.pays_surcharge else tax
        return self.taxes[key]


_SETTINGS = ("prices", "availability", "needs_approval", "payment", "minimum_amounts", "allows_backorders")
_CANCEL = "cancel_until"


def _settings(prefix: str) -> list[str]:
    return [f"{prefix}{name}" for name in (*_SETTINGS, _CANCEL)]


def _terms(organisation: UUID, contact: UUID) -> QuerySet[Any, Any]:
    lines = CartLine.objects.filter(cart__contact_id=OuterRef("contact_id")).order_by()
    counted = lines.values("cart__contact_id").annotate(number=Count("*")).values("number")
    return (
        ContactTerms.objects.filter(organisation_id=organisation, contact_id=contact, is_on=True)
        .annotate(in_cart=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
        .values_list(
            *("price_list_id", "price_list__currency", "own_list_id", "in_cart"),
            *("contact__language", "contact__pays_surcharge", "contact__withholding_percent"),
            "organisation__document_settings__default_tax",
            *_settings("organisation__catalog_settings__"),
        )
    )


_TERMS = Prepared(_terms, organisation=UUID, contact=UUID)


def shopper_of(actor: Actor) -> Shopper | None:
    """The contact as a shopper; None where the catalog is not on for it. One statement. Source: PRODUCT 7, 9."""
    if not is_whole_contact(actor) or actor.contact_id is None:
        return None
    row = _TERMS.first(organisation=actor.place.id, contact=actor.contact_id)
    if row is None:
        return None
    price_list, currency, own_list, in_cart, language, pays_surcharge, withholding, *rest = row
    return _shopper(
        actor.place,
        rest,
        contact_id=actor.contact_id,
        currency=currency or actor.place.currency,
        lists=tuple(one for one in (price_list, own_list) if one is not None),
        own_list=own_list,
        in_cart=in_cart,
        language=language,
        pays_surcharge=pays_surcharge,
        withholding=withholding,
    )


def _shopper(place: Workspace, rest: Sequence[Any], *, currency: str, **own: Any) -> Shopper:
    default_tax, prices, availability, needs_approval, payment, minimum_amounts, allows_backorders, cancel_until = rest
    minimums = json.loads(minimum_amounts) if minimum_amounts else {}
    return Shopper(
        place=place,
        currency=currency,
        default_tax=default_tax or "",
        shows_tax=prices == CatalogSettings.Prices.WITH_TAX,
        availability=availability or CatalogSettings.Availability.BADGE,
        needs_approval=bool(needs_approval),
        pays_now=payment == CatalogSettings.Payment.NOW,
        minimum=Decimal(minimums.get(currency, "0")),
        allows_backorders=bool(allows_backorders),
        cancel_until=CatalogSettings.Cancel.PLACED if cancel_until is None else cancel_until,
        **own,
    )


_PLACE = ("id", "slug", "name", "kind", "currency", "time_zone", "language", "country", "accent")


def _shared(slug: str, share_hash: str) -> QuerySet[Any, Any]:
    return (
        CatalogSettings.objects.shared(share_hash)
        .filter(organisation__slug=slug)
        .values_list(
            *(f"organisation__{name}" for name in _PLACE),
            "organisation__document_settings__logo_id",
            "organisation__document_settings__default_tax",
            *_settings(""),
        )
    )


def shared_shopper(slug: str, share_hash: str) -> Shopper | None:
    """Whoever holds the shared link of the catalog at this portal's address; None where it is off or another."""
    row = _shared(slug, share_hash).first()
    if row is None:
        return None
    logo_id, *others = row[len(_PLACE) :]
    place = SharedPlace(**dict(zip(_PLACE, row, strict=False)), logo_id=logo_id)
    rest = [json.dumps(one) if isinstance(one, dict) else one for one in others]
    return _shopper(place, rest, contact_id=None, currency=place.currency)

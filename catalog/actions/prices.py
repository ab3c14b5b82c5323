"""Price lists, and the prices of one contact alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.money import round_money
from catalog.actions.products import lock_catalog
from catalog.models import ContactTerms, Price, PriceList, Variant
from catalog.rules import Tier
from documents.models import Contact

MOST_TIERS = 10


class PriceListTaken(Refused):
    """Two price lists in use never have the same name."""


class PriceListUsed(Refused):
    """Contacts have the list."""


class OtherCurrency(Refused):
    """The list is in another currency than the list prices."""


class WrongTiers(Refused):
    """Two prices begin at the same quantity, or there are too many."""


@transaction.atomic
def save_price_list(*, actor: Actor, price_list: PriceList | None, name: str, currency: str) -> PriceList:
    """Keep a price list's name and, of a new one, its currency. Raises Forbidden, PriceListTaken."""
    lock_catalog(actor)
    own = PriceList.objects.filter(organisation_id=actor.place.id)
    row = own.get(pk=price_list.pk) if price_list is not None else PriceList(currency=currency)
    if own.to_give().exclude(pk=row.pk).filter(name__iexact=name).exists():
        raise PriceListTaken(_("There is a price list with this name."), field="name")
    before, row.name, row.organisation_id = row.name, name, actor.place.id
    row.save()
    if price_list is None:
        record(actor, "catalog.pricelist.created", about=row)
    elif before != name:
        record(actor, "catalog.pricelist.changed", about=row, before={"name": before}, after={"name": name})
    return row


@transaction.atomic
def retire_price_list(*, actor: Actor, price_list: PriceList, now: datetime) -> None:
    """Let a list that no contact has be given to nobody. Repeating it does nothing. Raises Forbidden, PriceListUsed."""
    lock_catalog(actor)
    row = PriceList.objects.filter(organisation_id=actor.place.id).get(pk=price_list.pk)
    if row.retired_at is not None:
        return
    number = ContactTerms.objects.filter(organisation_id=actor.place.id, price_list=row).count()
    if number:
        raise PriceListUsed(_("Contacts have this price list. Give them another one first."))
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    record(actor, "catalog.pricelist.retired", about=row)


@transaction.atomic
def set_prices(*, actor: Actor, price_list: PriceList, variant: Variant, tiers: Sequence[Tier]) -> None:
    """Put these prices of a variant on a list in place of those it has; none takes it off. Repeating it does nothing.

    Prices are without tax in the list's currency. Raises Forbidden, WrongTiers.
    """
    lock_catalog(actor)
    wanted = {tier.from_quantity: tier.price for tier in tiers}
    if len(wanted) < len(tiers) or len(tiers) > MOST_TIERS:
        raise WrongTiers(_("Each quantity has one price, and there are at most %(most)s.") % {"most": MOST_TIERS})
    rows = Price.objects.filter(price_list=price_list, variant=variant)
    before = dict(rows.values_list("from_quantity", "price"))
    if before == wanted:
        return
    rows.exclude(from_quantity__in=wanted).delete()
    written = [
        Price(
            organisation_id=price_list.organisation_id,
            price_list=price_list,
            variant=variant,
            from_quantity=quantity,
            price=price,
        )
        for quantity, price in wanted.items()
    ]
    Price.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["price_list", "variant", "from_quantity"],
        update_fields=["price"],
    )
    was, now = (_in_words(prices) for prices in (before, wanted))
    record(actor, "catalog.variant.priced", about=variant, before={"prices": was}, after={"prices": now})


@transaction.atomic
def fill_price_list(*, actor: Actor, price_list: PriceList, percent: Decimal) -> int:
    """Give every variant in use without a price on the list its list price less so many percent; returns how many.

    Prices are rounded to the currency's smallest unit. Raises Forbidden, OtherCurrency.
    """
    lock_catalog(actor)
    if price_list.currency != actor.place.currency:
        raise OtherCurrency(_("List prices are in %(currency)s.") % {"currency": actor.place.currency})
    variants = Variant.objects.filter(organisation_id=actor.place.id, product__retired_at=None).in_use()
    rest = (Decimal(100) - percent).scaleb(-2)
    written = [
        Price(
            organisation_id=actor.place.id,
            price_list=price_list,
            variant_id=variant_id,
            price=round_money(price * rest, price_list.currency),
        )
        for variant_id, price in variants.exclude(prices__price_list=price_list).values_list("pk", "list_price")
    ]
    Price.objects.bulk_create(written, batch_size=1_000)
    if written:
        record(actor, "catalog.pricelist.filled", about=price_list, after={"percent": str(percent)})
    return len(written)


def _in_words(prices: Mapping[Decimal, Decimal]) -> str:
    return ", ".join(f"{quantity:f}+: {price:f}" for quantity, price in prices.items())


@transaction.atomic
def save_terms(*, actor: Actor, contact: Contact, is_on: bool, price_list: PriceList | None) -> ContactTerms:
    """Say whether the catalog is on for a contact, and at which prices. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.CATALOG, Level.MANAGE)
    terms = lock_terms(contact)
    before = {"catalog": terms.is_on, "price_list": str(terms.price_list or "")}
    after = {"catalog": is_on, "price_list": str(price_list or "")}
    if before == after and not terms._state.adding:
        return terms
    terms.is_on, terms.price_list = is_on, price_list
    terms.save()
    record(actor, "catalog.terms.changed", about=contact, before=before, after=after)
    return terms


def lock_terms(contact: Contact) -> ContactTerms:
    """The contact's terms, or new ones, for one writer at a time: the contact's row is locked."""
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    found = ContactTerms.objects.filter(contact=contact).select_related("price_list", "own_list").first()
    return found or ContactTerms(organisation_id=contact.organisation_id, contact=contact)


@transaction.atomic
def set_own_prices(*, actor: Actor, contact: Contact, variant: Variant, tiers: Sequence[Tier]) -> None:
    """Let a contact have these prices of a variant before all others; none takes them away.

    They are without tax in the currency that the contact buys in; prices of its own in another currency, from before
    it was given a list in this one, go. Raises Forbidden, WrongTiers.
    """
    lock_catalog(actor)
    terms = lock_terms(contact)
    currency = terms.price_list.currency if terms.price_list is not None else actor.place.currency
    if terms.own_list is None:
        own = PriceList(organisation_id=contact.organisation_id, name=contact.name[:80], currency=currency, is_own=True)
        own.save()
        terms.own_list = own
        terms.save()
    elif terms.own_list.currency != currency:
        terms.own_list.rows.all().delete()
        terms.own_list.currency = currency
        terms.own_list.save(update_fields=["currency"])
    set_prices(actor=actor, price_list=terms.own_list, variant=variant, tiers=tiers)


@transaction.atomic
def turn_on_catalog(*, actor: Actor, contacts: Sequence[Contact]) -> int:
    """Turn the catalog on for these contacts; returns for how many it was off. Raises Forbidden."""
    actor.require(Section.CATALOG, Level.MANAGE)
    turned = 0
    for contact in sorted(contacts, key=lambda one: one.pk):
        terms = lock_terms(contact)
        if not terms.is_on:
            save_terms(actor=actor, contact=contact, is_on=True, price_list=terms.price_list)
            turned += 1
    return turned

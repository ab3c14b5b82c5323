"""Carts: what a contact puts in, changes, takes out, and agrees to when prices or stock have changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import active_language, format_number
from advisory_portal.core.ids import uuid7
from advisory_portal.core.numbers import BadNumber, read_number
from catalog.models import Cart, CartLine, Variant
from catalog.models.cart_items import items_of, print_of
from catalog.models.offers import Offer, offers_of
from catalog.models.shopping import Shopper, shopper_of
from catalog.rules import can_take, pad_lines, price_at, sku_key
from catalog.words import fault_text

MOST_LINES = 300  # of one cart; a document has at most 500
MOST_PAD_LINES = 300


class CannotOrder(Refused):
    """So many of it cannot be ordered, or nothing of it."""


class CartFull(Refused):
    """The cart has as many lines as an order may have."""


class ChangedAgain(Refused):
    """Between showing the changes and agreeing to them something else has changed."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the quick-order pad that could not be put in: as it was typed, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class PadResult:
    """How many lines went into the cart, and those that did not."""

    added: int
    wrong: Sequence[Wrong]


def shopping(actor: Actor) -> Shopper:
    """The contact as a shopper. Raises Forbidden where its catalog is off, or for one who only looks."""
    shopper = shopper_of(actor)
    if shopper is None or actor.read_only:
        raise Forbidden
    return shopper


def contact_of(shopper: Shopper) -> UUID:
    """The id of the contact that shops. Raises Forbidden for who came by the shared link."""
    if shopper.contact_id is None:
        raise Forbidden
    return shopper.contact_id


def locked_cart(shopper: Shopper) -> Cart:
    """The shopper's cart, locked until commit; an empty one where there is none yet. Raises Forbidden."""
    contact_id = contact_of(shopper)
    first = Cart(organisation_id=shopper.place.id, contact_id=contact_id, key=uuid7())
    found = Cart.objects.select_for_update(no_key=True).filter(contact_id=contact_id)
    cart = found.first()
    if cart is None:
        Cart.objects.bulk_create([first], ignore_conflicts=True)
        cart = found.get()
    return cart


def _touch(cart: Cart) -> None:
    cart.revision += 1
    cart.save(update_fields=["revision"])


def why_not(offer: Offer | None, quantity: Decimal, shopper: Shopper) -> str:
    """Why so many of it cannot be ordered, in words for the shopper; "" where they can."""
    if offer is None:
        return _("This is not offered any more.")
    fault = offer.fault_of(quantity)
    if fault is not None:
        steps = {"minimum": format_number(offer.minimum), "multiple": format_number(offer.multiple)}
        return fault_text(fault.value, **steps)
    if price_at(offer.tiers, quantity) is None:
        return _("There is no price for this yet. Please ask us.")
    if can_take(quantity, offer.free, allows_backorders=shopper.allows_backorders):
        return ""
    return left_text(offer.free, shopper)


def left_text(free: Decimal | None, shopper: Shopper) -> str:
    """That not so many are there; how many are, where the business lets contacts know."""
    if free is None or free <= 0:
        return _("This is out of stock.")
    if shopper.availability != "exact":
        return _("There are not so many left. Order fewer.")
    return _("Only %(number)s are left.") % {"number": format_number(free)}


@transaction.atomic
def add_to_cart(*, actor: Actor, variant: Variant, quantity: Decimal, key: UUID) -> Decimal:
    """Put so many more of a variant into the contact's cart; returns how many of it lie there then.

    `key` is of the click: the same one again adds nothing. Raises CannotOrder, CartFull, Forbidden.
    """
    shopper = shopping(actor)
    cart = locked_cart(shopper)
    line = CartLine.objects.filter(cart=cart, variant=variant).first()
    if line is not None and line.added_key == key:
        kept: Decimal = line.quantity
        return kept
    offer = _offer_of(shopper, variant)
    total = quantity + (line.quantity if line else 0)
    reason = why_not(offer, quantity, shopper) or why_not(offer, total, shopper)
    if reason or offer is None:
        raise CannotOrder(reason, field="quantity")
    if line is None and CartLine.objects.filter(cart=cart).count() >= MOST_LINES:
        raise CartFull(_("A cart has at most %(most)s lines. Order these first.") % {"most": MOST_LINES})
    _write(cart, [(offer, total, line)], shopper, key)
    _touch(cart)
    return total


def _offer_of(shopper: Shopper, variant: Variant) -> Offer | None:
    offers = offers_of(shopper, [variant.product_id])[variant.product_id]
    return next((one for one in offers if one.id == variant.pk), None)


def _write(
    cart: Cart, wanted: Iterable[tuple[Offer, Decimal, CartLine | None]], shopper: Shopper, key: UUID | None
) -> None:
    """Keep the quantities, with price and stock as they are. A change that nobody agreed to yet stays to be seen."""
    new: list[CartLine] = []
    old: list[CartLine] = []
    for offer, quantity, line in wanted:
        kept = line or CartLine(organisation_id=cart.organisation_id, cart=cart, variant_id=offer.id)
        if line is None or line.seen_price == price_at(offer.tiers, line.quantity):
            kept.seen_price, kept.seen_currency = price_at(offer.tiers, quantity), shopper.currency
            kept.seen_free = offer.free
        kept.quantity, kept.added_key = quantity, key or kept.added_key
        (old if line else new).append(kept)
    CartLine.objects.bulk_create(new)
    CartLine.objects.bulk_update(old, ["quantity", "seen_price", "seen_currency", "seen_free", "added_key"])


@transaction.atomic
def set_quantity(*, actor: Actor, line: CartLine, quantity: Decimal) -> None:
    """Let a line of the contact's cart be of so many. Repeating it does nothing. Raises CannotOrder, Forbidden."""
    shopper = shopping(actor)
    cart = locked_cart(shopper)
    kept = CartLine.objects.filter(cart=cart, pk=line.pk).select_related("variant").first()
    if kept is None or kept.quantity == quantity:
        return
    offer = _offer_of(shopper, kept.variant)
    reason = why_not(offer, quantity, shopper)
    if reason or offer is None:
        raise CannotOrder(reason, field="quantity")
    _write(cart, [(offer, quantity, kept)], shopper, None)
    _touch(cart)


@transaction.atomic
def remove_from_cart(*, actor: Actor, line: CartLine) -> None:
    """Take a line out of the contact's cart. Repeating it does nothing. Raises Forbidden."""
    cart = locked_cart(shopping(actor))
    if CartLine.objects.filter(cart=cart, pk=line.pk).delete()[0]:
        _touch(cart)


@transaction.atomic
def empty_cart(*, actor: Actor) -> None:
    """Take everything out of the contact's cart. Repeating it does nothing. Raises Forbidden."""
    cart = locked_cart(shopping(actor))
    if CartLine.objects.filter(cart=cart).delete()[0]:
        _touch(cart)


# --- Agreeing to what has changed ------------------------------------------------------------------------------


@transaction.atomic
def accept_changes(*, actor: Actor, shown: str) -> None:
    """Agree to prices and stock as they were shown: what cannot be ordered goes, what is short becomes what is left.

    `shown` is `print_of` what the person saw. Repeating it does nothing. Raises ChangedAgain, Forbidden.
    """
    shopper = shopping(actor)
    cart = locked_cart(shopper)
    items = items_of(shopper, language=active_language())
    changed = [one for one in items if one.change is not None]
    if not changed:
        return
    if print_of(items) != shown:
        raise ChangedAgain(_("Something has changed once more. Please look again."))
    kept: list[CartLine] = []
    gone: list[CartLine] = []
    for one in changed:
        quantity = one.becomes
        (kept if quantity else gone).append(
            CartLine(
                pk=one.id,
                quantity=quantity or one.quantity,
                seen_price=price_at(one.offer.tiers, quantity),
                seen_currency=shopper.currency,
                seen_free=one.offer.free,
            )
        )
    CartLine.objects.filter(cart=cart, pk__in=[line.pk for line in gone]).delete()
    CartLine.objects.bulk_update(kept, ["quantity", "seen_price", "seen_currency", "seen_free"])
    _touch(cart)


# --- Many at once ----------------------------------------------------------------------------------------------


@transaction.atomic
def add_lines(*, actor: Actor, text: str, key: UUID) -> PadResult:
    """Put what a quick-order pad says into the cart, line by line; lines that are wrong stay out and say why.

    A SKU that stands there twice counts together. `key` is of the click: the same one again adds nothing. Raises
    CartFull, Forbidden.
    """
    shopper = shopping(actor)
    cart = locked_cart(shopper)
    lines = pad_lines(text)
    if len(lines) > MOST_PAD_LINES:
        raise CartFull(_("Write at most %(most)s lines at once.") % {"most": MOST_PAD_LINES}, field="lines")
    offers = _offers_by_sku(actor, shopper, [sku_key(line.sku) for line in lines])
    held = {line.variant_id: line for line in CartLine.objects.filter(cart=cart)}
    wanted: dict[UUID, tuple[Offer, Decimal, CartLine | None]] = {}
    wrong, added = [], 0
    for line in lines:
        offer = offers.get(sku_key(line.sku))
        kept = held.get(offer.id) if offer else None
        if kept is not None and kept.added_key == key:
            added += 1
            continue
        before = wanted[offer.id][1] if offer and offer.id in wanted else kept.quantity if kept else Decimal(0)
        reason, quantity = _read(line.quantity, offer, before, shopper)
        if offer is None or reason:
            wrong.append(Wrong(line.number, f"{line.sku}\t{line.quantity}".rstrip(), reason))
        else:
            wanted[offer.id] = (offer, before + quantity, kept)
            added += 1
    if len({*held, *wanted}) > MOST_LINES:
        raise CartFull(_("A cart has at most %(most)s lines. Order these first.") % {"most": MOST_LINES}, field="lines")
    if wanted:
        _write(cart, wanted.values(), shopper, key)
        _touch(cart)
    return PadResult(added, wrong)


def add_quantities(
    actor: Actor, shopper: Shopper, cart: Cart, wanted: Sequence[tuple[Variant, Decimal]], *, key: UUID
) -> set[UUID]:
    """Put quantities of variants into a locked cart as far as each can be ordered; returns the variants that cannot.

    `key` as in `add_to_cart`. Raises CartFull.
    """
    offers = offers_of(shopper, dict.fromkeys(variant.product_id for variant, _quantity in wanted))
    shown = set(Variant.objects.visible_to(actor).filter(product_id__in=offers).values_list("pk", flat=True))
    known = {one.id: one for listed in offers.values() for one in listed if one.id in shown}
    held = {line.variant_id: line for line in CartLine.objects.filter(cart=cart)}
    found: dict[UUID, tuple[Offer, Decimal, CartLine | None]] = {}
    missed = set()
    for variant, quantity in wanted:
        kept, offer = held.get(variant.pk), known.get(variant.pk)
        if kept is not None and kept.added_key == key:
            continue
        total = quantity + (found[variant.pk][1] if variant.pk in found else kept.quantity if kept else Decimal(0))
        if offer is None or why_not(offer, total, shopper):
            missed.add(variant.pk)
        else:
            found[variant.pk] = (offer, total, kept)
    if len({*held, *found}) > MOST_LINES:
        raise CartFull(_("A cart has at most %(most)s lines. Order these first.") % {"most": MOST_LINES})
    if found:
        _write(cart, found.values(), shopper, key)
        _touch(cart)
    return missed


def _offers_by_sku(actor: Actor, shopper: Shopper, keys: Iterable[str]) -> dict[str, Offer]:
    found = Variant.objects.visible_to(actor).filter(sku_key__in=set(keys)).values_list("sku_key", "pk", "product_id")
    variants = {pk: key for key, pk, _product in found}
    offers = offers_of(shopper, dict.fromkeys(product for _key, _pk, product in found))
    return {variants[one.id]: one for listed in offers.values() for one in listed if one.id in variants}


def _read(text: str, offer: Offer | None, before: Decimal, shopper: Shopper) -> tuple[str, Decimal]:
    """Why the line cannot go in, and its quantity; without one the smallest is meant."""
    if offer is None:
        return _("We know no product with this SKU."), Decimal(0)
    if not text:
        quantity = offer.minimum
    else:
        try:
            quantity = read_number(text)
        except BadNumber:
            return _("“%(text)s” is not a quantity.") % {"text": text[:40]}, Decimal(0)
    return why_not(offer, quantity, shopper) or why_not(offer, before + quantity, shopper), quantity

"""What a contact has in its cart and has ordered, for the world of the house's tests."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from advisory_portal.core.ids import uuid7
from catalog import actions
from catalog.models import Cart, CartLine, Variant
from catalog.models.cart_items import items_of, print_of
from catalog.models.shopping import shopper_of
from catalog.rules import Wishes
from documents.models import Contact
from tests.factories import contact_actor


def add_orders(home: Any) -> None:
    """An order that waits, a line in the cart after it, and a shared link. The catalog is on for the contact."""
    contact = Contact.objects.get(pk=home.parts["contact_id"])
    their = contact_actor(contact)
    actions.save_catalog_settings(actor=home.actor, changes={"needs_approval": True})
    home.tokens["share"] = actions.share_catalog(actor=home.actor)
    variant = Variant.objects.get(pk=home.parts["variant_id"])
    actions.add_to_cart(actor=their, variant=variant, quantity=Decimal(2), key=uuid7())
    shopper = shopper_of(their)
    assert shopper is not None
    order = actions.place_order(
        actor=their,
        contact=contact,
        key=Cart.objects.get(contact_id=their.contact_id).key,
        shown=print_of(items_of(shopper, language="en")),
        wishes=Wishes(reference="PO-7", notes="Ring twice"),
        now=timezone.now(),
    )
    actions.add_to_cart(actor=their, variant=variant, quantity=Decimal(1), key=uuid7())
    home.parts |= {"order_id": order.pk, "cart_line_id": CartLine.objects.get(cart__contact_id=their.contact_id).pk}

"""Somebody who shops: Erin, for whom Delta has turned the catalog on, and what Delta sells."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from catalog import actions
from catalog.models import Cart, Order, Variant
from catalog.models.cart_items import items_of, print_of
from catalog.models.shopping import shopper_of
from catalog.rules import Wishes
from documents.models import Contact
from tests.catalog.factories_catalog import ContactTermsFactory, StockLevelFactory, VariantFactory
from tests.factories import contact_actor

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def terms(erin):
    return ContactTermsFactory(contact=erin)


@pytest.fixture
def buyer(erin, terms) -> Actor:
    """Erin in the portal, with the catalog on."""
    return contact_actor(erin)


@pytest.fixture
def goods(delta):
    """Makes a variant of Delta's with so many in stock: `goods("A-1", stock=3, list_price=7)`."""

    def make(sku: str, *, stock: int | None = 10, **values: Any) -> Variant:
        product = {f"product__{name}": values.pop(name) for name in ("name", "tax", "unit") if name in values}
        tracked = {} if stock is not None else {"product__is_tracked": False}
        variant = VariantFactory(organisation=delta, sku=sku, **product, **tracked, **values)
        if stock is not None:
            StockLevelFactory(organisation=delta, variant=variant, on_hand=stock)
        return variant

    return make


@pytest.fixture
def put():
    """Puts so many of a variant into somebody's cart."""

    def run(actor: Actor, variant: Variant, quantity: object = 1, **values: Any) -> Decimal:
        key = values.pop("key", None) or uuid7()
        return actions.add_to_cart(actor=actor, variant=variant, quantity=Decimal(str(quantity)), key=key)

    return run


@pytest.fixture
def order_now():
    """Orders what lies in somebody's cart, as they see it."""

    def run(actor: Actor, **values: Any) -> Order:
        shopper = shopper_of(actor)
        assert shopper is not None
        key = values.pop("key", None) or Cart.objects.get(contact_id=actor.contact_id).key
        shown = values.pop("shown", None) or print_of(items_of(shopper, language="en"))
        contact = values.pop("contact", None) or Contact.objects.get(pk=actor.contact_id)
        wishes = Wishes(**values)
        return actions.place_order(actor=actor, contact=contact, key=key, shown=shown, wishes=wishes, now=NOW)

    return run

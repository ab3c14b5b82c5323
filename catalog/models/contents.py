"""A cart as the content of the sales order that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from catalog.models.cart_items import CartItem
from catalog.models.shopping import Shopper
from documents import rules


def order_content(shopper: Shopper, items: Sequence[CartItem], day: date) -> rules.Content:
    """The cart as the content of a sales order, dated that day; what has no price is left out."""
    assert shopper.contact_id is not None, "whoever came by the shared link has no cart"
    return rules.Content(
        contact_id=shopper.contact_id,
        currency=shopper.currency,
        issued_on=day,
        lines=tuple(_line(item, shopper) for item in items if item.price is not None),
        language=shopper.language,
    )


def _line(item: CartItem, shopper: Shopper) -> rules.LineContent:
    return rules.LineContent(
        name=f"{item.name} – {item.offer.label}" if item.offer.label else item.name,
        quantity=item.quantity,
        unit_price=item.price or Decimal(0),
        tax=item.tax,
        withholding_percent=shopper.withholding,
        unit=item.unit,
        item_number=item.offer.sku,
    )


def totals_of(content: rules.Content) -> rules.Totals:
    """What a cart comes to, exactly as its sales order will."""
    return rules.compute(content.lines, content.adjustments, content.currency)

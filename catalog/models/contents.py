"""A cart as the content of the sales order that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from catalog.models.cart_items import CartItem
from catalog.models.shopping import Shopper
from documents import rules
from documents.models import Contact


def order_content(shopper: Shopper, contact: Contact, items: Sequence[CartItem], day: date) -> rules.Content:
    """The cart as the content of a sales order, dated that day; what has no price is left out."""
    return rules.Content(
        contact_id=contact.pk,
        currency=shopper.currency,
        issued_on=day,
        lines=tuple(_line(item, contact) for item in items if item.price is not None),
        language=contact.language,
    )


def _line(item: CartItem, contact: Contact) -> rules.LineContent:
    return rules.LineContent(
        name=f"{item.name} – {item.offer.label}" if item.offer.label else item.name,
        quantity=item.quantity,
        unit_price=item.price or Decimal(0),
        tax=item.tax,
        withholding_percent=contact.withholding_percent,
        unit=item.unit,
        item_number=item.offer.sku,
    )


def totals_of(content: rules.Content) -> rules.Totals:
    """What a cart comes to, exactly as its sales order will."""
    return rules.compute(content.lines, content.adjustments, content.currency)

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from catalog.models.base import for_staff, is_contact, is_whole_contact, price_field, quantity_field
from catalog.models.product import Variant
from catalog.models.terms import ContactTerms
from documents.models import Contact, Document
from partners.models import Organisation


class Carts(models.QuerySet["Cart"]):
    def visible_to(self, actor: Actor) -> Self:
        """A contact's own, where the catalog is on for it."""
        return ContactTerms.objects.catalog_of(actor, self).filter(contact_id=actor.contact_id)


class Cart(PortalModel):
    """What a contact means to order. One per contact; it stays when an order empties it.

    `key` becomes the key of the order that is placed from it, and is made anew then. `revision` counts its changes.
    `details` is what was typed at the checkout: {"address", "reference", "wanted_on", "notes"}.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    contact = models.OneToOneField(Contact, models.CASCADE, related_name="cart")
    key = models.UUIDField()
    revision = models.PositiveIntegerField(default=0)
    details = models.JSONField(default=dict)

    objects = Carts.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")

    def __str__(self) -> str:
        return str(self.contact_id)


class CartLines(models.QuerySet["CartLine"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the contact's own cart, where the catalog is on for it."""
        return ContactTerms.objects.catalog_of(actor, self).filter(cart__contact_id=actor.contact_id)


class CartLine(PortalModel):
    """A variant in a cart. The `seen_` columns are price and stock as the person last confirmed them.

    `seen_price` is without tax in `seen_currency`, None where there was no price; `seen_free` is what was free then,
    None where no stock is kept. `added_key` is of the click that put it in last, which counts once.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines", db_index=False)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    quantity = quantity_field(_("quantity"))
    seen_price = price_field(null=True)
    seen_currency = models.CharField(max_length=3)
    seen_free = quantity_field(null=True)
    added_key = models.UUIDField(null=True)

    objects = CartLines.as_manager()

    class Meta:
        verbose_name = _("line of a cart")
        verbose_name_plural = _("lines of carts")
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="variant_once_in_cart"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class Orders(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff who may view the catalog; a contact those of its documents, whether its catalog is still on or not."""
        if not is_contact(actor):
            return for_staff(self, actor)
        if not is_whole_contact(actor):
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__contact_id=actor.contact_id)

    def waiting(self) -> Self:
        """Those that the business has yet to confirm or decline."""
        return self.filter(state=Order.State.PLACED)


class Order(PortalModel):
    """An order of a contact: what surrounds its sales order, which holds whose it is, lines, taxes and amounts.

    `key` makes placing it safe to repeat. `address` is as `documents.sheets.address_lines` reads it, empty for the
    contact's own. The order is paid when its document is.
    """

    class State(models.TextChoices):
        PLACED = "placed", pgettext_lazy("order", "Placed")
        CONFIRMED = "confirmed", pgettext_lazy("order", "Confirmed")
        DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
        CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
        DECLINED = "declined", pgettext_lazy("order", "Declined")

    MOVES = {
        State.PLACED: frozenset({State.CONFIRMED, State.DECLINED, State.CANCELLED}),
        State.CONFIRMED: frozenset({State.DELIVERED, State.CANCELLED}),
    }

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="catalog_order")
    key = models.UUIDField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLACED)
    address = models.JSONField(default=dict)
    reference = models.CharField(_("your reference"), max_length=100, blank=True)
    wanted_on = models.DateField(_("wanted on"), null=True)
    notes = models.TextField(_("notes"), max_length=2_000, blank=True)
    placed_by_name = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = Orders.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="order_by_age"),
            models.Index(fields=["organisation", "state", "-id"], name="order_by_state"),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="order_key_once")]

    def __str__(self) -> str:
        return self.document.number

    @property
    def is_partly_delivered(self) -> bool:
        """Whether some of it has left, perhaps all. One query."""
        return self.lines.filter(delivered__gt=0).exists()

    def may_be_cancelled(self, until: str) -> bool:
        """Whether its contact may still cancel it; `until` is `CatalogSettings.cancel_until`. At most one query."""
        if self.state == Order.State.PLACED:
            return until in (Order.State.PLACED, Order.State.CONFIRMED)
        return self.state == until == Order.State.CONFIRMED and not self.is_partly_delivered


class OrderLine(PortalModel):
    """Which variant stands behind a line of the order's document (same `position`), and how much was delivered."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="order_lines")
    position = models.PositiveIntegerField()
    quantity = quantity_field(_("quantity"))
    delivered = quantity_field(_("delivered"), default=0)

    class Meta:
        verbose_name = _("line of an order")
        verbose_name_plural = _("lines of orders")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, delivered__gte=0, delivered__lte=models.F("quantity")),
                name="order_line_delivered_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"


class StockHold(PortalModel):
    """What of a variant's stock a line of an order holds: all holds of a variant are its level's `held`.

    It goes when the line is delivered, cancelled or declined, and shrinks with what is delivered of it.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    line = models.OneToOneField(OrderLine, models.CASCADE, related_name="hold")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="holds")
    quantity = quantity_field()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_is_a_quantity")]

    def __str__(self) -> str:
        return f"{self.quantity}"


class Delivery(PortalModel):
    """What was delivered of an order at once. `quantities` is [[position of the line, "quantity"], …]. Append-only.

    `document` is the delivery note, where one was made; `key` makes recording it safe to repeat.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="deliveries", db_index=False)
    delivered_on = models.DateField(_("date"))
    quantities = models.JSONField()
    tracking = models.CharField(_("carrier and tracking number"), max_length=200, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200)
    key = models.UUIDField()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["order", "key"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.delivered_on}"

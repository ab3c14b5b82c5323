from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from catalog.models.base import for_staff, quantity_field
from catalog.models.product import Variant
from partners.models import Organisation

_IS_LOW = Q(on_hand__lte=F("alarm_at") + F("held"))
ALARM_DUE = Q(is_alarmed=False, alarm_at__isnull=False) & _IS_LOW | Q(is_alarmed=True) & ~(
    Q(alarm_at__isnull=False) & _IS_LOW
)


class StockLevels(models.QuerySet["StockLevel"]):
    def visible_to(self, actor: Actor) -> Self:
        return for_staff(self, actor)

    def low(self) -> Self:
        """Those at or below their alarm, of variants in use."""
        return self.filter(_IS_LOW, variant__retired_at=None, alarm_at__isnull=False)

    def alarm_due(self) -> Self:
        """Those that ran low and nobody was told of, and those told of that have enough again."""
        return self.filter(ALARM_DUE)


class StockLevel(PortalModel):
    """What there is of a variant whose stock is kept, and what of it orders hold. Locked while either changes.

    The constraint keeps `on_hand` - `held` ≥ 0 unless `may_owe`: the business allows back-orders, or did when they
    were taken. `alarm_at` is the free quantity at which people are told, once (`is_alarmed`) until there is more.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    variant = models.OneToOneField(Variant, models.CASCADE, related_name="stock")
    on_hand = quantity_field(_("in stock"), default=0)
    held = quantity_field(_("held"), default=0)
    may_owe = models.BooleanField(default=False)
    alarm_at = quantity_field(_("low-stock alarm"), null=True)
    is_alarmed = models.BooleanField(default=False)

    objects = StockLevels.as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        indexes = [
            models.Index(fields=["organisation", "variant"], name="stock_with_alarm", condition=~Q(alarm_at=None)),
            models.Index(fields=["organisation"], name="stock_alarm_due", condition=ALARM_DUE),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(may_owe=True) | Q(held__lte=F("on_hand")), name="stock_not_oversold"),
            models.CheckConstraint(condition=Q(held__gte=0), name="stock_held_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.free}"

    @property
    def free(self) -> Decimal:
        """What can still be ordered; below 0 for what is owed."""
        free: Decimal = self.on_hand - self.held
        return free


class StockMovements(models.QuerySet["StockMovement"]):
    def visible_to(self, actor: Actor) -> Self:
        return for_staff(self, actor)


class StockMovement(PortalModel):
    """A change of what there is of a variant. Append-only. `after` is what there was then.

    `key` makes repeating safe: at most one movement of a variant has it. `order_id` is of the order it was for.
    """

    class Reason(models.TextChoices):
        PURCHASE = "purchase", _("Purchase")
        COUNT = "count", _("Count")
        CORRECTION = "correction", _("Correction")
        DELIVERED = "delivered", _("Order delivered")
        RETURNED = "returned", _("Returned")
        IMPORT = "import", _("Import")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="movements", db_index=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    quantity = quantity_field(_("quantity"))
    after = quantity_field(_("in stock after"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by_name = models.CharField(max_length=200)
    order_id = models.UUIDField(null=True)
    key = models.CharField(max_length=100, blank=True)

    objects = StockMovements.as_manager()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [
            models.Index(fields=["organisation", "variant", "-id"], name="movement_of_variant"),
            models.Index(fields=["organisation", "-id"], name="movement_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["variant", "key"], name="movement_once", condition=~Q(key="")),
            models.CheckConstraint(condition=~Q(quantity=0) | Q(reason="count"), name="movement_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}"

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from catalog.models.base import for_staff, price_field, quantity_field
from partners.models import Organisation


class PriceLists(models.QuerySet["PriceList"]):
    def visible_to(self, actor: Actor) -> Self:
        return for_staff(self, actor)

    def to_give(self) -> Self:
        """Those that contacts may be given, by name: neither retired nor the own prices of one contact."""
        return self.filter(retired_at=None, is_own=False).order_by("name", "pk")


class PriceList(PortalModel):
    """Prices for the contacts that have the list. `is_own` is the list of one contact alone. Retired, never deleted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    is_own = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    objects = PriceLists.as_manager()

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="price_list_name_once", condition=Q(retired_at=None, is_own=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Prices(models.QuerySet["Price"]):
    def visible_to(self, actor: Actor) -> Self:
        return for_staff(self, actor)


class Price(PortalModel):
    """What one unit of a variant costs on a list, without tax, from a quantity on. The first usually begins at 0."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="rows", db_index=False)
    variant = models.ForeignKey("Variant", models.CASCADE, related_name="prices")
    from_quantity = quantity_field(_("from"), default=0)
    price = price_field(_("price"))

    objects = Prices.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        indexes = [models.Index(fields=["organisation", "price_list", "variant"], name="price_of_variant")]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "variant", "from_quantity"], name="price_once"),
            models.CheckConstraint(condition=Q(price__gte=0, from_quantity__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.price}"

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from partners.models import Organisation


class CatalogSettingsRows(models.QuerySet["CatalogSettings"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def shared(self, token_hash: str) -> Self:
        """Those whose shared link has this hashed token and is on."""
        return self.filter(is_shared=True, share_hash=token_hash).exclude(share_hash="")


class CatalogSettings(PortalModel):
    """How a business's catalog shows and sells. A business without a row has the defaults.

    `minimum_amounts` is the least an order comes to without tax, by currency: {"EUR": "50.00"}. `cancel_until` is the
    last state of an order in which its contact may still cancel it. `low_stock_receivers` are ids of people of the
    team; empty means all who manage the catalog.
    """

    class Prices(models.TextChoices):
        WITHOUT_TAX = "without_tax", _("Without tax")
        WITH_TAX = "with_tax", _("With tax")

    class Availability(models.TextChoices):
        EXACT = "exact", _("The exact quantity")
        BADGE = "badge", _("In stock, few left or out of stock")
        HIDDEN = "hidden", _("Nothing")

    class Payment(models.TextChoices):
        LATER = "later", _("Later")
        NOW = "now", _("When ordering")

    class Cancel(models.TextChoices):
        NEVER = "", _("Never")
        PLACED = "placed", _("Until we confirm it")
        CONFIRMED = "confirmed", _("Until it is delivered")

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="catalog_settings")
    prices = models.CharField(_("prices"), max_length=12, choices=Prices, default=Prices.WITHOUT_TAX)
    availability = models.CharField(_("availability"), max_length=8, choices=Availability, default=Availability.BADGE)
    needs_approval = models.BooleanField(_("we confirm each order"), default=False)
    payment = models.CharField(_("payment"), max_length=8, choices=Payment, default=Payment.LATER)
    minimum_amounts = models.JSONField(_("minimum amount of an order"), default=dict)
    allows_backorders = models.BooleanField(_("more may be ordered than there is"), default=False)
    cancel_until = models.CharField(
        _("orders may be cancelled"), max_length=10, choices=Cancel, default=Cancel.PLACED, blank=True
    )
    low_stock_receivers = ArrayField(models.UUIDField(), default=list)
    is_shared = models.BooleanField(_("shared link"), default=False)
    share_hash = models.CharField(max_length=64, blank=True)

    objects = CatalogSettingsRows.as_manager()

    class Meta:
        verbose_name = _("settings of the catalog")
        verbose_name_plural = _("settings of the catalog")
        constraints = [
            models.UniqueConstraint(fields=["share_hash"], name="catalog_share_once", condition=~Q(share_hash=""))
        ]

    def __str__(self) -> str:
        return str(self.prices)

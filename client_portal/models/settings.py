from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from partners.models import Organisation


class PortalSettingsRows(models.QuerySet["PortalSettings"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()


class PortalSettings(PortalModel):
    """How a business's portal greets and what it asks. A business without a row has the defaults.

    Logo and colour are those of its documents; the life of a link is the organisation's. `accepted_becomes` is the
    kind that an accepted quote turns into by itself, "" for none.
    """

    class Signature(models.TextChoices):
        NONE = "none", _("Not asked for")
        TYPED = "typed", _("The name is enough")
        DRAWN = "drawn", _("Drawn or typed")

    class Accepted(models.TextChoices):
        NOTHING = "", _("Staff decide")
        SALES_ORDER = "sales_order", _("A draft sales order")
        INVOICE = "invoice", _("A draft invoice")

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="portal_settings")
    title = models.CharField(_("title"), max_length=80, blank=True)
    welcome = models.TextField(_("welcome text"), max_length=1_000, blank=True)
    terms = models.TextField(_("terms of quotes"), max_length=20_000, blank=True)
    signature = models.CharField(_("signature"), max_length=10, choices=Signature, default=Signature.DRAWN)
    accepted_becomes = models.CharField(
        _("an accepted quote becomes"), max_length=20, choices=Accepted, default=Accepted.NOTHING, blank=True
    )
    allows_codes = models.BooleanField(_("entering with a code by mail"), default=True)
    takes_part = models.BooleanField(_("part of a document may be paid online"), default=False)

    objects = PortalSettingsRows.as_manager()

    class Meta:
        verbose_name = _("settings of the portal")
        verbose_name_plural = _("settings of the portal")

    def __str__(self) -> str:
        return self.title

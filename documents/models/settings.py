from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel, StoredFile
from partners.models import Organisation


class DocumentSettingsRows(models.QuerySet["DocumentSettings"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()


class DocumentSettings(PortalModel):
    """How a business's documents look, are paid, are reminded of and are reported. A business without a row has the
    defaults.

    `default_tax` is a tax's key (`rules.taxes`). `reminders` is a list of three steps, `{"days", "subject", "text"}`
    each; an empty text means ours. Documents dated up to `closed_until` cannot be issued, declared void or paid.
    """

    class Layout(models.TextChoices):
        CLASSIC = "classic", _("Classic")
        MODERN = "modern", _("Modern")
        COMPACT = "compact", _("Compact")
        BOLD = "bold", _("Bold")

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="document_settings")
    layout = models.CharField(_("layout"), max_length=10, choices=Layout, default=Layout.CLASSIC)
    logo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    footer = models.CharField(_("footer"), max_length=500, blank=True)
    note = models.CharField(_("note on new documents"), max_length=1_000, blank=True)
    account_name = models.CharField(_("account holder"), max_length=70, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    quote_days = models.PositiveSmallIntegerField(_("days a quote is valid"), default=30)
    default_tax = models.CharField(_("usual tax"), max_length=60, blank=True)
    closed_until = models.DateField(_("closed until"), null=True, blank=True)
    reminders_on = models.BooleanField(_("remind of overdue invoices"), default=False)
    reminders = models.JSONField(default=list)
    fiscal_regime = models.CharField(_("reporting"), max_length=20, blank=True)

    objects = DocumentSettingsRows.as_manager()

    class Meta:
        verbose_name = _("settings of documents")
        verbose_name_plural = _("settings of documents")

    def __str__(self) -> str:
        return str(self.layout)


class TaxRates(models.QuerySet["TaxRate"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def in_use(self) -> Self:
        """Those that may be chosen on a line."""
        return self.filter(retired_at=None)


class TaxRate(PortalModel):
    """A rate of the business's own, beside those of its country (`rules.taxes`)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="tax_rates")
    name = models.CharField(_("name"), max_length=60)
    category = models.CharField(_("category"), max_length=10)
    percent = models.DecimalField(_("percent"), max_digits=9, decimal_places=6)
    surcharge_percent = models.DecimalField(_("equivalence surcharge"), max_digits=9, decimal_places=6, default=0)
    exemption_reason = models.CharField(_("reason of the exemption"), max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True)

    objects = TaxRates.as_manager()

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="tax_name_once", condition=Q(retired_at=None))
        ]

    def __str__(self) -> str:
        return self.name


class SavedFilters(models.QuerySet["SavedFilter"]):
    def visible_to(self, actor: Actor) -> Self:
        """The actor's own."""
        if actor.organisation_id is None or actor.user_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, user_id=actor.user_id)


class SavedFilter(PortalModel):
    """A list as one person likes to find it again: `query` is the query string of its address."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    user_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    objects = SavedFilters.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user_id", "kind", "name"], name="saved_filter_once")
        ]

    def __str__(self) -> str:
        return self.name

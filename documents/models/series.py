from __future__ import annotations

from django.db import models

from advisory_portal.core.models import PortalModel
from partners.models import Organisation


class Series(PortalModel):
    """The counter that gives issued documents of a kind and year their gapless numbers."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="series")
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=20)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "year", "prefix"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}"

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from partners.models import Organisation


class SeriesRows(models.QuerySet["Series"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def in_use(self) -> Self:
        """Those that new documents may take their number from."""
        return self.filter(retired_at=None)

    def with_use(self) -> Self:
        """Each with `is_used`: whether a document has a number of it. Needs the counters prefetched to be listed."""
        given = apps.get_model("documents", "Document").objects.filter(series=OuterRef("pk"))
        return self.annotate(is_used=Exists(given)).prefetch_related("counters")


class Series(PortalModel):
    """What numbers of one kind of document look like. Retired, never deleted: its numbers stay taken.

    `rules.series_number` makes the number of prefix, year and counter; `is_yearly` starts the counter anew every
    year.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="series")
    kind = models.CharField(max_length=20)
    prefix = models.CharField(_("prefix"), max_length=20)
    digits = models.PositiveSmallIntegerField(_("digits"), default=4)
    is_yearly = models.BooleanField(_("starts anew every year"), default=True)
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    retired_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        is_used: bool  # of rows that `with_use` has fetched

    objects = SeriesRows.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "prefix"], name="series_prefix_once"),
            models.UniqueConstraint(
                fields=["organisation", "kind"], name="one_default_series", condition=Q(is_default=True)
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    def last_number_in(self, today: date) -> int:
        """How far it has counted, this year if it starts anew every year. Reads all its counters."""
        year = today.year if self.is_yearly else 0
        return max((counter.last_number for counter in self.counters.all() if counter.year == year), default=0)


class SeriesCounter(PortalModel):
    """How far a series has counted in a year (0: one that never starts anew). Locked while a number is taken."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, models.CASCADE, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="series_counter_once")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"

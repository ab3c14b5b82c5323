from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from collaborations.models.base import Side, side_of
from collaborations.models.clients import Client
from partners.models import Member, Organisation


class KpiPreferences(DueRows["KpiPreference"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own."""
        if side_of(actor) != Side.FIRM:
            return self.none()
        return self.filter(firm_id=actor.organisation_id, member__user_id=actor.user_id, member__retired_at=None)


class KpiPreference(DueRow, PortalModel):
    """Of which pending work a person wants to be told: in general, or for one client instead (`client`).

    Without a row: every KPI, daily, from the first item on. `kpis` are codes of `collaborations.kpis`;
    `thresholds` are counts below which nothing is told, `{"invoices": 5}`. The general row also holds the columns of
    *My portal* in their order ([] for the usual ones), how often to tell, and when next (`due_at`).
    """

    class Rhythm(models.TextChoices):
        IMMEDIATE = "immediate", _("At once")
        DAILY = "daily", _("Daily")
        WEEKLY = "weekly", _("Weekly")

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, models.CASCADE, null=True, related_name="+")
    kpis = ArrayField(models.CharField(max_length=20))
    thresholds = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=20), default=list)
    rhythm = models.CharField(max_length=10, choices=Rhythm, default=Rhythm.DAILY)

    objects = KpiPreferences.as_manager()

    class Meta:
        indexes = [due_index("kpi_digest_due")]
        constraints = [
            models.UniqueConstraint(fields=["member", "client"], name="one_kpi_preference", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.rhythm


class KpiReadings(models.QuerySet["KpiReading"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own."""
        if side_of(actor) != Side.FIRM:
            return self.none()
        return self.filter(firm_id=actor.organisation_id, member__user_id=actor.user_id)


class KpiReading(PortalModel):
    """What a person was last told of a client's pending work: `{"invoices": 12, "inbox": 3}`."""

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    counts = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    objects = KpiReadings.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "client"], name="one_kpi_reading")]

    def __str__(self) -> str:
        return str(self.counts)


class SavedViews(models.QuerySet["SavedView"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own."""
        if side_of(actor) != Side.FIRM:
            return self.none()
        return self.filter(firm_id=actor.organisation_id, member__user_id=actor.user_id, member__retired_at=None)


class SavedView(PortalModel):
    """*My portal* as one person likes to find it again: `query` is the query string of its address."""

    MOST = 30  # of one person

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    objects = SavedViews.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name

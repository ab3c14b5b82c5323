from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models.base import DueRow, DueRows, PortalModel, due_index
from advisory_portal.core.models.files import StoredFile


class Jobs(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)


class Job(PortalModel):
    """Long work of an organisation: what it is, who began it, how far it is. Its items are the queue.

    `result` is the file it made, where it makes one: an export, a ZIP.
    """

    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    started_by_id = models.UUIDField(null=True)
    started_by_name = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    actor = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    result = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = Jobs.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "kind", "-id"], name="job_of_organisation")]
        constraints = [
            models.CheckConstraint(condition=models.Q(done__lte=models.F("total")), name="job_done_within_total")
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def percent(self) -> int:
        """0 to 100, whole."""
        return 100 if self.finished_at else self.done * 100 // max(self.total, 1)


class JobItems(DueRows["JobItem"]):
    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def first_in_line(self, now: datetime) -> Self:
        """Of each job the due item that comes first now: for work that must keep its order. Makes a query."""
        heads = self.due(now).order_by("job_id", "position").distinct("job_id")
        return self.due(now).filter(pk__in=list(heads.values_list("pk", flat=True)))

    def closing(self) -> Self:
        """Those that are the last of their job without an outcome."""
        return self.filter(job__done=models.F("job__total") - 1)

    def by_outcome(self) -> dict[str, int]:
        """How many items have each outcome, in the order of `JobItem.Outcome`; those that none has are left out."""
        found = dict(self.order_by().values_list("outcome").annotate(number=models.Count("pk")))
        return {outcome: found[outcome] for outcome in JobItem.Outcome.values if outcome in found}


class JobItem(DueRow, PortalModel):
    """One piece of a job, done in one transaction; `due_at` is None once it has its outcome."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CREATED = "created", _("Created")
        DONE = "done", _("Done")
        DUPLICATE = "duplicate", _("Duplicate")
        REFUSED = "refused", _("Refused")
        UNPACKED = "unpacked", _("Unpacked")

    job = models.ForeignKey(Job, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    objects = JobItems.as_manager()

    class Meta:
        indexes = [due_index("job_item_due")]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="job_item_position")]

    def __str__(self) -> str:
        return self.name

from __future__ import annotations

from typing import Self

from django.db import models

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models.base import PortalModel


class HistoryEntries(models.QuerySet["HistoryEntry"]):
    def visible_to(self, actor: Actor) -> Self:
        """The whole log for the organisation's owner and administrators, its own part for a firm."""
        if actor.organisation_id is None:
            return self.none()
        entries = self.filter(organisation_id=actor.organisation_id)
        if actor.kind == ActorKind.GRANT:
            return entries.filter(firm_id=actor.firm_id)
        if actor.role in ("owner", "administrator"):
            return entries
        return self.none()

    def about(self, kind: str, subject_id: object) -> Self:
        return self.filter(subject_kind=kind, subject_id=subject_id)


class HistoryEntry(PortalModel):
    """What was done, by whom, to what: names as they were then. Append-only (a trigger keeps it so)."""

    organisation_id = models.UUIDField(null=True)
    what = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    firm_id = models.UUIDField(null=True)
    firm_name = models.CharField(max_length=200, blank=True)
    grant_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    subject_name = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    objects = HistoryEntries.as_manager()

    class Meta:
        verbose_name_plural = "history entries"
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="history_of_organisation"),
            models.Index(fields=["organisation_id", "subject_id", "-id"], name="history_of_subject"),
            models.Index(
                fields=["organisation_id", "firm_id", "-id"],
                name="history_of_firm",
                condition=models.Q(firm_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.subject_name}"

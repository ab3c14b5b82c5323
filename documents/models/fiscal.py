from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from documents.models.document import Document
from partners.models import Organisation


class FiscalRecords(DueRows["FiscalRecord"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of documents that the actor sees."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))

    def unsent(self) -> Self:
        """Those that the agency has not answered, in the order of their chain."""
        return self.filter(due_at__isnull=False).order_by("position")

    def heads(self, now: datetime) -> Self:
        """Of every business that has records due, one of them, with the business."""
        return self.due(now).order_by("organisation_id").distinct("organisation_id").select_related("organisation")


class FiscalRecord(DueRow, PortalModel):
    """What the law of a country wants to be kept of an issued or void invoice: a link in a chain of hashes.

    Its content never changes (a trigger); `state`, `answer` and the columns of the queue move. `due_at` is None once
    the agency has answered; a record that is only kept waits in the queue for the day on which this installation
    can send. `attempts`, `due_at` and `last_error` of a business's first unsent record are those of its whole queue.
    `answer` has the agency's `code`, `text` and `reference`, and `next_at`, before which nothing else is sent.
    """

    class State(models.TextChoices):
        KEPT = "kept", _("Kept")
        WAITING = "waiting", _("Waiting to be sent")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    class Act(models.TextChoices):
        ISSUED = "issued", _("Issued")
        VOIDED = "voided", _("Void")

    MOVES = {
        State.KEPT: {State.WAITING},
        State.WAITING: {State.ACCEPTED, State.REJECTED},
        State.REJECTED: {State.WAITING},
    }

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="fiscal_records")
    regime = models.CharField(max_length=20)
    act = models.CharField(max_length=10, choices=Act)
    position = models.PositiveIntegerField()
    content = models.JSONField()
    hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    qr_url = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.KEPT)
    answer = models.JSONField(default=dict)

    objects = FiscalRecords.as_manager()

    class Meta:
        indexes = [
            due_index("fiscal_record_due"),
            models.Index(
                fields=["organisation", "regime", "position"],
                name="fiscal_record_unsent",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["organisation"], name="fiscal_record_rejected", condition=Q(state="rejected")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "regime", "position"], name="fiscal_position_once"),
            models.UniqueConstraint(fields=["document", "act"], name="fiscal_act_once"),
        ]

    def __str__(self) -> str:
        return str(self.content.get("number", self.position))

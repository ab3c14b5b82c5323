from __future__ import annotations

from typing import Self

from django.db import models
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


class FiscalRecord(DueRow, PortalModel):
    """What the law of a country wants to be kept of an issued or void invoice: a link in a chain of hashes.

    Its content never changes (a trigger); `state`, `answer` and the columns of the queue move. `due_at` is None where
    nothing is to be sent.
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
        indexes = [due_index("fiscal_record_due")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "regime", "position"], name="fiscal_position_once"),
            models.UniqueConstraint(fields=["document", "act"], name="fiscal_act_once"),
        ]

    def __str__(self) -> str:
        return f"{self.regime} {self.position}"

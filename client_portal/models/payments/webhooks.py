from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from client_portal.models.payments.accounts import GatewayAccount
from partners.models import Organisation


class WebhookEvents(DueRows["WebhookEvent"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may manage settings."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        if not actor.may(Section.SETTINGS, Level.VIEW):
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class WebhookEvent(DueRow, PortalModel):
    """What a gateway called to say, as it came: a doorbell. Stored once; what it is about is asked of the gateway.

    `headers` are those that its signature needs. `refs` are the ids it names. Done, it is not due any more; replayed by
    staff it is due again, and finds nothing new. After WEBHOOK_BODY_DAYS its body and headers are emptied.
    """

    class Signature(models.TextChoices):
        VALID = "valid", _("Signed")
        DEFERRED = "deferred", _("To be checked")
        INVALID = "invalid", _("Not theirs")

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("Received")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Nothing of ours")
        REFUSED = "refused", _("Refused")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.CASCADE, related_name="+")
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    refs = models.JSONField(default=list)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)
    signature = models.CharField(max_length=10, choices=Signature)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RECEIVED)

    objects = WebhookEvents.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="webhook_of_organisation"),
            due_index("webhook_due"),
        ]
        constraints = [models.UniqueConstraint(fields=["account", "event_id"], name="webhook_once")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"

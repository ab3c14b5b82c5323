from __future__ import annotations

from typing import Self

from django.db import models

from advisory_portal.core.access import Actor
from advisory_portal.core.models.base import PortalModel


class Notifications(models.QuerySet["Notification"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own, whichever organisation they are about."""
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(PortalModel):
    """A line for a person inside the application, in their language as it was then."""

    user_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=80)
    text = models.CharField(max_length=250)
    url = models.CharField(max_length=300)
    read_at = models.DateTimeField(null=True)

    objects = Notifications.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-id"], name="notification_of_person"),
            models.Index(fields=["user_id"], name="notification_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.text


class NotificationPreference(PortalModel):
    """What a person wants of one kind; without a row, both."""

    user_id = models.UUIDField()
    kind = models.CharField(max_length=80)
    by_email = models.BooleanField(default=True)
    in_app = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "kind"], name="one_preference_per_kind")]

    def __str__(self) -> str:
        return self.kind

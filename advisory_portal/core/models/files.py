from __future__ import annotations

from typing import Self

from django.db import models

from advisory_portal.core.access import Actor
from advisory_portal.core.models.base import PortalModel


class StoredFiles(models.QuerySet["StoredFile"]):
    def visible_to(self, actor: Actor) -> Self:
        """Files of the actor's organisation. Which of them a page may offer, the row that holds them decides."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class StoredFile(PortalModel):
    """A private file. Its content lies in the storage under `key` and is served by views only."""

    organisation_id = models.UUIDField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200, unique=True)

    objects = StoredFiles.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "sha256"], name="file_of_organisation")]

    def __str__(self) -> str:
        return self.name

from __future__ import annotations

from typing import Self

from django.db import models

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import PortalModel
from documents.models import Document
from partners.models import Organisation


class Viewings(models.QuerySet["Viewing"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who see the document."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))


class Viewing(PortalModel):
    """That a contact has read a document in the portal: when first, when last, how often. Told by a POST of the page
    that a person looks at, so that robots that follow links leave none; staff who view as the contact neither.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.OneToOneField(Document, models.CASCADE, related_name="viewing")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    objects = Viewings.as_manager()

    def __str__(self) -> str:
        return f"{self.document_id}: {self.times}"

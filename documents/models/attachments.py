from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import PortalModel, StoredFile
from documents.models.document import Document
from partners.models import Organisation


class Attachments(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of documents that the actor sees; a contact only those that are shared."""
        if actor.organisation_id is None:
            return self.none()
        rows = self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))
        return rows.filter(is_shared=True) if actor.kind == ActorKind.CONTACT else rows


class Attachment(PortalModel):
    """A file kept with a document; `is_shared` lets the contact download it."""

    LARGEST = 17 * 1024 * 1024  # bytes
    MOST = 50  # of one document

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    is_shared = models.BooleanField(_("the contact may see it"), default=False)
    added_by_name = models.CharField(max_length=200)

    objects = Attachments.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file)


class InternalNotes(models.QuerySet["InternalNote"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who see the document; never for contacts."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))


class InternalNote(PortalModel):
    """What the staff write to each other on a document. The portal has no way to it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="internal_notes")
    text = models.TextField(_("note"), max_length=5_000)
    written_by_name = models.CharField(max_length=200)

    objects = InternalNotes.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]

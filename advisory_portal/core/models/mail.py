from __future__ import annotations

from django.db import models

from advisory_portal.core.models.base import DueRow, DueRows, PortalModel, due_index
from advisory_portal.core.models.files import StoredFile


class OutboundEmail(DueRow, PortalModel):
    """A mail, rendered and complete when written. A sweep sends it; `due_at` is None once that is done.

    `attachment` is a file kept for its own sake, which several mails may carry.
    """

    organisation_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=80)
    to = models.EmailField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    attachment = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)

    objects = DueRows["OutboundEmail"].as_manager()

    class Meta:
        indexes = [due_index("email_due")]

    def __str__(self) -> str:
        return self.subject

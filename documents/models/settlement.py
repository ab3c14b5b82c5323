from __future__ import annotations

from django.db import models

from advisory_portal.core.models import PortalModel
from documents.models.document import Document
from partners.models import Organisation


class Settlement(PortalModel):
    """Money that came in for a document, or went back (negative). Append-only; the document keeps the sum."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="settlements")
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    received_on = models.DateField()
    method = models.CharField(max_length=40)
    reference = models.CharField(max_length=200, blank=True)
    source_key = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="settlement_is_an_amount"),
            models.UniqueConstraint(fields=["document", "source_key"], name="settlement_booked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"

    @property
    def other_side(self) -> Settlement:
        """The settlement of the other document of a set-off, also of one that takes a set-off back. A query or two."""
        word, named, *key = self.source_key.split(":", 2)
        rows = Settlement.objects.select_related("document")
        if word == "back":
            first = rows.get(pk=named).other_side
            return rows.get(document_id=first.document_id, source_key=f"back:{first.pk}")
        source_key = ":".join(["credit", str(self.document_id), *key])[:100]
        return rows.get(document_id=named, source_key=source_key)

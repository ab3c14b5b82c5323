from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import PortalModel
from documents import rules
from documents.models.contact import Contact
from documents.models.document import Document, Kind
from partners.models import Organisation

MOVED = "moved"  # the first word of keys of money that moved from a sales order to its invoice


class Settlements(models.QuerySet["Settlement"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who see the document; a contact those on its own documents that it sees."""
        if actor.organisation_id is None:
            return self.none()
        found = self.filter(organisation_id=actor.organisation_id)
        if actor.kind != ActorKind.CONTACT:
            return found.filter(document__in=Document.objects.visible_to(actor))
        found = found.filter(contact_id=actor.contact_id, document__kind__in=rules.PORTAL_KINDS)
        return found if actor.document_ids is None else found.filter(document_id__in=actor.document_ids)

    def handed_over(self) -> Self:
        """What people paid or got back: without what moved from an order to its invoice, and each set-off once."""
        set_off = models.Q(document__kind=Kind.CREDIT_NOTE, method=rules.CREDIT_METHOD)
        return self.exclude(set_off).exclude(source_key__startswith=f"{MOVED}:")


class Settlement(PortalModel):
    """Money that came in for a document, or went back (negative). Append-only; the document keeps the sum.

    `contact` is the document's, so that a contact's payments are a list of their own; it moves with a merge alone.
    `fee` is what the gateway keeps of the amount, in the same currency, None until that is known.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="settlements")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, db_index=False, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    fee = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    received_on = models.DateField()
    method = models.CharField(max_length=40)
    reference = models.CharField(max_length=200, blank=True)
    source_key = models.CharField(max_length=100)

    objects = Settlements.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "contact", "received_on", "id"], name="settlement_of_contact")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="settlement_is_an_amount"),
            models.CheckConstraint(
                condition=models.Q(fee=None) | models.Q(method__in=rules.GATEWAY_METHODS),
                name="settlement_fee_is_a_gateways",
            ),
            models.UniqueConstraint(fields=["document", "source_key"], name="settlement_booked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"

    @property
    def takes_back(self) -> UUID | None:
        """The id of the settlement that this one takes back, if it does."""
        word, _colon, named = self.source_key.partition(":")
        return UUID(named) if word == "back" else None

    @property
    def other_side(self) -> Settlement:
        """The settlement of the other document of a set-off, also of one that takes a set-off back. A query or two."""
        _word, named, *key = self.source_key.split(":", 2)
        rows = Settlement.objects.select_related("document")
        if self.takes_back:
            first = rows.get(pk=self.takes_back).other_side
            return rows.get(document_id=first.document_id, source_key=f"back:{first.pk}")
        source_key = ":".join(["credit", str(self.document_id), *key])[:100]
        return rows.get(document_id=named, source_key=source_key)

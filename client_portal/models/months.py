from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import PortalModel
from documents.models import Contact
from documents.models.document import money_field
from partners.models import Organisation


class ContactMonths(models.QuerySet["ContactMonth"]):
    def visible_to(self, actor: Actor) -> Self:
        """A contact's own, for one that sees all of its documents: a sum would tell of those it may not open."""
        if actor.organisation_id is None or actor.kind != ActorKind.CONTACT or actor.document_ids is not None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, contact_id=actor.contact_id)


class ContactMonth(PortalModel):
    """A part of what a business and one contact did in a month, in one currency, as the portal's home and statement
    show it: a sum is what all rows with the same key add up to, so that a page costs months, not documents.

    Triggers on documents and settlements add a row for each change, so that writing never waits for writing; the
    sweep `client_portal.fold_months` adds them up into one row (`is_folded`) a key. Nothing else writes here.

    Amounts are what is to be paid, with tax. `invoiced`, `credited` and `quoted` lie in the month of the documents'
    date. `settled` is what was booked on invoices, less what was booked on credit notes, so that all of `invoiced` -
    `credited` - `settled` is what is open; `received` is the money alone, without set-offs, of sales orders too.
    `paid` and `paid_days` are money on invoices and the same times the days since their date; what was taken back is
    taken off where it was booked.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3)
    month = models.DateField()
    invoiced = money_field(default=0)
    invoices = models.IntegerField(default=0)
    credited = money_field(default=0)
    quoted = money_field(default=0)
    quotes = models.IntegerField(default=0)
    settled = money_field(default=0)
    received = money_field(default=0)
    paid = money_field(default=0)
    paid_days = money_field(default=0)
    is_folded = models.BooleanField(default=False)

    objects = ContactMonths.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "contact", "month"], name="month_of_contact"),
            models.Index(fields=["organisation"], name="month_unfolded", condition=Q(is_folded=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "contact", "currency", "month"],
                name="month_folded_once",
                condition=Q(is_folded=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.currency}"

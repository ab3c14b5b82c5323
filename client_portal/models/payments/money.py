from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel
from client_portal.models.payments.accounts import GatewayAccount
from client_portal.models.payments.attempts import PaymentAttempt
from documents.models import Contact, Document, Settlement
from partners.models import Organisation

Rows = QuerySet[Any, Any]


class GatewayPayments(models.QuerySet["GatewayPayment"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view sales; a contact its own, without those that are not sure to be the business's.

        With a link to documents alone: those that came by an attempt of theirs.
        """
        if actor.organisation_id is None:
            return self.none()
        found = self.filter(organisation_id=actor.organisation_id)
        if actor.kind != ActorKind.CONTACT:
            return found if actor.may(Section.SALES, Level.VIEW) else self.none()
        found = found.filter(contact_id=actor.contact_id)
        if actor.document_ids is None:
            return found
        return found.filter(attempt__in=PaymentAttempt.objects.visible_to(actor))

    def to_look_at(self) -> Self:
        """Those that a person has to look at, by the partial index of that."""
        return self.exclude(look="")


class GatewayPayment(PortalModel):
    """Money as a gateway has it, booked once: what arrived is never refused.

    `allocated` is what stands on documents, `refunded` what went back or was lost in a dispute; the rest is the
    contact's credit. `refunding` is what refunds that are not decided hold. `look` says why a person has to look, ""
    when nobody has; what they decided is in `look_note`. `fee` is what the gateway kept, None while it does not say.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Being processed")
        SUCCEEDED = "succeeded", _("Received")
        FAILED = "failed", _("Failed")

    class Look(models.TextChoices):
        SURPLUS = "surplus", _("More than was open")
        LATE = "late", _("Came after the document was closed")
        MISMATCH = "mismatch", _("Another amount or currency than asked")
        FOREIGN = "foreign", _("Of another account, or a test")
        ORPHAN = "orphan", _("Of no attempt of ours")
        DISPUTED = "disputed", _("Disputed by the payer")
        REVERSED = "reversed", _("Taken back by the gateway")

    # Done once nothing is left over; the others are about more than where the money stands.
    LOOKS_FOR_CREDIT = (Look.SURPLUS, Look.LATE, Look.ORPHAN)

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="payments")
    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, null=True, related_name="payments")
    provider_id = models.CharField(max_length=255)
    status = models.CharField(max_length=10, choices=Status)
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    fee = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    allocated = models.DecimalField(max_digits=20, decimal_places=3, default=Decimal(0))
    refunded = models.DecimalField(max_digits=20, decimal_places=3, default=Decimal(0))
    refunding = models.DecimalField(max_digits=20, decimal_places=3, default=Decimal(0))
    paid_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=60, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    look = models.CharField(max_length=10, choices=Look, blank=True)
    look_note = models.CharField(max_length=500, blank=True)

    objects = GatewayPayments.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="payment_of_organisation"),
            models.Index(fields=["organisation", "contact", "-id"], name="payment_of_contact"),
            models.Index(fields=["organisation", "-id"], name="payment_to_look_at", condition=~Q(look="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "provider_id"], name="payment_booked_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_an_amount"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, refunded__gte=0, refunding__gte=0)
                & Q(amount__gte=F("allocated") + F("refunded")),
                name="payment_is_spent_once",
            ),
        ]

    def __str__(self) -> str:
        return self.provider_id

    @property
    def credit(self) -> Decimal:
        """What came in and stands on no document, and did not go back: the contact's credit."""
        return self.amount - self.allocated - self.refunded if self.status == self.Status.SUCCEEDED else Decimal(0)


class PaymentAllocations(models.QuerySet["PaymentAllocation"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(payment__in=GatewayPayment.objects.visible_to(actor))


class PaymentAllocation(PortalModel):
    """What of a payment was booked on a document, or taken off again (negative). Append-only (a trigger)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    payment = models.ForeignKey(GatewayPayment, models.PROTECT, related_name="allocations")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    settlement = models.OneToOneField(Settlement, models.PROTECT, related_name="+")

    objects = PaymentAllocations.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["organisation", "document"], name="allocation_of_document")]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_is_an_amount")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.amount}"


def with_receipts(settlements: Rows) -> Rows:
    """The settlements, each with the online payment that it came by as `receipt_of`, None for other money.

    What was taken off a document again has no receipt of its own.
    """
    came = PaymentAllocation.objects.filter(settlement=OuterRef("pk"), amount__gt=0)
    came = came.filter(payment__status=GatewayPayment.Status.SUCCEEDED)
    found: Rows = settlements.annotate(receipt_of=Subquery(came.values("payment")[:1]))
    return found

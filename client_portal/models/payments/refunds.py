from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from client_portal.models.payments.accounts import GatewayAccount
from client_portal.models.payments.money import GatewayPayment
from partners.models import Organisation


class Refunds(DueRows["Refund"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(payment__in=GatewayPayment.objects.visible_to(actor))


class Refund(DueRow, PortalModel):
    """Money of a payment that goes back to the payer, begun by staff here or in the gateway's own dashboard.

    The row with its `key` is there before the gateway is asked. While it is not decided the payment keeps its amount
    in `refunding`; when it succeeded the amount is taken off: first from the credit, then from documents, the last
    allocated first. `taken` is what was taken off documents, so that a refund that fails later gives exactly that back.
    """

    class State(models.TextChoices):
        NEW = "new", _("To be sent")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Refunded")
        FAILED = "failed", _("Failed")

    MOVES = {
        State.NEW: {State.PENDING, State.SUCCEEDED, State.FAILED},
        State.PENDING: {State.SUCCEEDED, State.FAILED},
        State.SUCCEEDED: {State.FAILED},
        State.FAILED: set(),
    }

    class Source(models.TextChoices):
        STAFF = "staff", _("Here")
        GATEWAY = "gateway", _("At the payment company")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="+")
    payment = models.ForeignKey(GatewayPayment, models.PROTECT, related_name="refunds")
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    source = models.CharField(max_length=10, choices=Source)
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    taken = models.JSONField(default=dict)  # {document id: amount as text}
    key = models.CharField(max_length=45, unique=True)
    provider_id = models.CharField(max_length=255, blank=True)
    note = models.CharField(_("reason"), max_length=200, blank=True)
    asked_by_id = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=100, blank=True)

    objects = Refunds.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["organisation", "payment"], name="refund_of_payment"),
            due_index("refund_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "provider_id"], name="refund_once", condition=~Q(provider_id="")
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_an_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.amount}"


class Disputes(models.QuerySet["Dispute"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(payment__in=GatewayPayment.objects.visible_to(actor))


class Dispute(PortalModel):
    """A payer's complaint to the bank about a payment. Lost, its amount is taken off as a refund's is."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    MOVES = {State.OPEN: {State.WON, State.LOST}, State.WON: {State.LOST}, State.LOST: {State.WON}}

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="+")
    payment = models.ForeignKey(GatewayPayment, models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    taken = models.JSONField(default=dict)  # {document id: amount as text}
    lost = models.DecimalField(max_digits=20, decimal_places=3, default=0)  # what was taken off when it was lost
    due_at = models.DateTimeField(null=True)  # until when the business may answer

    objects = Disputes.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["id"]
        indexes = [models.Index(fields=["organisation", "payment"], name="dispute_of_payment")]
        constraints = [models.UniqueConstraint(fields=["account", "provider_id"], name="dispute_once")]

    def __str__(self) -> str:
        return self.provider_id

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel
from client_portal.models.payments.accounts import GatewayAccount
from client_portal.models.payments.attempts import PaymentAttempt
from client_portal.models.payments.money import GatewayPayment
from partners.models import Organisation


class PaymentLogs(models.QuerySet["PaymentLog"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view sales."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        if not actor.may(Section.SALES, Level.VIEW):
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class PaymentLog(PortalModel):
    """What happened to an attempt and its money, step by step. Append-only (a trigger).

    `what` is a word of `words.payments` ("opened", "succeeded", "refund_failed", …), `detail` its values as JSON:
    gateway's codes and request ids, states before and after; never a secret.
    """

    class Trigger(models.TextChoices):
        PAGE = "page", _("Payment page")
        RETURN = "return", _("Return from the gateway")
        WEBHOOK = "webhook", _("Webhook")
        SWEEP = "sweep", _("Regular check")
        STAFF = "staff", _("Staff")
        LISTING = "listing", _("Comparison with the gateway")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="+")
    attempt = models.ForeignKey(PaymentAttempt, models.PROTECT, null=True, related_name="log")
    payment = models.ForeignKey(GatewayPayment, models.PROTECT, null=True, related_name="log")
    what = models.CharField(max_length=40)
    trigger = models.CharField(max_length=10, choices=Trigger)
    actor_name = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    objects = PaymentLogs.as_manager()

    class Meta:
        verbose_name = _("payment log")
        ordering = ["id"]
        indexes = [models.Index(fields=["organisation", "-id"], name="payment_log_of_organisation")]

    def __str__(self) -> str:
        return self.what

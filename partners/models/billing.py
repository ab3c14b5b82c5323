from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from partners.models.organisation import Organisation


class BillingAccounts(DueRows["BillingAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's own; all of them for the operator."""
        if actor.kind == ActorKind.OPERATOR:
            return self
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def customers(self) -> Self:
        """Those that Stripe knows, where the operator charges now; none where nothing is charged."""
        if not settings.PLATFORM_STRIPE_SECRET_KEY:
            return self.none()
        return self.filter(mode=settings.PLATFORM_STRIPE_MODE).exclude(customer="")


class BillingAccount(PortalModel, DueRow):
    """An organisation as a customer of the operator's Stripe account, one for each mode; due when to look next.

    `customer_key` and `checkout_key` are kept before Stripe is asked, so that a repeated question makes nothing twice.
    `asked_at` is when the answer that stands was asked for, `hinted_at` when a webhook last said that something
    happened.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    mode = models.CharField(max_length=10)
    customer_key = models.CharField(max_length=100)
    customer = models.CharField(max_length=100, blank=True)
    checkout_key = models.CharField(max_length=100, blank=True)
    checkout_price = models.CharField(max_length=100, blank=True)
    checkout_expires_at = models.DateTimeField(null=True)
    checkout_ref = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True)
    hinted_at = models.DateTimeField(null=True)

    objects = BillingAccounts.as_manager()

    class Meta:
        indexes = [due_index("billing_account_due")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "mode"], name="billing_account_once"),
            models.UniqueConstraint(
                fields=["customer", "mode"], name="billing_customer_once", condition=~Q(customer="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.customer}"


class BillingEvent(PortalModel):
    """A webhook of Stripe about a subscription, once. It is a hint: the subscription itself is asked for."""

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=100)
    customer = models.CharField(max_length=100, blank=True)
    is_known = models.BooleanField()
    body = models.BinaryField()

    objects = models.Manager["BillingEvent"]()

    def __str__(self) -> str:
        return self.type

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import PortalModel
from partners.models.organisation import Organisation
from partners.rules.programme import is_paid


class Subscriptions(models.QuerySet["Subscription"]):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's own; all of them for the operator."""
        if actor.kind == ActorKind.OPERATOR:
            return self
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()


class Subscription(PortalModel):
    """What an organisation pays for its plan. Without a row it has no subscription.

    Set by the operator's hand, or kept as Stripe has it (`ref`, `price`; `ends_on` where it was cancelled to a day).
    """

    class Status(models.TextChoices):
        TRIALING = "trialing", _("Trial")
        ACTIVE = "active", _("Active")
        PAST_DUE = "past_due", _("Payment overdue")
        CANCELLED = "cancelled", _("Cancelled")

    class Source(models.TextChoices):
        HAND = "hand", _("Set by hand")
        STRIPE = "stripe", "Stripe"

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="subscription")
    status = models.CharField(_("status"), max_length=10, choices=Status)
    paid_until = models.DateField(_("paid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.HAND)
    set_at = models.DateTimeField(null=True)
    ref = models.CharField(max_length=100, blank=True)
    price = models.CharField(max_length=100, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    objects = Subscriptions.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def is_of_stripe(self) -> bool:
        """Kept as Stripe has it, not set by hand."""
        return self.source == Subscription.Source.STRIPE

    def is_paid(self, today: date) -> bool:
        """Does the paid period include today? Source: PRODUCT 3."""
        return is_paid(self.status, self.paid_until, today)


class ProgrammeApplications(models.QuerySet["ProgrammeApplication"]):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's own; all of them for the operator."""
        if actor.kind == ActorKind.OPERATOR:
            return self
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def waiting(self) -> Self:
        """Those that nobody has decided yet, the oldest first."""
        return self.filter(state=ProgrammeApplication.State.SUBMITTED).order_by("created_at", "pk")

    def current(self) -> Self:
        """Those that stand: waiting, accepted or suspended. At most one per organisation."""
        return self.exclude(state=ProgrammeApplication.State.REJECTED)

    def accepted(self) -> Self:
        return self.filter(state=ProgrammeApplication.State.ACCEPTED)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class ProgrammeApplication(PortalModel):
    """A firm's request to join the partner programme, and what became of it."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        SUSPENDED = "suspended", _("Suspended")

    MOVES = {
        State.SUBMITTED: {State.ACCEPTED, State.REJECTED},
        State.ACCEPTED: {State.SUSPENDED},
        State.SUSPENDED: {State.ACCEPTED},
    }

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="applications")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    reason = models.TextField(_("reason"), blank=True)
    sent_by_name = models.CharField(_("sent by"), max_length=200)
    decided_by_name = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ProgrammeApplications.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="one_application_that_stands", condition=~Q(state="rejected")
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at"], name="application_of_firm"),
            models.Index(fields=["created_at"], name="application_waiting", condition=Q(state="submitted")),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

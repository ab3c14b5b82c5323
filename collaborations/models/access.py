from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from collaborations.models.base import of_side
from collaborations.models.collaboration import Collaboration
from partners.models import Organisation, Role


class Grants(models.QuerySet["Grant"]):
    def visible_to(self, actor: Actor) -> Self:
        return of_side(self, actor, "collaboration__client__")

    def standing(self) -> Self:
        """Not revoked, though their time may have come since."""
        return self.filter(revoked_at=None)

    def active(self, now: datetime) -> Self:
        """Those that open something now."""
        return self.standing().filter(Q(ends_at=None) | Q(ends_at__gt=now), role__retired_at=None)


class Grant(PortalModel):
    """The access that a client gives to the firm it collaborates with: one of its own roles, never owner.

    `ends_at` is the moment after its last day in the client's time zone, None for open. `agreement` is the
    data-processing agreement as it was shown and accepted. Triggers keep that none stands without an active
    collaboration (at commit), and that what was agreed does not change. `told_week` and `told_day` are the warnings
    sent before the end.
    """

    class End(models.TextChoices):
        REMOVED = "removed", _("Removed by the client")
        ENDED = "ended", _("Collaboration ended")
        BLOCKED = "blocked", _("Conversation blocked")
        EXPIRED = "expired", _("End date reached")
        ROLE_RETIRED = "role_retired", _("Role deleted")

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    collaboration = models.ForeignKey(Collaboration, models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField(_("until"), null=True)
    granted_by_name = models.CharField(max_length=200)
    agreement = models.TextField()
    agreement_version = models.CharField(max_length=20)
    agreed_at = models.DateTimeField()
    agreed_by_id = models.UUIDField()
    agreed_by_name = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_name = models.CharField(max_length=200, blank=True)
    end = models.CharField(max_length=20, choices=End, blank=True)
    told_week = models.BooleanField(default=False)
    told_day = models.BooleanField(default=False)

    objects = Grants.as_manager()

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        indexes = [
            models.Index(fields=["ends_at"], name="grant_by_end", condition=Q(revoked_at=None, ends_at__isnull=False)),
            models.Index(fields=["firm", "business", "-id"], name="grant_of_firm"),
            models.Index(fields=["role"], name="grant_of_role", condition=Q(revoked_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["collaboration"], name="one_standing_grant", condition=Q(revoked_at=None)),
            models.CheckConstraint(
                condition=Q(revoked_at=None, end="") | (Q(revoked_at__isnull=False) & ~Q(end="")),
                name="revoked_grant_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.role)

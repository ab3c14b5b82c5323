from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Workspace
from advisory_portal.core.models import PortalModel
from advisory_portal.core.statements import Prepared
from collaborations.models.base import LEADING, of_side
from collaborations.models.clients import ELIGIBLE, ManagerAssignment
from collaborations.models.collaboration import Collaboration
from collaborations.rules.grants import DAY_BEFORE, WEEK_BEFORE
from partners.models import Member, Organisation, Role


class Grants(models.QuerySet["Grant"]):
    def visible_to(self, actor: Actor) -> Self:
        return of_side(self, actor, "collaboration__client__")

    def standing(self) -> Self:
        """Not revoked, though their time may have come since."""
        return self.filter(revoked_at=None)

    def active(self, now: datetime) -> Self:
        """Those that open something now."""
        return self.standing().filter(Q(ends_at=None) | Q(ends_at__gt=now), role__retired_at=None)

    def over(self, now: datetime) -> Self:
        """Those that open nothing any more and whose end nobody has noted yet."""
        return self.standing().filter(Q(ends_at__lte=now) | Q(role__retired_at__isnull=False))

    def to_warn_of(self, now: datetime) -> Self:
        """Those that end within a week, or within a day, of which nobody was told yet."""
        soon = Q(told_week=False, ends_at__lte=now + WEEK_BEFORE) | Q(told_day=False, ends_at__lte=now + DAY_BEFORE)
        return self.active(now).filter(soon)


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
        return f"{self.firm} – {self.business}"


class WayIn(NamedTuple):
    """How a person of a firm stands in a client's account. `levels` is the role's, before plan and grant cap it."""

    role: str
    role_name: str
    levels: Mapping[str, int]
    plan_sections: Sequence[str]
    firm_id: UUID
    firm_name: str
    place: Workspace


def _way_in(grant_id: UUID, user_id: UUID, slug: str) -> models.QuerySet[Grant, tuple[Any, ...]]:
    """The grant, with the person's role in its firm and whether they look after the client.

    What concerns the person are subqueries, because joining all of it takes longer to plan than to run.
    """
    members = Member.objects.effective().filter(organisation=OuterRef("firm"), user_id=user_id)
    assigned = ManagerAssignment.objects.effective().filter(
        client=OuterRef("collaboration__client"), member__user_id=user_id
    )
    grants = Grant.objects.standing().filter(
        pk=grant_id,
        business__slug=slug,
        role__retired_at=None,
        collaboration__state=Collaboration.State.ACTIVE,
    )
    person = {"member_role": Subquery(members.values("role__code")[:1]), "is_manager": Exists(assigned)}
    role = ("role__code", "role_id", "role__name", "role__levels", "business__plan__sections")
    place = [f"business__{field.name}" for field in fields(Workspace)]
    return grants.annotate(**person).values_list(*person, *role, "firm_id", "firm__name", "ends_at", *place)


_WAY_IN = Prepared(_way_in, grant_id=UUID, user_id=UUID, slug=str)


def way_in(*, grant_id: UUID, user_id: UUID, slug: str, now: datetime) -> WayIn | None:
    """What the grant opens to the person in the business at this address, or None where it opens nothing.

    All of it is asked on every request: that grant, collaboration, role and membership stand, and that the person
    leads the firm or looks after the client. Source: PRODUCT 7, invariants 3 and 6.
    """
    row = _WAY_IN.first(grant_id=grant_id, user_id=user_id, slug=slug)
    if row is None:
        return None
    member_role, is_manager, code, role_id, role_name, levels, sections, firm_id, firm_name, ends_at, *place = row
    sees_client = member_role in LEADING or (member_role in ELIGIBLE and is_manager)
    if not sees_client or (ends_at is not None and ends_at <= now):
        return None
    role = code or str(role_id)
    return WayIn(role, role_name, json.loads(levels), sections, firm_id, firm_name, Workspace(*place))

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from collaborations.models.base import Side, of_side
from collaborations.models.conversation import Conversation
from partners.models import Organisation


class Collaborations(models.QuerySet["Collaboration"]):
    def visible_to(self, actor: Actor) -> Self:
        """The business's own; the firm's for those who lead it, and of their clients for account managers."""
        return of_side(self, actor, "client__")

    def open(self) -> Self:
        """Asked for or active: at most one of a firm and a business."""
        return self.filter(state__in=(Collaboration.State.PENDING, Collaboration.State.ACTIVE))

    def active(self) -> Self:
        return self.filter(state=Collaboration.State.ACTIVE)


class Collaboration(PortalModel):
    """A firm working for a business, from the request to the end. A new one begins with every new request.

    `client` is the firm's row of it, there from the acceptance on. `text` is what the business wrote with the
    request, `reason` why it was declined or ended.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Asked for")
        ACTIVE = "active", _("Active")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Ended")

    MOVES = {
        State.PENDING: {State.ACTIVE, State.DECLINED, State.WITHDRAWN},
        State.ACTIVE: {State.ENDED},
    }

    LONGEST_REASON = 1_000

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="collaborations")
    client = models.ForeignKey("Client", models.PROTECT, null=True, related_name="collaborations")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    text = models.TextField(max_length=5_000, blank=True)
    requested_by_name = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=200, blank=True)
    ended_by_side = models.CharField(max_length=10, choices=Side, blank=True)
    reason = models.TextField(max_length=LONGEST_REASON, blank=True)

    objects = Collaborations.as_manager()

    class Meta:
        verbose_name = _("collaboration")
        verbose_name_plural = _("collaborations")
        indexes = [
            models.Index(fields=["firm", "state", "-id"], name="collaboration_of_firm"),
            models.Index(fields=["business", "state", "-id"], name="collaboration_of_business"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "business"],
                name="one_open_collaboration",
                condition=Q(state__in=("pending", "active")),
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(client__isnull=False), name="active_collaboration_has_a_client"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} – {self.business}"

    def party(self, side: Side) -> Organisation:
        """The organisation on that side."""
        return self.firm if side == Side.FIRM else self.business

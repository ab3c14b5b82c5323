from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from documents.models.document import Document
from partners.models import Organisation


class Recurrences(DueRows["Recurrence"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those whose recurring invoice the actor sees."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, invoice__in=Document.objects.visible_to(actor))


class Recurrence(DueRow, PortalModel):
    """When a recurring invoice (`invoice`, a document of that kind) makes the next invoice.

    `next_on` is a day in the business's time zone, `due_at` the moment it begins; both are None once it has ended.
    `started_on` keeps the day of the month: 31 January is followed by 28 February and 31 March.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    class Unit(models.TextChoices):
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")
        YEAR = "year", _("years")

    MOVES = {
        State.ACTIVE: {State.PAUSED, State.ENDED},
        State.PAUSED: {State.ACTIVE, State.ENDED},
    }

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    invoice = models.OneToOneField(Document, models.CASCADE, related_name="schedule")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    every = models.PositiveSmallIntegerField(_("every"), default=1)
    unit = models.CharField(max_length=5, choices=Unit, default=Unit.MONTH)
    started_on = models.DateField(_("first on"))
    next_on = models.DateField(_("next on"), null=True)
    ends_on = models.DateField(_("last on"), null=True, blank=True)
    is_issued = models.BooleanField(_("issue by itself"), default=True)
    is_sent = models.BooleanField(_("send by itself"), default=False)

    objects = Recurrences.as_manager()

    class Meta:
        indexes = [due_index("recurrence_due")]

    def __str__(self) -> str:
        return str(self.invoice)


class Reminders(DueRows["Reminder"]):
    def visible_to(self, actor: Actor) -> Self:
        """Of the invoices that the actor sees; none for contacts."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))


class Reminder(DueRow, PortalModel):
    """A reminder of an overdue invoice: step 1, 2 or 3; those sent by hand count on from there.

    Planned on a day and then sent, with the portal's link, by the sweep of the app that makes links. `email` is ""
    until it is sent, and stays so if there was nothing left to remind of.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="reminders")
    step = models.PositiveSmallIntegerField()
    sent_on = models.DateField()
    email = models.EmailField(max_length=254, blank=True)

    objects = Reminders.as_manager()

    class Meta:
        ordering = ["step"]
        indexes = [due_index("reminder_due")]
        constraints = [
            models.UniqueConstraint(fields=["document", "step"], name="reminded_once_a_step"),
            models.UniqueConstraint(fields=["document", "sent_on"], name="reminded_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.email}"

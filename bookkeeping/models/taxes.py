from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.ids import hash_token
from advisory_portal.core.models import DueRow, PortalModel
from advisory_portal.core.models.base import DueRows, due_index
from bookkeeping.models.base import in_section, team_of
from partners.models import Member, Organisation


class TaxFilings(models.QuerySet["TaxFiling"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.TAXES)

    def of_feed(self, calendar: FilingCalendar) -> Self:
        """What whoever has the secret of a business's feed may see of it."""
        return self.filter(organisation_id=calendar.organisation_id)

    def not_filed(self) -> Self:
        """Those that are still to be done."""
        return self.exclude(state__in=(TaxFiling.State.FILED, TaxFiling.State.NOT_NEEDED))

    def overdue(self, today: date) -> Self:
        """Those whose last day has passed."""
        return self.not_filed().filter(due_on__lt=today)


class TaxFiling(PortalModel):
    """A return of one form for one period. `figures` is what was computed when it was filed, box by box.

    `period` is "2026-Q3", "2026-09" or "2026"; `opens_on` the first day on which it can be filed.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PREPARED = "prepared", _("Prepared")
        FILED = "filed", _("Filed")
        NOT_NEEDED = "not_needed", _("Not needed")

    MOVES = {
        State.OPEN: {State.PREPARED, State.FILED, State.NOT_NEEDED},
        State.PREPARED: {State.OPEN, State.FILED, State.NOT_NEEDED},
        State.FILED: {State.OPEN},
        State.NOT_NEEDED: {State.OPEN},
    }

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    form = models.CharField(_("form"), max_length=10)
    period = models.CharField(_("period"), max_length=10)
    starts_on = models.DateField()
    ends_on = models.DateField()
    opens_on = models.DateField()
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    assigned_to = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    figures = models.JSONField(default=dict)
    note = models.TextField(_("note"), max_length=2_000, blank=True)
    filed_on = models.DateField(null=True)
    filed_by_name = models.CharField(max_length=200, blank=True)
    reference = models.CharField(_("receipt"), max_length=60, blank=True)

    objects = TaxFilings.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        indexes = [
            models.Index(fields=["organisation", "due_on", "id"], name="filing_by_due"),
            models.Index(
                fields=["organisation", "due_on", "id"],
                name="filing_not_filed",
                condition=~Q(state__in=("filed", "not_needed")),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["organisation", "form", "period"], name="filing_once")]

    def __str__(self) -> str:
        return f"{self.form} {self.period}"


class FilingCalendars(DueRows["FilingCalendar"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.TAXES)

    def with_token(self, token: str) -> Self:
        """The one whose feed has this secret."""
        return self.exclude(feed_hash="").filter(feed_hash=hash_token(token)).select_related("organisation")


class FilingCalendar(DueRow, PortalModel):
    """Which forms a business files (of its country's pack), and the secret of its calendar feed, hashed.

    `forms`: {"303": {"period": "quarter", "since": "2026-11-21"}}; returns due before `since` are not made.
    `due_at` is when those of coming periods are made next.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="+")
    forms = models.JSONField(default=dict)
    feed_hash = models.CharField(max_length=64, blank=True)

    objects = FilingCalendars.as_manager()

    class Meta:
        indexes = [due_index("filing_calendar_due")]
        constraints = [
            models.UniqueConstraint(fields=["feed_hash"], name="feed_secret_once", condition=~Q(feed_hash=""))
        ]

    def __str__(self) -> str:
        return ", ".join(self.forms)


def tax_team(actor: Actor) -> list[Member]:
    """The members of the actor's organisation who may manage its taxes, by name. One query."""
    return team_of(actor, Section.TAXES)

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.models import PortalModel
from documents.models.contact import Contact
from documents.models.document import money_field
from partners.models import Organisation


class Figures(models.QuerySet["Figure"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the sections that the actor may view; nothing of the others."""
        if actor.organisation_id is None:
            return self.none()
        measures = [measure for measure, section in MEASURES.items() if actor.may(section, Level.VIEW)]
        return self.filter(organisation_id=actor.organisation_id, measure__in=measures)

    def since(self, day: date) -> Self:
        """What was sold, bought and received from the day on, and all that is open."""
        flows = Q(measure__in=FLOWS, day__gte=day)
        return self.filter(flows | Q(measure__in=(Figure.Measure.OPEN_SALES, Figure.Measure.OPEN_PURCHASES)))

    def by_day(self) -> models.QuerySet[Figure, tuple[str, str, date, object, int]]:
        """(measure, currency, day, sum, number) of each day; open documents without a due date have no day."""
        return (
            self.order_by()
            .values_list("measure", "currency", "day")
            .annotate(sum=Sum("amount"), number=Sum("count"))
            .exclude(sum=0, number=0)
        )

    def largest(self, measure: str, currency: str, day: date, most: int) -> Self:
        """The largest sums of contacts in a year, as they stood when they were last added up."""
        rows = self.filter(measure=measure, currency=currency, day=day, is_folded=True, amount__gt=0)
        return rows.order_by("-amount")[:most]


class Figure(PortalModel):
    """A part of a sum that the overview shows: the sum is what all rows with the same key add up to.

    Triggers on documents and settlements add a row for each change, so that writing never waits for writing; the
    sweep `documents.fold_figures` adds them up into one row (`is_folded`) a key. Nothing else writes here.
    `day` is the first of the month of what was sold, bought and received, the due date of what is open, the first
    of January of what a contact bought or sold in a year.
    """

    class Measure(models.TextChoices):
        SOLD = "sold"
        BOUGHT = "bought"
        RECEIVED = "received"
        OPEN_SALES = "open_sales"
        OPEN_PURCHASES = "open_purchases"
        CUSTOMER = "customer"
        SUPPLIER = "supplier"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    measure = models.CharField(max_length=20, choices=Measure)
    currency = models.CharField(max_length=3)
    day = models.DateField(null=True)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    amount = money_field()
    count = models.IntegerField()
    is_folded = models.BooleanField(default=False)

    objects = Figures.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "measure", "day"], name="figure_by_day"),
            models.Index(
                fields=["organisation", "measure", "day", "currency", "amount"],
                name="figure_by_amount",
                condition=Q(is_folded=True, contact__isnull=False),
            ),
            models.Index(fields=["organisation"], name="figure_unfolded", condition=Q(is_folded=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "measure", "currency", "day", "contact"],
                name="folded_once",
                condition=Q(is_folded=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day}: {self.amount} {self.currency}"


FLOWS = (Figure.Measure.SOLD, Figure.Measure.BOUGHT, Figure.Measure.RECEIVED)
MEASURES = {
    Figure.Measure.SOLD: Section.SALES,
    Figure.Measure.BOUGHT: Section.PURCHASES,
    Figure.Measure.RECEIVED: Section.SALES,
    Figure.Measure.OPEN_SALES: Section.SALES,
    Figure.Measure.OPEN_PURCHASES: Section.PURCHASES,
    Figure.Measure.CUSTOMER: Section.SALES,
    Figure.Measure.SUPPLIER: Section.PURCHASES,
}

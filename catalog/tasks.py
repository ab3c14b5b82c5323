"""The clock's door to the catalog."""

from celery import shared_task
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.jobs import nudge, sweep
from catalog import actions
from catalog.models import Picture, StockLevel
from partners.models import Organisation

BATCH = 100


@shared_task(name="catalog.make_pictures")
def make_pictures() -> int:
    """Make what is shown of pictures that were uploaded; returns how many were looked at."""
    due = Picture.objects.due(timezone.now()).order_by("pk")
    done = sweep(due, lambda picture: actions.make_sizes(picture=picture), limit=BATCH)
    if done and due.exists():
        nudge("catalog.make_pictures")
    return done


@shared_task(name="catalog.tell_of_low_stock")
def tell_of_low_stock() -> int:
    """Tell each business of what has run low; returns of how many variants somebody was told."""
    due = StockLevel.objects.alarm_due().order_by().values("organisation_id").distinct()
    businesses = Organisation.objects.filter(pk__in=due)
    return sum(actions.tell_of_low_stock(actor=system_actor(one.workspace)) for one in businesses)

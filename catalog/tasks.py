"""The clock's door to the catalog."""

from celery import shared_task
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
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


@shared_task(name="catalog.work_off_lists")
def work_off_lists() -> int:
    """Work off imports and exports of products; returns how many pieces got their outcome.

    The pieces of one import are done in their order, so that a variant finds the product above it.
    """
    pieces, exports = (JobItem.objects.of_kind(kind) for kind in (actions.PRODUCT_IMPORT, actions.PRODUCT_EXPORT))
    done, more = 0, True
    while more and done < BATCH:
        heads = pieces.first_in_line(timezone.now()).order_by("id")
        step = sweep(heads, _import_piece)
        done, more = done + step, bool(step)
    sweep(pieces.given_up().order_by("id"), lambda item: actions.give_up_product_import_item(item=item), limit=BATCH)
    files = exports.due(timezone.now()).order_by("id")
    done += sweep(files, lambda item: actions.run_product_export_item(item=item), limit=BATCH)
    sweep(exports.given_up().order_by("id"), lambda item: actions.give_up_product_export_item(item=item), limit=BATCH)
    if done and pieces.due(timezone.now()).exists():
        nudge("catalog.work_off_lists")
    return done


def _import_piece(item: JobItem) -> None:
    actions.run_product_import_item(item=item, now=timezone.now())

"""The clock's door to the catalog."""

from collections.abc import Callable

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
    """Work off imports and exports; returns how many pieces got their outcome.

    The pieces of one import are done in their order, so that a variant finds the product above it.
    """
    done = sum(_work_off(*one) for one in IMPORTS)
    exports = JobItem.objects.of_kind(actions.PRODUCT_EXPORT)
    files = exports.due(timezone.now()).order_by("id")
    done += sweep(files, lambda item: actions.run_product_export_item(item=item), limit=BATCH)
    sweep(exports.given_up().order_by("id"), lambda item: actions.give_up_product_export_item(item=item), limit=BATCH)
    return done


def _work_off(kind: str, act: Callable[[JobItem], None], give_up: Callable[[JobItem], None]) -> int:
    """Do pieces of imports of one kind, those of a job one after the other; returns how many got their outcome."""
    pieces = JobItem.objects.of_kind(kind)
    done, more = 0, True
    while more and done < BATCH:
        more = bool(step := sweep(pieces.first_in_line(timezone.now()).order_by("id"), act))
        done += step
    sweep(pieces.given_up().order_by("id"), give_up, limit=BATCH)
    if done and pieces.due(timezone.now()).exists():
        nudge("catalog.work_off_lists")
    return done


def _product_piece(item: JobItem) -> None:
    actions.run_product_import_item(item=item, now=timezone.now())


def _order_piece(item: JobItem) -> None:
    actions.run_order_import_item(item=item, now=timezone.now())


IMPORTS = (
    (actions.PRODUCT_LIST.job, _product_piece, lambda item: actions.give_up_product_import_item(item=item)),
    (actions.ORDER_LIST.job, _order_piece, lambda item: actions.give_up_order_import_item(item=item)),
)

"""The clock's door to the books."""

from celery import shared_task
from django.utils import timezone

from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
from bookkeeping import actions
from bookkeeping.models import FilingCalendar
from bookkeeping.rules import POST
from bookkeeping.rules.statements import RECONCILE, STATEMENTS

BATCH = 200


@shared_task(name="bookkeeping.post_entries")
def post_entries() -> int:
    """Enter what jobs over reviewed documents still hold; returns how many items got their outcome."""
    due = JobItem.objects.of_kind(POST).due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_posting_item(item=item, now=timezone.now()), limit=BATCH)
    failed = JobItem.objects.of_kind(POST).given_up().order_by("id")
    sweep(failed, lambda item: actions.refuse_posting_item(item=item), limit=BATCH)
    if done and due.exists():
        nudge("bookkeeping.post_entries")
    return done


@shared_task(name="bookkeeping.import_statements")
def import_statements() -> int:
    """Read the statements that wait; returns how many files were looked at."""
    due = JobItem.objects.of_kind(STATEMENTS).due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_statement_item(item=item, now=timezone.now()), limit=BATCH)
    failed = JobItem.objects.of_kind(STATEMENTS).given_up().order_by("id")
    sweep(failed, lambda item: actions.give_up_statement_item(item=item), limit=BATCH)
    if done and due.exists():
        nudge("bookkeeping.import_statements")
    return done


@shared_task(name="bookkeeping.reconcile_lines")
def reconcile_lines() -> int:
    """Reconcile the lines of confirmed suggestions and of rules; returns how many items got their outcome."""
    due = JobItem.objects.of_kind(RECONCILE).due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_reconcile_item(item=item, now=timezone.now()), limit=BATCH)
    failed = JobItem.objects.of_kind(RECONCILE).given_up().order_by("id")
    sweep(failed, lambda item: actions.refuse_reconcile_item(item=item), limit=BATCH)
    if done and due.exists():
        nudge("bookkeeping.reconcile_lines")
    return done


@shared_task(name="bookkeeping.make_filings")
def make_filings() -> int:
    """Make the tax returns of coming periods, of each business once a day; returns how many were looked at."""
    due = FilingCalendar.objects.due(timezone.now()).order_by("due_at")
    return sweep(
        due, lambda calendar: actions.make_filings_of_the_day(calendar=calendar, now=timezone.now()), limit=BATCH
    )

"""The clock's door to documents."""

from celery import shared_task
from django.utils import timezone

from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
from documents import actions

BATCH = 200


@shared_task(name="documents.import_files")
def import_files() -> int:
    """Work off the files of import jobs; returns how many got their outcome."""
    due = JobItem.objects.of_kind(actions.IMPORT).due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_import_item(item=item), limit=BATCH)
    failed = JobItem.objects.of_kind(actions.IMPORT).given_up().order_by("id")
    sweep(failed, lambda item: actions.give_up_import_item(item=item), limit=BATCH)
    if done and due.exists():  # workers that swept the same batch share it
        nudge("documents.import_files")
    return done

"""The clock's door to documents."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone

from advisory_portal.core.access import Actor, system_actor
from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
from documents import actions, fiscal
from documents.models import DocumentSettings, FiscalRecord, Recurrence
from documents.rules.bulk import ARCHIVE, EXPORT, ISSUE, PACK, REVIEW
from documents.rules.reminders import FROM_HOUR

BATCH = 200
FOLDED_AT_ONCE = 20_000
SIDE_BY_SIDE = (REVIEW, PACK, EXPORT)


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


@shared_task(name="documents.work_in_bulk")
def work_in_bulk() -> int:
    """Work off the jobs over many documents; returns how many items got their outcome.

    Drafts are issued one after the other in the order of their job, so that the dates of a series run with its
    numbers, however many workers there are; an archive is packed when its last PDF is there.
    """
    done = 0
    for kind in SIDE_BY_SIDE:
        due = JobItem.objects.of_kind(kind).due(timezone.now()).order_by("id")
        due = due.exclude(name=ARCHIVE) if kind == PACK else due
        done += sweep(due, _bulk_item, limit=BATCH)
    archives = JobItem.objects.of_kind(PACK).filter(name=ARCHIVE).closing()
    done += sweep(archives.due(timezone.now()).order_by("id"), _bulk_item, limit=BATCH)
    done += issue_in_bulk(limit=BATCH)
    for kind in (*SIDE_BY_SIDE, ISSUE):
        failed = JobItem.objects.of_kind(kind).given_up().order_by("id")
        sweep(failed, lambda item: actions.refuse_item(item=item, reason=""), limit=BATCH)
    if done:
        nudge("documents.work_in_bulk")
    return done


def issue_in_bulk(*, limit: int) -> int:
    """Issue the drafts that stand first in the line of their job, again and again, up to `limit` of them.

    A worker that finds the first of every line in another's hands leaves them to it.
    """
    done = 0
    while done < limit:
        first = JobItem.objects.of_kind(ISSUE).first_in_line(timezone.now()).order_by("id")
        swept = sweep(first, _bulk_item, limit=limit - done)
        if not swept:
            break
        done += swept
    return done


def _bulk_item(item: JobItem) -> None:
    actions.run_bulk_item(item=item, now=timezone.now())


@shared_task(name="documents.issue_recurring")
def issue_recurring() -> int:
    """Make the recurring invoices whose day has come, one a row and sweep; returns how many were looked at."""
    due = Recurrence.objects.due(timezone.now()).select_related("organisation", "invoice").order_by("due_at")
    done = sweep(due, lambda row: actions.run_recurrence(recurrence=row, now=timezone.now()), limit=BATCH)
    if done and due.exists():
        nudge("documents.issue_recurring")
    return done


@shared_task(name="documents.plan_reminders")
def plan_reminders() -> int:
    """Plan today's reminders of every business that has them on, from eight in its morning; returns how many."""
    planned = 0
    for settings in DocumentSettings.objects.filter(reminders_on=True).select_related("organisation"):
        actor = system_actor(settings.organisation.workspace)
        now = timezone.now()
        local = now.astimezone(ZoneInfo(actor.place.time_zone))
        if local.hour >= FROM_HOUR:
            planned += actions.plan_reminders(actor=actor, today=local.date(), now=now)
    return planned


@shared_task(name="documents.import_contacts")
def import_contacts() -> int:
    """Work off the pieces of imports of contacts, and their exports; returns how many got their outcome."""
    pieces, exports = (JobItem.objects.of_kind(kind) for kind in (actions.CONTACT_LIST.job, actions.CONTACT_EXPORT))
    due = pieces.due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_contact_import_item(item=item), limit=BATCH)
    sweep(pieces.given_up().order_by("id"), lambda item: actions.give_up_contact_import_item(item=item), limit=BATCH)
    files = exports.due(timezone.now()).order_by("id")
    done += sweep(files, lambda item: actions.run_contact_export_item(item=item), limit=BATCH)
    sweep(exports.given_up().order_by("id"), lambda item: actions.give_up_contact_export_item(item=item), limit=BATCH)
    if done and due.exists():
        nudge("documents.import_contacts")
    return done


@shared_task(name="documents.send_fiscal_records")
def send_fiscal_records() -> int:
    """Send what waits to the agencies that this installation has a certificate for, one message a business.

    Returns how many records got their answer.
    """
    answered = 0
    for regime in fiscal.REGIMES.values():
        if regime.is_sending():
            for head in FiscalRecord.objects.heads(timezone.now()).filter(regime=regime.code)[:BATCH]:
                answered += _send_records(system_actor(head.organisation.workspace), regime)
    return answered


def _send_records(actor: Actor, regime: fiscal.Regime) -> int:
    records = actions.claim_fiscal_records(actor=actor, regime=regime, now=timezone.now())
    if not records:
        return 0
    try:
        answer = regime.send(regime.request(records, is_late=records[0].attempts > 0))
        said = regime.read_answer(answer, records)
    except fiscal.NotDelivered as error:
        actions.put_off_fiscal_records(actor=actor, records=records, reason=str(error), now=timezone.now())
        return 0
    return actions.book_fiscal_answer(actor=actor, records=records, answer=said, now=timezone.now())


@shared_task(name="documents.fold_figures")
def fold_figures() -> int:
    """Add up what the overview shows; returns how many sums were touched."""
    touched = 0
    while folded := actions.fold_figures(most=FOLDED_AT_ONCE):
        touched += folded
    return touched

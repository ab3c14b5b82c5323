"""The clock's door to the books."""

import imaplib
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
from advisory_portal.formats.mail import read_mail
from bookkeeping import actions
from bookkeeping.models import FilingCalendar, InboxFile, Reconciliation
from bookkeeping.rules import POST
from bookkeeping.rules.statements import RECONCILE, STATEMENTS
from bookkeeping.sources import Mailbox, open_mailbox

BATCH = 200
logger = logging.getLogger(__name__)


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


@shared_task(name="bookkeeping.release_lines")
def release_lines() -> int:
    """Open the bank lines again whose payments were taken back on their documents; returns how many."""
    due = Reconciliation.objects.due(timezone.now()).select_related("organisation").order_by("due_at")
    return sweep(due, lambda row: actions.release_line(reconciliation=row, now=timezone.now()), limit=BATCH)


@shared_task(name="bookkeeping.make_filings")
def make_filings() -> int:
    """Make the tax returns of coming periods, of each business once a day; returns how many were looked at."""
    due = FilingCalendar.objects.due(timezone.now()).order_by("due_at")
    return sweep(
        due, lambda calendar: actions.make_filings_of_the_day(calendar=calendar, now=timezone.now()), limit=BATCH
    )


@shared_task(name="bookkeeping.read_inbox")
def read_inbox() -> int:
    """Read the files that came in; returns how many were read."""
    due = InboxFile.objects.due(timezone.now()).select_related("file", "organisation").order_by("due_at")
    done = sweep(due, lambda file: actions.read_inbox_file(file=file), limit=BATCH)
    failed = InboxFile.objects.given_up().select_related("file", "organisation")
    sweep(failed, lambda file: actions.give_up_reading(file=file), limit=BATCH)
    if done and due.exists():
        nudge("bookkeeping.read_inbox")
    return done


@shared_task(name="bookkeeping.fetch_mail")
def fetch_mail() -> int:
    """Fetch the mails that wait in the mailbox, if there is one; returns how many brought files to a business."""
    if not settings.INBOX_IMAP_URL or not settings.INBOX_DOMAIN:
        return 0
    try:
        with open_mailbox(settings.INBOX_IMAP_URL, timeout=settings.INBOX_IMAP_TIMEOUT) as mailbox:
            return sum(_fetch(mailbox, uid) for uid in mailbox.waiting()[:BATCH])
    except (OSError, imaplib.IMAP4.error) as error:
        logger.warning("could not fetch mail: %s", error)
        return 0


def _fetch(mailbox: Mailbox, uid: str) -> bool:
    """Take one mail: first its files, then the mark. Killed in between it is taken again, and its files are known."""
    mail = read_mail(mailbox.mail(uid))
    is_known = actions.take_mail(mail=mail, key=mailbox.key_of(uid), domain=settings.INBOX_DOMAIN, now=timezone.now())
    if is_known:
        mailbox.done(uid)
    else:
        mailbox.leave_aside(uid)
    return is_known

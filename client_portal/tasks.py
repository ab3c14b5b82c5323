"""The clock's door to the portal: what documents have lying ready to be mailed."""

from celery import shared_task
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
from client_portal import actions
from client_portal.models import CommentNotice
from client_portal.rules import INVITE
from documents.models import Reminder
from documents.rules.bulk import SEND

BATCH = 100
FOLDED_AT_ONCE = 10_000


@shared_task(name="client_portal.send_documents")
def send_documents() -> int:
    """Send the documents of sending jobs; returns how many got their outcome."""
    due = JobItem.objects.of_kind(SEND).due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_send_item(item=item, now=timezone.now()), limit=BATCH)
    failed = JobItem.objects.of_kind(SEND).given_up().order_by("id")
    sweep(failed, lambda item: actions.give_up_send_item(item=item), limit=BATCH)
    if done and due.exists():
        nudge("client_portal.send_documents")
    return done


@shared_task(name="client_portal.send_reminders")
def send_reminders() -> int:
    """Mail the reminders that documents planned for today; returns how many were worked off."""
    due = Reminder.objects.due(timezone.now()).order_by("id")
    return sweep(due, lambda reminder: actions.run_reminder(reminder=reminder, now=timezone.now()), limit=BATCH)


@shared_task(name="client_portal.mail_comments")
def mail_comments() -> int:
    """Mail the comments that the other side has not read; returns how many threads were worked off."""
    due = CommentNotice.objects.due(timezone.now()).order_by("id")
    return sweep(due, lambda notice: actions.run_comment_notice(notice=notice, now=timezone.now()), limit=BATCH)


@shared_task(name="client_portal.fold_months")
def fold_months() -> int:
    """Add up what the portal's home shows of each month; returns how many months were touched."""
    touched = 0
    while folded := actions.fold_months(most=FOLDED_AT_ONCE):
        touched += folded
    return touched


@shared_task(name="client_portal.invite_contacts")
def invite_contacts() -> int:
    """Invite the contacts of jobs that invite many; returns how many got their outcome."""
    due = JobItem.objects.of_kind(INVITE).due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_invite_item(item=item, now=timezone.now()), limit=BATCH)
    failed = JobItem.objects.of_kind(INVITE).given_up().order_by("id")
    sweep(failed, lambda item: actions.refuse_invite_item(item=item, reason=""), limit=BATCH)
    if done and due.exists():
        nudge("client_portal.invite_contacts")
    return done


@shared_task(name="client_portal.check_accounts")
def check_accounts() -> int:
    """Ask the payment companies once a day whether the accounts still work; returns how many were asked."""
    asked = 0
    while asked < BATCH and (account := actions.claim_account_to_check(now=timezone.now())) is not None:
        actor = system_actor(account.organisation.workspace)
        actions.run_account_check(actor=actor, account=account, now=timezone.now())
        asked += 1
    return asked

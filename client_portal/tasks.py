"""The clock's door to the portal: what documents have lying ready to be mailed."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.jobs import nudge, put_off, sweep
from advisory_portal.core.models import JobItem
from advisory_portal.gateways import GatewayError
from client_portal import actions
from client_portal.models import CommentNotice, GatewayAccount, PaymentLog, Refund, WebhookEvent
from client_portal.rules import INVITE
from documents.models import Reminder
from documents.rules.bulk import SEND

logger = logging.getLogger(__name__)
BATCH = 100
SECONDS_ASKING = 10  # of one run that asks gateways; then whatever else waits for a worker has its turn
SILENT = "client_portal.silent_accounts"  # in the cache: what a run tells the one that goes on with its work
EMPTIED = "client_portal.webhooks_emptied"  # in the cache: this day's emptying is done
LEFT_ALONE = timedelta(minutes=1)  # for so long an account whose company did not answer is not asked about
ACCOUNTS_COMPARED = 20  # in one run
DAY = 86_400  # seconds
HELD_FOR_COMPARING = 3600  # seconds that one worker has an account for itself
FOLDED_AT_ONCE = 10_000
WEBHOOKS_AT_ONCE = 50  # read at once: who works beside has taken some of them meanwhile


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


@shared_task(name="client_portal.sync_attempts")
def sync_attempts() -> int:
    """Ask the gateways about attempts that are due, and end those out of date; returns how many were asked about.

    A gateway that does not answer is left alone for the rest of the run, so that it holds up nobody else's payments. A
    run whose time is over lets others have their turn and goes on behind them.
    """
    actions.end_outdated(now=timezone.now())
    asked, silent, until = 0, _silent_before(), monotonic() + SECONDS_ASKING
    while monotonic() < until:
        attempt = actions.claim_attempt(now=timezone.now(), besides=silent.keys())
        if attempt is None:
            break
        try:
            found = actions.sync_attempt(
                attempt_id=attempt.pk, trigger=PaymentLog.Trigger.SWEEP, actor=system_actor(), now=timezone.now()
            )
        except Exception:  # one attempt does not hold up the others; it stays due
            logger.exception("the payment attempt %s could not be brought up to date", attempt.pk)
            continue
        if found.last_error:
            silent[attempt.account_id] = timezone.now() + LEFT_ALONE
        asked += 1
    else:
        cache.set(SILENT, silent, LEFT_ALONE.seconds)
        nudge("client_portal.sync_attempts")
    return asked


@shared_task(name="client_portal.handle_webhooks")
def handle_webhooks() -> int:
    """Look into the webhooks that are due; returns how many were done.

    An account whose gateway does not answer is left alone for the rest of the run, so that it holds up nobody else's. A
    run whose time is over lets others have their turn and goes on behind them.
    """
    done, silent, until = 0, _silent_before(), monotonic() + SECONDS_ASKING
    while batch := _due_webhooks(silent.keys()):
        for pk, account_id in batch:
            if monotonic() > until:
                cache.set(SILENT, silent, LEFT_ALONE.seconds)
                nudge("client_portal.handle_webhooks")
                return done
            outcome = "" if account_id in silent else _handled(pk)
            done += outcome == "done"
            if outcome == "later":
                silent[account_id] = timezone.now() + LEFT_ALONE
    return done


def _silent_before() -> dict[UUID, datetime]:
    """The accounts that did not answer a run which goes on in this one, and until when they are left alone: one that
    takes longer to fail than a run lasts would else be all that is ever asked.
    """
    now, known = timezone.now(), cache.get(SILENT) or {}
    return {account: until for account, until in known.items() if until > now}


def _due_webhooks(besides: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """The ids of those that are due longest, and of their accounts; of none of the accounts `besides`."""
    due = WebhookEvent.objects.due(timezone.now()).exclude(account__in=besides).order_by("due_at")
    return list(due.values_list("pk", "account_id")[:WEBHOOKS_AT_ONCE])


def _handled(event_id: UUID) -> str:
    """What became of a webhook; one that breaks does not hold up the others."""
    try:
        return actions.handle_webhook(event_id=event_id, now=timezone.now())
    except Exception as error:
        logger.exception("the webhook %s could not be looked into", event_id)
        put_off(WebhookEvent, event_id, error)
        return "broken"


@shared_task(name="client_portal.send_refunds")
def send_refunds() -> int:
    """Send the refunds that are due, and ask about those on their way; returns how many were worked off."""
    worked = 0
    for pk in list(Refund.objects.due(timezone.now()).order_by("due_at").values_list("pk", flat=True)[:BATCH]):
        try:
            actions.send_refund(refund_id=pk, now=timezone.now())
        except Exception:  # one refund does not hold up the others; it stays due
            logger.exception("the refund %s could not be sent", pk)
            continue
        worked += 1
    return worked


@shared_task(name="client_portal.compare_gateways")
def compare_gateways() -> int:
    """Compare the books with each gateway's own list, once a day; returns how many payments differed.

    And once a day old webhooks lose their words.
    """
    if cache.add(EMPTIED, 1, DAY):
        while actions.empty_webhooks(now=timezone.now()):
            pass
    differed = 0
    for account in GatewayAccount.objects.to_compare(timezone.now()).select_related("organisation")[:ACCOUNTS_COMPARED]:
        if not cache.add(f"compare:{account.pk}", 1, HELD_FOR_COMPARING):  # another worker is at it
            continue
        actor = system_actor(account.organisation.workspace)
        try:
            differed += actions.compare_account(actor=actor, account=account, now=timezone.now())
        except GatewayError as error:
            logger.warning("the list of the payment account %s was not to be had: %s", account.pk, type(error).__name__)
    return differed

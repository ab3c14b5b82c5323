"""The clock's door to collaborations."""

import logging
from collections.abc import Callable
from typing import TypeVar

from celery import shared_task
from django.db import models
from django.utils import timezone

from advisory_portal.core.jobs import nudge, sweep
from advisory_portal.core.models import JobItem
from collaborations import actions
from collaborations.actions.handovers import HANDOVER, HANDOVER_ARCHIVE
from collaborations.models import Grant, KpiPreference, MessageNotice

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)
BATCH = 200


@shared_task(name="collaborations.mail_messages")
def mail_messages() -> int:
    """Mail what was written ten minutes ago and since; returns how many notices got done."""
    now = timezone.now()
    due = MessageNotice.objects.due(now).select_related("conversation").order_by("due_at")
    return sweep(due, lambda notice: actions.send_message_notice(notice=notice, now=now), limit=BATCH)


@shared_task(name="collaborations.watch_grants")
def watch_grants() -> int:
    """End the accesses that are over, and tell of those that soon will be; returns how many were looked at."""
    now = timezone.now()
    over = Grant.objects.over(now).select_related("collaboration__conversation")
    done = _each(over, lambda grant: actions.end_grant(grant=grant, now=now))
    ending = Grant.objects.to_warn_of(now).select_related("collaboration__conversation")
    return done + _each(ending, lambda grant: actions.warn_of_end(grant=grant, now=now))


@shared_task(name="collaborations.send_digests")
def send_digests() -> int:
    """Tell people of the pending work that has come, each when it is their time; returns how many were looked at."""
    now = timezone.now()
    actions.plan_digests(now=now)
    due = KpiPreference.objects.due(now).filter(client=None).order_by("due_at")
    return sweep(due, lambda preference: actions.tell_of_work(preference=preference, now=now), limit=BATCH)


@shared_task(name="collaborations.import_clients")
def import_clients() -> int:
    """Work off imports of clients; returns how many got their outcome."""
    items = JobItem.objects.of_kind(actions.CLIENT_LIST.job)
    due = items.due(timezone.now()).order_by("id")
    done = sweep(due, lambda item: actions.run_client_import_item(item=item), limit=BATCH)
    sweep(items.given_up().order_by("id"), lambda item: actions.give_up_client_import_item(item=item), limit=BATCH)
    if done and due.exists():
        nudge("collaborations.import_clients")
    return done


@shared_task(name="collaborations.hand_over")
def hand_over() -> int:
    """Work off hand-over exports, each archive when the last PDF is there, and delete old ones; returns how many
    pieces got done.
    """
    items = JobItem.objects.of_kind(HANDOVER)

    def run(item: JobItem) -> None:
        actions.run_handover_item(item=item, now=timezone.now())

    done = sweep(items.due(timezone.now()).exclude(name=HANDOVER_ARCHIVE).order_by("id"), run, limit=BATCH)
    done += sweep(items.filter(name=HANDOVER_ARCHIVE).closing().due(timezone.now()).order_by("id"), run, limit=BATCH)
    failed = items.given_up().order_by("id")
    sweep(failed, lambda item: actions.refuse_handover_item(item=item, reason=""), limit=BATCH)
    actions.drop_old_handovers(now=timezone.now())
    if done:
        nudge("collaborations.hand_over")
    return done


def _each(rows: "models.QuerySet[Row]", act: Callable[[Row], None]) -> int:
    """Run the action for each row; one that fails is noted, tried again in a minute, and holds up no other."""
    done = 0
    for row in rows.order_by("id")[:BATCH]:
        try:
            act(row)
            done += 1
        except Exception:
            logger.exception("the sweep failed on %s", row.pk)
    return done

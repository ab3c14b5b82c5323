"""Work in the background: the row is the queue, a sweep works it off, a nudge only makes it sooner."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from celery import current_app
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from advisory_portal.core.access import Actor, ActorKind, Workspace
from advisory_portal.core.models import Job, JobItem
from advisory_portal.core.nudges import is_wanted
from advisory_portal.formats.errors import MESSAGES

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)
FAILED = "failed"  # a refusal of ours beside those of the formats: every try ended in an error


def nudge(task_name: str) -> None:
    """Wake a sweep after commit, once for all who ask before it starts. A lost nudge costs a minute, not the work."""

    def send() -> None:
        if not is_wanted(task_name):
            return
        try:
            current_app.send_task(task_name, expires=60, ignore_result=True, retry=False)
        except Exception:  # any broker fault: the minute's sweep does the work all the same
            logger.warning("could not nudge %s: the broker does not answer", task_name)

    transaction.on_commit(send)


def sweep(due: "models.QuerySet[Row]", act: Callable[[Row], object], *, limit: int = 100) -> int:
    """Run `act(row)` for each due row, each locked in a transaction of its own; returns how many succeeded.

    Any number of workers may sweep at once. A row that fails is put off (1, 5, 25, 125 … minutes) with its
    error kept, and does not hold up the others; after eight tries `due()` leaves it out for a person to see.
    """
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                row = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                if row is None:
                    continue
                act(row)
                done += 1
        except Exception as error:
            logger.exception("sweep of %s failed on %s", due.model._meta.label, pk)
            put_off(due.model, pk, error)
    return done


def put_off(model: type[models.Model], pk: object, error: Exception) -> None:
    """Note a failed try on a row and move its time out by 1, 5, 25, 125, 625 minutes, then stay at that."""
    with transaction.atomic():
        failed = model._base_manager.filter(pk=pk).select_for_update()
        attempts = failed.values_list("attempts", flat=True).first()
        if attempts is None:
            return
        failed.update(
            attempts=attempts + 1,
            due_at=timezone.now() + timedelta(minutes=5 ** min(attempts, 4)),
            last_error=f"{type(error).__name__}: {error}"[:500],
        )


def start_job(*, actor: Actor, kind: str, parameters: dict[str, Any]) -> Job:
    """Write the head of a long work; the caller adds its items and then nudges the task that sweeps them."""
    place = actor.place
    return Job.objects.create(
        organisation_id=place.id,
        kind=kind,
        started_by_id=actor.user_id,
        started_by_name=actor.name,
        parameters=parameters,
        actor=_actor_as_json(actor),
    )


def add_items(job: Job, items: list[JobItem]) -> None:
    """Add pieces to a job, in order behind those it has. Runs inside the caller's transaction."""
    first = Job.objects.select_for_update().values_list("total", flat=True).get(pk=job.pk)
    for position, item in enumerate(items, start=first):
        item.job, item.kind, item.position = job, job.kind, position
    JobItem.objects.bulk_create(items, batch_size=500)
    job.total = first + len(items)
    Job.objects.filter(pk=job.pk).update(total=job.total)


def finish_item(item: JobItem, outcome: str, *, reason: str = "", detail: dict[str, Any] | None = None) -> None:
    """Give an item its outcome and count it; the last one finishes the job. Runs inside the item's transaction."""
    item.outcome, item.reason, item.detail, item.due_at = outcome, reason, detail or {}, None
    item.save(update_fields=["outcome", "reason", "detail", "due_at"])
    Job.objects.filter(pk=item.job_id).update(done=F("done") + 1)
    Job.objects.filter(pk=item.job_id, done=F("total"), finished_at=None).update(finished_at=timezone.now())


def refusal_text(refusal: Mapping[str, Any]) -> str:
    """Why a file or an item was refused, in the reader's language: a FormatError's code with its parameters, or FAILED.

    `{"code": …, "line": …, …}` as the item's detail holds it; `line` may be absent.
    """
    if refusal["code"] == FAILED:
        return gettext("This file could not be processed, after several tries. Please tell whoever runs this site.")
    message = gettext(MESSAGES[refusal["code"]]) % refusal
    if refusal.get("line") is None:
        return message
    return gettext(MESSAGES["at_line"]) % {"line": refusal["line"], "message": message}


def actor_of(job: Job) -> Actor:
    """The actor who began the job, as they were then: same name, firm, grant and levels."""
    data = dict(job.actor)
    organisation = dict(data.pop("organisation"))
    organisation["id"] = UUID(organisation["id"])
    for name in ("user_id", "contact_id", "firm_id", "grant_id"):
        data[name] = UUID(data[name]) if data[name] else None
    data["kind"] = ActorKind(data["kind"])
    return Actor(organisation=Workspace(**organisation), **data)


def _actor_as_json(actor: Actor) -> dict[str, Any]:
    place = asdict(actor.place)
    place["id"] = str(place["id"])
    ids = ("user_id", "contact_id", "firm_id", "grant_id")
    return {
        "kind": str(actor.kind),
        "name": actor.name,
        "organisation": place,
        "role": actor.role,
        "levels": dict(actor.levels),
        "firm_name": actor.firm_name,
        **{name: str(value) if (value := getattr(actor, name)) else None for name in ids},
    }

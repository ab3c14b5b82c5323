"""Sending fiscal records: claimed, sent outside the transaction, the answer booked; and sent again by a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.dateparse import parse_datetime

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.jobs import nudge
from advisory_portal.core.models.base import MOST_ATTEMPTS
from advisory_portal.core.states import move
from documents.fiscal import Answer, Outcome, Regime
from documents.models import FiscalRecord

LEASE = timedelta(minutes=5)  # longer than an answer can take
LONGEST_PAUSE = timedelta(hours=1)  # Orden HAC/1177/2024, art. 16.4
State = FiscalRecord.State


@transaction.atomic
def claim_fiscal_records(*, actor: Actor, regime: Regime, now: datetime) -> list[FiscalRecord]:
    """The business's next records in the order of their chain, for this worker alone; [] if it is not their time.

    They are claimed by their first one, which no other worker takes before LEASE has passed. `attempts` of the first
    one, as it is returned, says how often an answer was lost before.
    """
    chain = FiscalRecord.objects.filter(organisation_id=actor.place.id, regime=regime.code)
    rows = list(chain.unsent().select_for_update(skip_locked=True, of=("self",))[: regime.most_records])
    first = chain.unsent().first()
    if not rows or first is None or rows[0].pk != first.pk or not _is_time(rows[0], now):
        return []
    rows = regime.together(rows)
    attempts = min(first.attempts + 1, MOST_ATTEMPTS - 1)  # never given up
    FiscalRecord.objects.filter(pk=first.pk).update(due_at=now + LEASE, attempts=attempts)
    for record in rows:
        move(record, State.WAITING, actor=actor)
    return rows


def _is_time(first: FiscalRecord, now: datetime) -> bool:
    """Whether the first record is due and the agency has been left the time it asked for in its last answer."""
    if first.due_at is None or first.due_at > now:
        return False
    before = FiscalRecord.objects.filter(
        organisation_id=first.organisation_id, regime=first.regime, position=first.position - 1
    ).first()
    next_at = parse_datetime(before.answer.get("next_at", "")) if before else None
    return next_at is None or next_at <= now


@transaction.atomic
def book_fiscal_answer(*, actor: Actor, records: Sequence[FiscalRecord], answer: Answer, now: datetime) -> int:
    """Keep what the agency said of these records; returns how many it spoke of. Repeating it does nothing.

    A record that it says it has already is accepted where an earlier answer was lost, and rejected where not. One
    that it does not speak of is sent again.
    """
    next_at = now + timedelta(seconds=answer.wait_seconds)
    was_lost = records[0].attempts > 0
    rows = FiscalRecord.objects.filter(pk__in=[record.pk for record in records], state=State.WAITING)
    spoken_of = 0
    for record in rows.select_for_update(of=("self",)).order_by("position"):
        outcome = answer.outcomes.get(record.hash)
        if outcome is None:
            record.due_at = next_at
        else:
            spoken_of += 1
            is_good = outcome.accepted or (outcome.was_known and was_lost)
            move(record, State.ACCEPTED if is_good else State.REJECTED, actor=actor)
            record.due_at, record.attempts, record.last_error = None, 0, ""
            record.answer = _as_json(outcome, answer.reference, next_at)
        record.save(update_fields=["due_at", "attempts", "last_error", "answer"])
    return spoken_of


def _as_json(outcome: Outcome, reference: str, next_at: datetime) -> dict[str, str]:
    said = {"code": outcome.code, "text": outcome.text, "reference": reference, "next_at": next_at.isoformat()}
    return {name: value for name, value in said.items() if value}


@transaction.atomic
def put_off_fiscal_records(*, actor: Actor, records: Sequence[FiscalRecord], reason: str, now: datetime) -> None:
    """Note that the agency gave no answer, and try again in 1, 5, 25 minutes, then every hour, without end."""
    first = FiscalRecord.objects.filter(organisation_id=actor.place.id).select_for_update(of=("self",))
    head = first.get(pk=records[0].pk)
    head.due_at = now + min(timedelta(minutes=5 ** (head.attempts - 1)), LONGEST_PAUSE)
    head.last_error = reason[:500]
    head.save(update_fields=["due_at", "last_error"])


@transaction.atomic
def resend_fiscal_record(*, actor: Actor, record: FiscalRecord, now: datetime) -> None:
    """Send a rejected record once more as it was kept, after its cause was removed elsewhere. Repeating is harmless.

    Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    current = FiscalRecord.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=record.pk)
    if current.state != State.REJECTED:
        return
    move(current, State.WAITING, actor=actor)
    current.due_at, current.attempts = now, 0
    current.save(update_fields=["due_at", "attempts"])
    nudge("documents.send_fiscal_records")

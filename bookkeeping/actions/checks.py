"""The mark of whoever looked at an entry."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from bookkeeping.models import JournalEntry


@transaction.atomic
def check_entries(*, actor: Actor, entries: Iterable[JournalEntry], now: datetime) -> int:
    """Mark entries as looked at; how many were marked now. A mark that stands is kept. Raises Forbidden."""
    actor.require(Section.JOURNAL, Level.MANAGE)
    wanted = [entry.pk for entry in entries]
    rows = JournalEntry.objects.filter(organisation_id=actor.place.id, pk__in=wanted).unchecked()
    found = list(rows.select_for_update(no_key=True).order_by("pk"))
    rows.filter(pk__in=[entry.pk for entry in found]).update(checked_at=now, checked_by_name=actor.name)
    for entry in found:
        record(actor, "bookkeeping.entry.checked", about=entry)
    return len(found)


@transaction.atomic
def take_back_check(*, actor: Actor, entry: JournalEntry) -> None:
    """Let an entry wait to be looked at again. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.JOURNAL, Level.MANAGE)
    rows = JournalEntry.objects.filter(organisation_id=actor.place.id, pk=entry.pk).exclude(checked_at=None)
    if rows.update(checked_at=None, checked_by_name=""):
        record(actor, "bookkeeping.entry.unchecked", about=entry)
    entry.refresh_from_db()

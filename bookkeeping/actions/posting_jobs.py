"""Entering all that was reviewed at once: a job whose items are documents, payments and entries to take back."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import active_language
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from bookkeeping.actions.charts import ensure_chart
from bookkeeping.actions.entries import reverse_entry
from bookkeeping.actions.postings import post_document, post_settlement
from bookkeeping.models import EntryToMake, JournalEntry
from bookkeeping.rules import AT_ONCE, MOST_POSTED, POST
from documents.models import Document, Settlement
from documents.rules import CREDIT_METHOD


class NothingToPost(Refused):
    """Everything that was reviewed stands in the journal."""


@transaction.atomic
def post_reviewed(*, actor: Actor, now: datetime) -> Job:
    """Enter every reviewed document and its payments, and take back the entries of void documents.

    A job with an item for each, by date, at most MOST_POSTED; up to AT_ONCE are worked off at once, more by the sweep.
    What is refused keeps its reason. Raises NothingToPost, Forbidden.
    """
    actor.require(Section.JOURNAL, Level.MANAGE)
    ensure_chart(actor=actor)
    items = _items(actor)[:MOST_POSTED]
    if not items:
        raise NothingToPost(_("Everything that was reviewed stands in the journal."))
    job = start_job(actor=actor, kind=POST, parameters={"language": active_language(), "items": len(items)})
    add_items(job, items)
    record(actor, "bookkeeping.posting.started", about=job, after={"items": len(items)})
    if len(items) > AT_ONCE:
        nudge("bookkeeping.post_entries")
        return job
    for item in job.items.select_related("job").order_by("position"):
        run_posting_item(item=item, now=now)
    job.refresh_from_db()
    return job


def _items(actor: Actor) -> list[JobItem]:
    """What waits, by date: first the entries to take back, then documents, then payments, as theirs clear them."""
    waiting = EntryToMake.objects.filter(organisation_id=actor.place.id).order_by("dated_on", "id")
    rows = waiting.select_related("document", "settlement", "entry")
    parts = (rows.of_void_documents(), rows.of_documents(), rows.of_payments())
    return [_item(one) for part in parts for one in part[:MOST_POSTED]]


def _item(waiting: EntryToMake) -> JobItem:
    name = f"{waiting.document.number} · {waiting.document.contact_name}"
    if waiting.entry is not None:
        taken = _("Take back: %(entry)s") % {"entry": waiting.entry.text}
        return JobItem(name=taken[:300], detail={"entry": str(waiting.entry.pk)})
    if waiting.settlement is not None:
        is_money = waiting.settlement.method != CREDIT_METHOD
        words = _("Payment of %(document)s") if is_money else _("Set-off on %(document)s")
        detail = {"settlement": str(waiting.settlement.pk), "of": str(waiting.document_id)}
        return JobItem(name=(words % {"document": name})[:300], detail=detail)
    return JobItem(name=name[:300], detail={"document": str(waiting.document_id)})


@transaction.atomic
def run_posting_item(*, item: JobItem, now: datetime) -> None:
    """Enter one item of a job, as whoever began it. A refusal is the item's outcome, with its reason."""
    actor = actor_of(item.job)
    with translation.override(item.job.parameters["language"]):
        try:
            with transaction.atomic():
                entry = _post(actor, item)
        except Refused as refused:
            return finish_item(item, JobItem.Outcome.REFUSED, reason=refused.message, detail=item.detail)
    made = {"made": str(entry.pk)} if entry else {}
    return finish_item(item, JobItem.Outcome.DONE, reason=str(entry or ""), detail=item.detail | made)


def _post(actor: Actor, item: JobItem) -> JournalEntry | None:
    place, detail = actor.place.id, item.detail
    if "document" in detail:
        return post_document(actor=actor, document=Document.objects.get(organisation_id=place, pk=detail["document"]))
    if "settlement" in detail:
        payment = Settlement.objects.get(organisation_id=place, pk=detail["settlement"])
        return post_settlement(actor=actor, settlement=payment)
    entry = JournalEntry.objects.get(organisation_id=place, pk=detail["entry"])
    return reverse_entry(actor=actor, entry=entry, today=max(actor.today(), entry.dated_on))


@transaction.atomic
def refuse_posting_item(*, item: JobItem) -> None:
    """Give an item that every try of ended in an error the outcome "refused"."""
    words = _("This did not work, after several tries. Please tell whoever runs this site.")
    finish_item(item, JobItem.Outcome.REFUSED, reason=words, detail=item.detail)

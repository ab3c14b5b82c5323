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
from bookkeeping.models import JournalEntry
from bookkeeping.models.waiting import documents_without_entry, entries_of_void_documents, settlements_without_entry
from bookkeeping.rules import AT_ONCE, MOST_POSTED, POST
from documents.models import Document, Settlement


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
    place = actor.place.id
    void = entries_of_void_documents(place).order_by("dated_on", "id")[:MOST_POSTED]
    documents = documents_without_entry(place).order_by("issued_on", "id")
    rows = documents.values_list("pk", "number", "contact_name")[:MOST_POSTED]
    paid = settlements_without_entry(place).order_by("received_on", "id")
    payments = paid.values_list("pk", "document_id", "document__number", "document__contact_name")[:MOST_POSTED]
    taken = _("Take back: %(entry)s")
    paying = _("Payment of %(document)s")
    return [
        *(JobItem(name=(taken % {"entry": one.text})[:300], detail={"entry": str(one.pk)}) for one in void),
        *(JobItem(name=f"{number} · {name}"[:300], detail={"document": str(pk)}) for pk, number, name in rows),
        *(
            JobItem(
                name=(paying % {"document": f"{number} · {name}"})[:300],
                detail={"settlement": str(pk), "of": str(document_id)},
            )
            for pk, document_id, number, name in payments
        ),
    ]


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

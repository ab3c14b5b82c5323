"""Entries that make themselves: all at once, or of one document or payment."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import format_money
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.models import Job, JobItem
from advisory_portal.core.paging import keyset_page
from bookkeeping import actions
from bookkeeping.forms import RateForm
from bookkeeping.models import JournalEntry
from bookkeeping.rows.postings import posting_rows
from bookkeeping.rules import POST, POSTED_KINDS
from documents.models import Document

ITEMS_ON_PAGE = 200


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def post_reviewed(request: WorkspaceRequest) -> HttpResponse:
    job = actions.post_reviewed(actor=request.actor, now=timezone.now())
    return redirect("bookkeeping:posting", request.actor.place.slug, job.pk)


@access(Section.JOURNAL)
def posting(request: WorkspaceRequest, posting_id: UUID) -> HttpResponse:
    """A job over reviewed documents: how far it is, and what became of each."""
    actor = request.actor
    job = get_object_or_404(Job.objects.visible_to(actor).of_kind(POST), pk=posting_id)
    outcome = request.GET.get("outcome", "")
    items = job.items.all()
    page = keyset_page(
        items.filter(outcome=outcome) if outcome in JobItem.Outcome.values else items,
        order="position",
        size=ITEMS_ON_PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "job": job,
        "page": page,
        "rows": posting_rows(page.rows, slug=actor.place.slug),
        "outcome": outcome,
        "counts": items.by_outcome(),
        "may_manage": actor.may(Section.JOURNAL, Level.MANAGE),
    }
    template = "bookkeeping/_journal_posting.html" if is_htmx(request) else "bookkeeping/journal_posting.html"
    return render(request, template, context)


def _document(actor: Actor, document_id: UUID) -> Document:
    return get_object_or_404(Document.objects.visible_to(actor), pk=document_id)


@access(Section.JOURNAL)
def document_entry(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """What the journal says of a document: a card for its page."""
    actor = request.actor
    document = _document(actor, document_id)
    entries = JournalEntry.objects.visible_to(actor).filter(document=document).order_by("dated_on", "id")
    found = list(entries.select_related("reverses")[:50])
    has_entry = any(one.source == JournalEntry.Source.DOCUMENT and not one.is_reversed for one in found)
    context = {
        "document": document,
        "entries": found,
        "is_postable": document.kind in POSTED_KINDS and document.state not in ("draft", "void") and not has_entry,
        "may_manage": actor.may(Section.JOURNAL, Level.MANAGE),
    }
    return render(
        request, "bookkeeping/_entry_card.html" if is_htmx(request) else "bookkeeping/entry_card.html", context
    )


@access(Section.JOURNAL, Level.MANAGE)
def post_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """Enter one document; in another currency the rate is asked for."""
    actor = request.actor
    document = _document(actor, document_id)
    form = RateForm(request.POST if request.method == "POST" else None)
    made: list[JournalEntry] = []

    def act() -> None:
        made.append(actions.post_document(actor=actor, document=document, rate=form.cleaned_data["rate"]))

    if request.method == "POST" and submit(form, act):
        return redirect("bookkeeping:entry", actor.place.slug, made[0].pk)
    return _rate_page(request, form, document, document.payable)


@access(Section.JOURNAL, Level.MANAGE)
def post_settlement(request: WorkspaceRequest, document_id: UUID, settlement_id: UUID) -> HttpResponse:
    """Enter one payment of a document; in another currency the rate of its day is asked for."""
    actor = request.actor
    document = _document(actor, document_id)
    settlement = get_object_or_404(document.settlements, pk=settlement_id)
    form = RateForm(request.POST if request.method == "POST" else None)
    made: list[JournalEntry | None] = []

    def act() -> None:
        made.append(actions.post_settlement(actor=actor, settlement=settlement, rate=form.cleaned_data["rate"]))

    if request.method == "POST" and submit(form, act):
        if made[0] is None:
            return redirect("bookkeeping:journal", actor.place.slug)
        return redirect("bookkeeping:entry", actor.place.slug, made[0].pk)
    return _rate_page(request, form, document, settlement.amount)


def _rate_page(request: WorkspaceRequest, form: RateForm, document: Document, amount: Decimal) -> HttpResponse:
    own = request.actor.place.currency
    context = {
        "form": form,
        "document": document,
        "amount": format_money(amount, document.currency),
        "asks_rate": document.currency != own,
        "own": own,
    }
    return (form_again if form.is_bound else render)(request, "bookkeeping/entry_post.html", context)

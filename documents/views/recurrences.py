from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import keyset_page
from documents import actions
from documents.forms import RecurrenceForm
from documents.models import Document, Kind, Recurrence
from documents.rows import document_rows, recurrence_rows
from documents.rows.recurrences import pill_of, rhythm
from documents.rules import recurrence as rules

PAGE_SIZE = 50
COMING = 5
LATEST = 25


@access(Section.SALES)
def recurrences(request: WorkspaceRequest) -> HttpResponse:
    actor, words = request.actor, request.GET.get("q", "").replace("\x00", "")[:100]
    invoices = Document.objects.visible_to(actor).of_kind(Kind.RECURRING_INVOICE).matching(words)
    page = keyset_page(
        invoices.select_related("schedule"),
        order="contact_key",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {"page": page, "rows": recurrence_rows(page.rows, slug=actor.place.slug), "words": words}
    return render(request, "documents/recurrence_list.html", context)


def _recurrence(actor: Actor, recurrence_id: UUID) -> Recurrence:
    return get_object_or_404(Recurrence.objects.visible_to(actor).select_related("invoice"), pk=recurrence_id)


@access(Section.SALES)
def recurrence(request: WorkspaceRequest, recurrence_id: UUID) -> HttpResponse:
    actor, today = request.actor, request.actor.today()
    found = _recurrence(actor, recurrence_id)
    turns = (
        rules.coming(found.started_on, found.every, found.unit, since=found.next_on, until=found.ends_on, most=COMING)
        if found.next_on
        else []
    )
    made = Document.objects.visible_to(actor).filter(recurrence=found).for_listing().order_by("-recurs_on")[:LATEST]
    context = {
        "recurrence": found,
        "invoice": found.invoice,
        "rhythm": rhythm(found),
        "pill_state": pill_of(found.state),
        "coming": turns,
        "late": found.next_on is not None and found.next_on < today,
        "most_missed": rules.MOST_MISSED,
        "rows": document_rows(made, slug=actor.place.slug, today=today),
        "may_manage": actor.may(Section.SALES, Level.MANAGE),
    }
    return render(request, "documents/recurrence.html", context)


@access(Section.SALES, Level.MANAGE)
def new_recurrence(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """Of any invoice, or of a recurring invoice that has no schedule yet."""
    actor = request.actor
    found = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    today = actor.today()
    first = rules.next_date(found.issued_on, 1, "month", after=today) or today
    form = RecurrenceForm(request.POST or None, initial={"started_on": first})
    made: list[Recurrence] = []
    if submit(
        form,
        lambda: made.append(actions.make_recurring(actor=actor, document=found, schedule=form.schedule, today=today)),
    ):
        return redirect("documents:recurrence", actor.place.slug, made[0].pk)
    context = {"form": form, "invoice": found, "recurrence": None}
    return (form_again if form.is_bound else render)(request, "documents/recurrence_form.html", context)


@access(Section.SALES, Level.MANAGE)
def edit_recurrence(request: WorkspaceRequest, recurrence_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _recurrence(actor, recurrence_id)
    form = RecurrenceForm(request.POST or None, schedule=found)
    if submit(
        form,
        lambda: actions.change_schedule(actor=actor, recurrence=found, schedule=form.schedule, today=actor.today()),
    ):
        messages.success(request, _("Saved."))
        return redirect("documents:recurrence", actor.place.slug, found.pk)
    context = {"form": form, "invoice": found.invoice, "recurrence": found}
    return (form_again if form.is_bound else render)(request, "documents/recurrence_form.html", context)


@access(Section.SALES, Level.MANAGE)
@require_POST
def pause_recurrence(request: WorkspaceRequest, recurrence_id: UUID) -> HttpResponse:
    found = _recurrence(request.actor, recurrence_id)
    actions.pause_recurrence(actor=request.actor, recurrence=found)
    return redirect("documents:recurrence", request.actor.place.slug, found.pk)


@access(Section.SALES, Level.MANAGE)
@require_POST
def resume_recurrence(request: WorkspaceRequest, recurrence_id: UUID) -> HttpResponse:
    found = _recurrence(request.actor, recurrence_id)
    actions.resume_recurrence(actor=request.actor, recurrence=found, today=request.actor.today())
    return redirect("documents:recurrence", request.actor.place.slug, found.pk)


@access(Section.SALES, Level.MANAGE)
@require_POST
def end_recurrence(request: WorkspaceRequest, recurrence_id: UUID) -> HttpResponse:
    found = _recurrence(request.actor, recurrence_id)
    actions.end_recurrence(actor=request.actor, recurrence=found)
    return redirect("documents:recurrence", request.actor.place.slug, found.pk)


@access(Section.SALES, Level.MANAGE)
@require_POST
def run_recurrence(request: WorkspaceRequest, recurrence_id: UUID) -> HttpResponse:
    found = _recurrence(request.actor, recurrence_id)
    made = actions.run_recurrence_now(actor=request.actor, recurrence=found, now=timezone.now())
    messages.success(request, _("%(number)s was made.") % {"number": made.number or _("A draft")})
    return redirect("documents:recurrence", request.actor.place.slug, found.pk)

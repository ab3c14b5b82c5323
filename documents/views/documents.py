from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.models import HistoryEntry
from documents import actions, rules, sheets
from documents.models import Document
from documents.rows import document_rows
from documents.words import KIND_WORDS, state_label

LATEST = 10


def _document(actor: Actor, document_id: UUID, level: Level) -> Document:
    """The document, if the actor sees it; Forbidden if its section is not open that far."""
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actor.require(document.section, level)
    return document


@access()
def document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor, today = request.actor, request.actor.today()
    found = get_object_or_404(Document.objects.visible_to(actor).for_reading(), pk=document_id)
    state = rules.shown_state(found.kind, found.state, found.due_on, today)
    versions = Document.objects.visible_to(actor).sharing_number_with(found) if found.is_possible_version else []
    context = {
        "document": found,
        "sheet": sheets.sheet_of(found, accent=actor.place.accent),
        "state": state,
        "state_label": state_label(found.kind, state),
        "kind": rules.SLUG_OF_KIND[found.kind],
        "kind_words": KIND_WORDS[found.kind],
        "versions": document_rows(versions, slug=actor.place.slug, today=today),
        "history": HistoryEntry.objects.visible_to(actor)
        .about("documents.document", found.pk)
        .order_by("-id")[:LATEST],
        "may_manage": actor.may(found.section, Level.MANAGE),
        "in_portal": found.kind in rules.PORTAL_KINDS and found.state != Document.State.DRAFT,
        "moves": found.moves().get(found.state, ()),
    }
    return render(request, "documents/document.html", context)


@access()
def document_pdf(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = get_object_or_404(Document.objects.visible_to(request.actor).for_reading(), pk=document_id)
    content = sheets.document_pdf(found, accent=request.actor.place.accent)
    name = f"{sheets.file_name(found)}.pdf"
    return file_response(content, name=name, content_type="application/pdf", inline="inline" in request.GET)


@access()
def document_original(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.VIEW)
    if found.original is None:
        raise Http404
    content = actions.download_original(actor=request.actor, document=found)
    return file_response(content, name=found.original.name, content_type=found.original.content_type)


@access()
@require_POST
def issue_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.issue_document(actor=request.actor, document=found, now=timezone.now())
    return redirect("documents:document", request.actor.place.slug, found.pk)


@access()
@require_POST
def void_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.void_document(actor=request.actor, document=found, now=timezone.now())
    return redirect("documents:document", request.actor.place.slug, found.pk)


@access()
@require_POST
def review_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.review_document(actor=request.actor, document=found, now=timezone.now())
    return redirect("documents:document", request.actor.place.slug, found.pk)

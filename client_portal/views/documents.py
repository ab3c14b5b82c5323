"""One document in the portal."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from advisory_portal.core.access import WorkspaceRequest, portal
from advisory_portal.core.files import file_response
from documents import rules, sheets
from documents.actions import shown_pdf
from documents.models import Document
from documents.words import state_label


@portal
def document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Document.objects.visible_to(actor).for_reading(), pk=document_id)
    state = rules.shown_state(found.kind, found.state, found.due_on, actor.today())
    context = {
        "business": actor.place,
        "document": found,
        "sheet": sheets.sheet_of(found, accent=actor.place.accent),
        "state": state,
        "state_label": state_label(found.kind, state),
    }
    response = render(request, "client_portal/document.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@portal
def document_pdf(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)
    content = shown_pdf(found)
    name = f"{sheets.file_name(found)}.pdf"
    return file_response(content, name=name, content_type="application/pdf", inline="inline" in request.GET)

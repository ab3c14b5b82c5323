"""One document in the portal: read, printed, downloaded, with the files that go with it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, WorkspaceRequest, portal
from advisory_portal.core.files import file_response, stored_response
from client_portal import actions
from client_portal.models.readings import beside_document
from client_portal.rows.page import file_rows, payment_rows, side_of
from client_portal.views.paying import pay_part
from documents import sheets
from documents.actions import shown_pdf
from documents.models import Attachment, Document
from documents.models.reading import document_for_reading, document_with_pdf


def found_document(actor: Actor, document_id: UUID) -> Document:
    """The document with all that its sheet says. Raises Http404 for one that is not the contact's."""
    document = document_for_reading(actor, document_id)
    if document is None:
        raise Http404
    return document


def document_context(request: WorkspaceRequest, document: Document) -> dict[str, Any]:
    """What the document's page shows."""
    actor = request.actor
    side = side_of(document, actor.today())
    files, payments = beside_document(actor, document.pk)
    return {
        "business": actor.place,
        "document": document,
        "sheet": sheets.sheet_of(document, accent=actor.place.accent),
        "side": side,
        "state": side.state,
        "files": file_rows(files, slug=actor.place.slug),
        "payments": payment_rows(document, payments),
        "is_told": not actor.read_only,
        "pay": pay_part(actor, document),
    }


@portal
def document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = found_document(request.actor, document_id)
    return _private(render(request, "client_portal/document.html", document_context(request, found)))


@portal
@require_GET
def print_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """The sheet alone, as it goes on paper."""
    actor = request.actor
    found = found_document(actor, document_id)
    sheet = sheets.sheet_of(found, accent=actor.place.accent)
    context = {"business": actor.place, "document": found, "sheet": sheet}
    return _private(render(request, "client_portal/print.html", context))


@portal
@require_POST
def note_viewing(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)
    actions.note_viewing(actor=request.actor, document=found, now=timezone.now())
    return HttpResponse(status=204)


@portal
def document_pdf(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = document_with_pdf(request.actor, document_id)
    if found is None:
        raise Http404
    content = shown_pdf(found)
    name = f"{sheets.file_name(found)}.pdf"
    return file_response(content, name=name, content_type="application/pdf", inline="inline" in request.GET)


@portal
@require_GET
def attachment(request: WorkspaceRequest, attachment_id: UUID) -> HttpResponseBase:
    """A file that the business shares with the document."""
    files = Attachment.objects.visible_to(request.actor).select_related("file")
    return stored_response(get_object_or_404(files, pk=attachment_id).file)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    # Not no-referrer: browsers would send the page's forms from nowhere (`Origin: null`), and they would be refused.
    response["Referrer-Policy"] = "same-origin"
    return response

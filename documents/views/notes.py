from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from advisory_portal.core.access import WorkspaceRequest, access
from documents import actions
from documents.models import Document, InternalNote


@access()
@require_POST
def write_note(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actions.write_note(actor=actor, document=document, text=request.POST.get("text", "").replace("\x00", ""))
    return redirect("documents:document", actor.place.slug, document.pk)


@access()
@require_POST
def remove_note(request: WorkspaceRequest, note_id: UUID) -> HttpResponse:
    actor = request.actor
    note = get_object_or_404(InternalNote.objects.visible_to(actor).select_related("document"), pk=note_id)
    actions.remove_note(actor=actor, note=note)
    return redirect("documents:document", actor.place.slug, note.document_id)

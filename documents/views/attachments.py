from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, Level, WorkspaceRequest, access
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import file_response
from advisory_portal.core.http import submit
from documents import actions
from documents.forms import AttachmentsForm
from documents.models import Attachment, Document


def _attachment(actor: Actor, attachment_id: UUID, level: Level) -> Attachment:
    rows = Attachment.objects.visible_to(actor).select_related("document", "file")
    attachment = get_object_or_404(rows, pk=attachment_id)
    actor.require(attachment.document.section, level)
    return attachment


@access()
@require_POST
def add_attachments(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actor.require(document.section, Level.MANAGE)
    form = AttachmentsForm(request.POST, request.FILES)
    if not submit(form, lambda: actions.add_attachments(actor=actor, document=document, uploads=form.contents)):
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("documents:document", actor.place.slug, document.pk)


@access()
@require_GET
def attachment(request: WorkspaceRequest, attachment_id: UUID) -> HttpResponse:
    found = _attachment(request.actor, attachment_id, Level.VIEW)
    content = actions.download_attachment(actor=request.actor, attachment=found)
    return file_response(content, name=found.file.name, content_type=found.file.content_type)


@access()
@require_POST
def share_attachment(request: WorkspaceRequest, attachment_id: UUID) -> HttpResponse:
    found = _attachment(request.actor, attachment_id, Level.MANAGE)
    is_shared = request.POST.get("shared") == "1"
    actions.share_attachment(actor=request.actor, attachment=found, is_shared=is_shared)
    return redirect("documents:document", request.actor.place.slug, found.document_id)


@access()
@require_POST
def remove_attachment(request: WorkspaceRequest, attachment_id: UUID) -> HttpResponse:
    found = _attachment(request.actor, attachment_id, Level.MANAGE)
    actions.remove_attachment(actor=request.actor, attachment=found)
    return redirect("documents:document", request.actor.place.slug, found.document_id)

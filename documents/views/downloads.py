from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from advisory_portal.core.access import WorkspaceRequest, access
from advisory_portal.core.files import file_response
from documents import actions, sheets
from documents.models import Document


def _found(request: WorkspaceRequest, document_id: UUID) -> Document:
    return get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)


@access()
@require_GET
def document_pdf(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _found(request, document_id)
    content = actions.download_pdf(actor=request.actor, document=found)
    name = f"{sheets.file_name(found)}.pdf"
    return file_response(content, name=name, content_type="application/pdf", inline="inline" in request.GET)


@access()
@require_GET
def document_ubl(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _einvoice(request, document_id, "ubl")


@access()
@require_GET
def document_cii(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _einvoice(request, document_id, "cii")


def _einvoice(request: WorkspaceRequest, document_id: UUID, syntax: Literal["ubl", "cii"]) -> HttpResponse:
    found = _found(request, document_id)
    content = actions.download_einvoice(actor=request.actor, document=found, syntax=syntax)
    name = f"{sheets.file_name(found)} {syntax.upper()}.xml"
    return file_response(content, name=name, content_type="application/xml")

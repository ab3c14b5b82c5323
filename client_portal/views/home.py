"""The portal's first page."""

from django.http import HttpResponse
from django.shortcuts import render

from advisory_portal.core.access import WorkspaceRequest, portal
from documents.models import Document


@portal
def home(request: WorkspaceRequest) -> HttpResponse:
    documents = Document.objects.visible_to(request.actor).order_by("-issued_on", "-id")[:20]
    return render(request, "client_portal/home.html", {"business": request.actor.place, "documents": documents})

"""The portal's first page."""

from django.http import HttpResponse
from django.shortcuts import render

from advisory_portal.core.access import WorkspaceRequest, portal
from client_portal.models import PortalPlace
from client_portal.models.listed import COLUMNS, listed
from client_portal.rows.documents import document_rows
from client_portal.rows.home import home_of
from documents.models import Document

LINKED = 20


@portal
def home(request: WorkspaceRequest) -> HttpResponse:
    actor, today = request.actor, request.actor.today()
    if actor.document_ids is not None:
        linked = Document.objects.visible_to(actor).order_by("-issued_on", "-id").values_list(*COLUMNS)[:LINKED]
        rows = document_rows(listed(linked), slug=actor.place.slug, today=today)
        return render(request, "client_portal/linked.html", {"business": actor.place, "rows": rows})
    shown = home_of(actor, today, asked=request.GET.get("currency", ""))
    welcome = actor.place.welcome if isinstance(actor.place, PortalPlace) else ""
    context = {"business": actor.place, "shown": shown, "welcome": welcome}
    return render(request, "client_portal/home.html", context)

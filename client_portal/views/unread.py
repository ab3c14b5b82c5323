"""What a side has not read: for staff a page and a card of the overview, for contacts a card of their first page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from advisory_portal.core.access import WorkspaceRequest, access, portal
from advisory_portal.core.http import is_htmx
from client_portal.models import Comment, UnreadComments
from client_portal.rows.unread import unread_rows

MOST_SHOWN = 50


def _unread(request: WorkspaceRequest, page: str) -> HttpResponse:
    actor = request.actor
    threads = UnreadComments.objects.visible_to(actor).order_by("-id").values_list("document_id", flat=True)
    newest = Comment.objects.visible_to(actor).newest_of(list(threads[:MOST_SHOWN]))
    context = {"rows": unread_rows(actor, newest), "business": actor.place}
    return render(request, "client_portal/_unread.html" if is_htmx(request) else page, context)


@portal
@require_GET
def unread_comments(request: WorkspaceRequest) -> HttpResponse:
    return _unread(request, "client_portal/unread.html")


@access()
@require_GET
def staff_unread_comments(request: WorkspaceRequest) -> HttpResponse:
    return _unread(request, "client_portal/staff_unread.html")

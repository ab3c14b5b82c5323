from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from advisory_portal.core.access import Forbidden, Level, Section, WorkspaceRequest, access
from documents.rows.overview import overview_of


@access()
@require_GET
def overview(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    if not any(actor.may(section, Level.VIEW) for section in (Section.SALES, Section.PURCHASES)):
        raise Forbidden
    context = {
        "shown": overview_of(actor, actor.today()),
        "may_sell": actor.may(Section.SALES, Level.MANAGE),
        "may_buy": actor.may(Section.PURCHASES, Level.MANAGE),
        "may_set": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    return render(request, "documents/overview.html", context)

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from advisory_portal.core.access import ActorKind, Forbidden, WorkspaceRequest, access
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.paging import keyset_page
from partners.forms import ActivityFilter
from partners.models import Member

PAGE = 50


@access()
@require_GET
def activity(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    if actor.kind != ActorKind.GRANT and actor.role not in ("owner", "administrator"):
        raise Forbidden
    conditions = ActivityFilter(request.GET).conditions(actor.place.time_zone)
    entries = HistoryEntry.objects.visible_to(actor)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = keyset_page(entries.filter(**conditions), order="-id", size=PAGE, **cursors)
    context = {
        "page": page,
        "people": people(request),
        "firms": firms(entries),
        "chosen": {name: request.GET.get(name, "") for name in ActivityFilter.base_fields},
        "is_filtered": bool(conditions),
    }
    return render(request, "partners/activity.html", context)


def firms(entries: QuerySet[HistoryEntry]) -> list[tuple[Any, str]]:
    """Whoever has done something here on behalf of a firm."""
    named = entries.exclude(firm_id=None).order_by("firm_name")
    return list(named.values_list("firm_id", "firm_name").distinct())


def people(request: WorkspaceRequest) -> list[tuple[Any, str]]:
    members = Member.objects.visible_to(request.actor).order_by("user__name")
    return list(members.values_list("user_id", "user__name").distinct())

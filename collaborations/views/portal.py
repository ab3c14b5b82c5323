"""My portal: all clients of a firm with what waits in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, WorkspaceRequest, access, firm, utc_now
from advisory_portal.core.files import file_response
from advisory_portal.formats.tables import write_csv
from collaborations import actions, sources
from collaborations.forms.portal import NEXT, PAGE_SIZE, PortalFilter
from collaborations.kpis import KPIS, clients_shown, count_in_rows
from collaborations.models import Client
from collaborations.models.base import leads
from collaborations.models.portal import (
    PortalRow,
    PortalSettings,
    ids_in_order,
    narrowed,
    portal_choices,
    portal_settings,
)
from collaborations.rows.portal import (
    COLUMNS,
    TEXT_COLUMNS,
    USUAL,
    Counts,
    Wanted,
    csv_rows,
    kpi_choices,
    sorted_rows,
    table_rows,
)
from partners.models import Organisation, standing_of


@dataclass(frozen=True)
class Found:
    """The rows of a page, how many clients there are in all, and what waits in those of the rows."""

    rows: Sequence[PortalRow]
    total: int
    counts: Counts


@access()
@require_GET
def my_portal(request: WorkspaceRequest) -> HttpResponse:
    actor, now = request.actor, utc_now()
    if actor.place.kind != Organisation.Kind.FIRM:
        return redirect("partners:advisory_services", actor.place.slug)
    asked = PortalFilter.of(request.GET)
    found = find_rows(actor, asked, now)
    if asked.page > 1 and not found.rows:  # a page that was there before
        return redirect(_address(actor, asked.query))
    settings = portal_settings(actor, [row.id for row in found.rows])
    chosen = columns_of(settings)
    # What to work on next says why in their place.
    columns = [code for code in chosen if code not in TEXT_COLUMNS] if asked.order == NEXT else chosen
    may_lead = leads(actor)
    context = {
        "asked": asked,
        "total": found.total,
        "rows": table_rows(
            found.rows,
            columns=columns,
            counts=found.counts,
            wanted=Wanted(settings),
            today=actor.today(),
            is_next=asked.order == NEXT,
        ),
        "text_columns": [(code, COLUMNS[code]) for code in columns if code in TEXT_COLUMNS],
        "number_columns": [(code, COLUMNS[code]) for code in columns if code not in TEXT_COLUMNS],
        "all_columns": COLUMNS.items(),
        "shown_columns": chosen,
        "kpi_choices": kpi_choices(),
        "views": settings.views,
        "choices": portal_choices(actor, leads=may_lead),
        "standing": standing_of(actor),
        "may_lead": may_lead,
        "first": (asked.page - 1) * PAGE_SIZE + 1,
        "last": (asked.page - 1) * PAGE_SIZE + len(found.rows),
        "page_size": PAGE_SIZE,
    }
    return render(request, "collaborations/my_portal.html", context)


def _address(actor: Actor, query: str) -> str:
    path = reverse("collaborations:my_portal", args=[actor.place.slug])
    return f"{path}?{query}" if query else path


def find_rows(actor: Actor, asked: PortalFilter, now: datetime) -> Found:
    """The page asked for: three statements, whatever the order and however many clients."""
    clients = narrowed(Client.objects.visible_to(actor).current(), asked.narrowing, now)
    start, size = (0, None) if asked.is_whole else ((asked.page - 1) * PAGE_SIZE, PAGE_SIZE)
    if not asked.needs_all:
        ids, total = ids_in_order(clients, asked.order, start=start, size=size)
        rows = clients_shown(actor, ids, now)
        return Found(rows, total, count_in_rows(rows, now))
    ids, _total = ids_in_order(clients, "name", start=0, size=None)
    rows = clients_shown(actor, ids, now)
    counts = count_in_rows(rows, now)
    in_order = sorted_rows(rows, asked, counts, actor.today())
    return Found(in_order[start : None if size is None else start + size], len(in_order), counts)


def columns_of(settings: PortalSettings) -> list[str]:
    """The columns that the person has chosen, as long as there are such; else the usual ones."""
    chosen = settings.general.columns if settings.general else []
    return [code for code in COLUMNS if code in chosen] or list(USUAL)


@firm()
@require_GET
def export_clients(request: WorkspaceRequest) -> HttpResponse:
    """The clients that the filters leave, as CSV."""
    actor, now = request.actor, utc_now()
    asked = PortalFilter.of(request.GET)
    clients = narrowed(Client.objects.visible_to(actor).current(), asked.narrowing, now)
    ids, _total = ids_in_order(clients, "name", start=0, size=None)
    rows = clients_shown(actor, ids, now)
    counts = count_in_rows(rows, now)
    in_order = sorted_rows(rows, asked, counts, actor.today())
    content = b"".join(write_csv(csv_rows(in_order, counts)))
    name = f"{actor.place.slug}-{actor.today().isoformat()}.csv"
    return file_response(content, name=name, content_type="text/csv; charset=utf-8")


@firm()
@require_POST
def enter_from_list(request: WorkspaceRequest) -> HttpResponse:
    """Go into a client's account. `go` is "<client>", or "<client>:<code>" to begin at the list of a KPI."""
    said, _separator, code = request.POST.get("go", "").partition(":")
    if not _is_id(said):
        raise Http404
    client = get_object_or_404(Client.objects.visible_to(request.actor), pk=said)
    grant = actions.enter_client(actor=request.actor, client=client, now=utc_now())
    asked = PortalFilter.of(QueryDict(request.POST.get("back", "")))
    sources.enter(request, grant, back=_address(request.actor, asked.query))
    slug = grant.business.slug
    return redirect(KPIS[code].href(slug)) if code in KPIS else redirect("partners:workspace", slug)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

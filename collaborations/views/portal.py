"""My portal: all clients of a firm with what waits in each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from collaborations.kpis import KPIS, Counts, clients_compared, clients_shown, count_in_rows
from collaborations.models import Client
from collaborations.models.base import leads
from collaborations.models.portal import ids_in_order
from collaborations.models.portal_rows import PortalRow
from collaborations.models.portal_settings import PortalSettings, portal_settings
from collaborations.rows.portal import COLUMNS, TEXT_COLUMNS, USUAL, csv_rows, placed
from collaborations.rows.portal_frame import filters, heads
from collaborations.rows.portal_table import Table
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
    is_next = asked.order == NEXT  # says why in the place of texts
    columns = [code for code in chosen if code not in TEXT_COLUMNS] if is_next else chosen
    table = Table(columns, counts=found.counts, settings=settings, today=actor.today(), is_next=is_next)
    context = {
        "asked": asked,
        "total": found.total,
        "body": table.html(found.rows),
        "row_ids": " ".join([row.id for row in found.rows]),
        "heads": heads(columns, asked),
        "all_columns": COLUMNS.items(),
        "shown_columns": chosen,
        "filters": filters(asked, settings),
        "settings": settings,
        "standing": standing_of(actor),
        "may_lead": leads(actor),
        "first": (asked.page - 1) * PAGE_SIZE + 1,
        "last": (asked.page - 1) * PAGE_SIZE + len(found.rows),
        "page_size": PAGE_SIZE,
    }
    return render(request, "collaborations/my_portal.html", context)


def _address(actor: Actor, query: str) -> str:
    path = reverse("collaborations:my_portal", args=[actor.place.slug])
    return f"{path}?{query}" if query else path


def find_rows(actor: Actor, asked: PortalFilter, now: datetime) -> Found:
    """The page asked for: three statements, or five where its order compares what waits, however many clients."""
    start, size = (0, None) if asked.is_whole else ((asked.page - 1) * PAGE_SIZE, PAGE_SIZE)
    if asked.needs_all:
        every = _ids_by_work(actor, asked, now)
        ids, total = every[start : None if size is None else start + size], len(every)
    else:
        ids, total = ids_in_order(actor, asked.narrowing, now, asked.order, start=start, size=size)
    rows = clients_shown(actor, ids, now)
    return Found(rows, total, count_in_rows(rows, now))


def _ids_by_work(actor: Actor, asked: PortalFilter, now: datetime) -> list[str]:
    """All clients that the filters leave, in the order asked for."""
    ids, _total = ids_in_order(actor, asked.narrowing, now, asked.stored_order)
    keys = clients_compared(actor, ids, now, (asked.kpi, asked.column))
    counts = count_in_rows(keys, now, asked.compared)
    return [key.id for key in placed(keys, asked, counts, actor.today())]


def columns_of(settings: PortalSettings) -> list[str]:
    """The columns that the person has chosen, as long as there are such; else the usual ones."""
    chosen = settings.general.columns if settings.general else []
    return [code for code in COLUMNS if code in chosen] or list(USUAL)


@firm()
@require_GET
def export_clients(request: WorkspaceRequest) -> HttpResponse:
    """The clients that the filters leave, as CSV."""
    actor = request.actor
    found = find_rows(actor, replace(PortalFilter.of(request.GET), is_whole=True), utc_now())
    content = b"".join(write_csv(csv_rows(found.rows, found.counts)))
    name = f"{actor.place.slug}-{actor.today().isoformat()}.csv"
    return file_response(content, name=name, content_type="text/csv; charset=utf-8")


@firm()
@require_POST
def enter_from_list(request: WorkspaceRequest) -> HttpResponse:
    """Go into a client's account. `go` is "<row>", or "<row>:<code>" to begin at the list of a KPI; `rows` are the
    clients of the page.
    """
    place, _separator, code = request.POST.get("go", "").partition(":")
    rows = request.POST.get("rows", "").split(" ")
    said = rows[int(place)] if place.isdecimal() and len(place) < 6 and int(place) < len(rows) else ""
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

"""Importing a list of clients without an account here."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, firm
from advisory_portal.core.lists import pages
from collaborations import actions
from collaborations.forms.clients import ClientColumnsForm, ClientListForm
from collaborations.rows.client_imports import client_cell
from collaborations.views.clients import LEADING
from collaborations.words.clients import CLIENT_COLUMNS
from documents.words import CELL_ERRORS

CLIENTS = pages.ListPages(
    kind=actions.CLIENT_LIST,
    title=_("Import clients"),
    explained=_(
        "For clients who have no account here. They stand in My portal beside the others, without pending work."
    ),
    active="my_portal",
    back=_("My portal"),
    steps={
        "upload": "collaborations:import_clients",
        "columns": "collaborations:client_import_columns",
        "preview": "collaborations:client_import_preview",
        "start": "collaborations:start_client_import",
        "job": "collaborations:client_import",
        "report": "collaborations:client_import_report",
        "back": "collaborations:my_portal",
    },
    upload=ClientListForm,
    names=CLIENT_COLUMNS,
    wrong=CELL_ERRORS,
    tiles=pages.USUAL_TILES,
    read=actions.read_client_rows,
    text=client_cell,
)


@firm(*LEADING)
def import_clients(request: WorkspaceRequest) -> HttpResponse:
    return pages.upload_page(request, CLIENTS, actions.take_client_list)


@firm(*LEADING)
def client_import_columns(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    choose = actions.choose_client_columns
    return pages.columns_page(request, CLIENTS, client_import_id, ClientColumnsForm, choose)


@firm(*LEADING)
@require_GET
def client_import_preview(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    return pages.preview_page(request, CLIENTS, client_import_id)


@firm(*LEADING)
@require_POST
def start_client_import(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    job = pages.own_list(request, CLIENTS, client_import_id)
    actions.start_client_import(actor=request.actor, job=job, now=timezone.now())
    return pages.to_step(request, CLIENTS, "job", job)


@firm(*LEADING)
@require_GET
def client_import(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    return pages.job_page(request, CLIENTS, client_import_id)


@firm(*LEADING)
@require_GET
def client_import_report(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    return pages.report_file(request, CLIENTS, client_import_id)

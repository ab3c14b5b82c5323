from typing import Literal
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.http import is_htmx
from advisory_portal.core.lists import pages
from advisory_portal.core.models import Job
from documents import actions
from documents.forms import ContactColumnsForm, ContactFilter, ContactListForm
from documents.models import Contact
from documents.rows import contact_cell
from documents.words import CELL_ERRORS, CONTACT_COLUMNS

LATEST_JOBS = 10
CONTACTS = pages.ListPages(
    kind=actions.CONTACT_LIST,
    title=gettext_lazy("Import contacts"),
    explained="",
    active="contacts",
    back=gettext_lazy("Contacts"),
    steps={
        "upload": "documents:import_contacts",
        "columns": "documents:contact_import_columns",
        "preview": "documents:contact_import_preview",
        "start": "documents:start_contact_import",
        "job": "documents:contact_import",
        "report": "documents:contact_import_report",
        "back": "documents:contacts",
    },
    upload=ContactListForm,
    names=CONTACT_COLUMNS,
    wrong=CELL_ERRORS,
    tiles=pages.USUAL_TILES,
    read=actions.read_contact_rows,
    text=contact_cell,
)


@access(Section.CONTACTS, Level.MANAGE)
def import_contacts(request: WorkspaceRequest) -> HttpResponse:
    return pages.upload_page(request, CONTACTS, actions.take_contact_list)


@access(Section.CONTACTS, Level.MANAGE)
def contact_import_columns(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    choose = actions.choose_contact_columns
    return pages.columns_page(request, CONTACTS, contact_import_id, ContactColumnsForm, choose)


@access(Section.CONTACTS, Level.MANAGE)
@require_GET
def contact_import_preview(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    return pages.preview_page(request, CONTACTS, contact_import_id)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def start_contact_import(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    job = pages.own_list(request, CONTACTS, contact_import_id)
    actions.start_contact_import(actor=request.actor, job=job, now=timezone.now())
    return pages.to_step(request, CONTACTS, "job", job)


@access(Section.CONTACTS, Level.MANAGE)
@require_GET
def contact_import(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    return pages.job_page(request, CONTACTS, contact_import_id)


@access(Section.CONTACTS, Level.MANAGE)
@require_GET
def contact_import_report(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    return pages.report_file(request, CONTACTS, contact_import_id)


# --- Exports -------------------------------------------------------------------------------------------------


@access(Section.CONTACTS, Level.VIEW)
@require_POST
def export_contacts(request: WorkspaceRequest) -> HttpResponse:
    actor, asked = request.actor, ContactFilter.of(request.POST)
    file_format: Literal["csv", "xlsx"] = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    contacts = asked.apply(Contact.objects.visible_to(actor), timezone.now())
    if contacts.order_by()[: actions.MOST_AT_ONCE + 1].count() > actions.MOST_AT_ONCE:
        job = actions.start_contact_export(actor=actor, asked=asked.as_values, file_format=file_format)
        return redirect("documents:contact_export", actor.place.slug, job.pk)
    content = actions.export_contacts(actor=actor, contacts=contacts, file_format=file_format)
    name = f"{_('Contacts')}.{file_format}"
    return file_response(content, name=name, content_type=actions.CONTENT_TYPES[file_format])


@access(Section.CONTACTS, Level.VIEW)
def contact_exports(request: WorkspaceRequest) -> HttpResponse:
    jobs = Job.objects.visible_to(request.actor).of_kind(actions.CONTACT_EXPORT).order_by("-id")[:LATEST_JOBS]
    return render(request, "documents/contact_exports.html", {"jobs": jobs})


def _own_export(request: WorkspaceRequest, contact_export_id: UUID) -> Job:
    jobs = Job.objects.visible_to(request.actor).of_kind(actions.CONTACT_EXPORT).select_related("result")
    return get_object_or_404(jobs, pk=contact_export_id)


@access(Section.CONTACTS, Level.VIEW)
def contact_export(request: WorkspaceRequest, contact_export_id: UUID) -> HttpResponse:
    job = _own_export(request, contact_export_id)
    template = "documents/_contact_export.html" if is_htmx(request) else "documents/contact_export.html"
    return render(request, template, {"job": job})


@access(Section.CONTACTS, Level.VIEW)
def contact_export_file(request: WorkspaceRequest, contact_export_id: UUID) -> HttpResponse:
    job = _own_export(request, contact_export_id)
    if job.result is None:
        raise Http404
    content = actions.download_contact_export(actor=request.actor, job=job)
    return file_response(content, name=job.result.name, content_type=job.result.content_type)

from typing import Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.models import Job
from advisory_portal.formats.tables import write_csv
from documents import actions
from documents.forms import ContactColumnsForm, ContactFilter, ContactListForm
from documents.models import Contact
from documents.models.contact_jobs import contact_import_counts
from documents.rows import error_rows, import_steps, preview_rows, report_rows, sample_columns

LATEST_JOBS = 10
SHOWN_ERRORS = 100


@access(Section.CONTACTS, Level.MANAGE)
def import_contacts(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = ContactListForm(request.POST or None, request.FILES or None)
    jobs = Job.objects.visible_to(actor).of_kind(actions.CONTACT_IMPORT).order_by("-id")[:LATEST_JOBS]
    context = {"form": form, "jobs": jobs, "steps": import_steps(0)}
    if request.method != "POST":
        return render(request, "documents/contact_import_file.html", context)
    taken: list[Job] = []

    def take() -> None:
        file = form.cleaned_data["upload"]
        content = file.read(settings.MAX_UPLOAD_BYTES + 1)  # one byte more than the limit is enough to refuse it
        taken.append(actions.take_contact_list(actor=actor, name=file.name, content=content))

    if submit(form, take):
        return redirect("documents:contact_import_columns", actor.place.slug, taken[0].pk)
    return form_again(request, "documents/contact_import_file.html", context)


def _own_import(request: WorkspaceRequest, contact_import_id: UUID) -> Job:
    jobs = Job.objects.visible_to(request.actor).of_kind(actions.CONTACT_IMPORT)
    return get_object_or_404(jobs, pk=contact_import_id)


@access(Section.CONTACTS, Level.MANAGE)
def contact_import_columns(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    job = _own_import(request, contact_import_id)
    if job.parameters["is_started"]:
        return redirect("documents:contact_import", request.actor.place.slug, job.pk)
    form = ContactColumnsForm(request.POST or None, parameters=job.parameters)
    context = {"job": job, "form": form, "columns": sample_columns(job, form.columns()), "steps": import_steps(1)}
    if request.method != "POST":
        return render(request, "documents/contact_import_columns.html", context)

    def choose() -> None:
        actions.choose_contact_columns(actor=request.actor, job=job, **form.import_values())

    if submit(form, choose):
        return redirect("documents:contact_import_preview", request.actor.place.slug, job.pk)
    return form_again(request, "documents/contact_import_columns.html", context)


@access(Section.CONTACTS, Level.MANAGE)
def contact_import_preview(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    job = _own_import(request, contact_import_id)
    if job.parameters["is_started"]:
        return redirect("documents:contact_import", request.actor.place.slug, job.pk)
    context = {"job": job, "preview": preview_rows(job), "steps": import_steps(2)}
    return render(request, "documents/contact_import_preview.html", context)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def start_contact_import(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    job = _own_import(request, contact_import_id)
    actions.start_contact_import(actor=request.actor, job=job, now=timezone.now())
    return redirect("documents:contact_import", request.actor.place.slug, job.pk)


@access(Section.CONTACTS, Level.MANAGE)
def contact_import(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    job = _own_import(request, contact_import_id)
    if not job.parameters["is_started"]:
        return redirect("documents:contact_import_columns", request.actor.place.slug, job.pk)
    refused = job.items.filter(detail__has_key="code").order_by("position").first()
    context = {
        "job": job,
        "steps": import_steps(4 if job.finished_at else 3),
        "counts": contact_import_counts(job),
        "refusal": actions.refusal_text(refused.detail) if refused else "",
        "errors": error_rows(job, most=SHOWN_ERRORS),
        "most": SHOWN_ERRORS,
    }
    template = "documents/_contact_import.html" if is_htmx(request) else "documents/contact_import.html"
    return render(request, template, context)


@access(Section.CONTACTS, Level.MANAGE)
def contact_import_report(request: WorkspaceRequest, contact_import_id: UUID) -> HttpResponse:
    job = _own_import(request, contact_import_id)
    content = b"".join(write_csv(report_rows(job)))
    return file_response(content, name=f"{_('Not imported')}.csv", content_type=actions.CONTENT_TYPES["csv"])


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

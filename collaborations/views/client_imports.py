"""Importing a list of clients without an account here."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, firm
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.models import Job
from advisory_portal.formats.tables import write_csv
from collaborations import actions
from collaborations.actions.client_imports import CLIENT_IMPORT, LARGEST_CLIENT_LIST
from collaborations.forms.clients import ClientColumnsForm, ClientListForm
from collaborations.rows.client_imports import error_rows, import_steps, preview_rows, report_rows, sample_columns
from collaborations.views.clients import LEADING
from documents.actions import refusal_text
from documents.models.contact_jobs import contact_import_counts

LATEST_JOBS = 10
SHOWN_ERRORS = 100


@firm(*LEADING)
def import_clients(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = ClientListForm(request.POST or None, request.FILES or None)
    jobs = Job.objects.visible_to(actor).of_kind(CLIENT_IMPORT).order_by("-id")[:LATEST_JOBS]
    context = {"form": form, "jobs": jobs, "steps": import_steps(0)}
    if request.method != "POST":
        return render(request, "collaborations/client_import_file.html", context)
    taken: list[Job] = []

    def take() -> None:
        file = form.cleaned_data["upload"]
        content = file.read(LARGEST_CLIENT_LIST + 1)  # one byte more than the limit is enough to refuse it
        taken.append(actions.take_client_list(actor=actor, name=file.name, content=content))

    if submit(form, take):
        return redirect("collaborations:client_import_columns", actor.place.slug, taken[0].pk)
    return form_again(request, "collaborations/client_import_file.html", context)


def _own_import(request: WorkspaceRequest, client_import_id: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.actor).of_kind(CLIENT_IMPORT), pk=client_import_id)


@firm(*LEADING)
def client_import_columns(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    job = _own_import(request, client_import_id)
    if job.parameters["is_started"]:
        return redirect("collaborations:client_import", request.actor.place.slug, job.pk)
    form = ClientColumnsForm(request.POST or None, parameters=job.parameters)
    context = {"job": job, "form": form, "columns": sample_columns(job, form.columns()), "steps": import_steps(1)}
    if request.method != "POST":
        return render(request, "collaborations/client_import_columns.html", context)

    def choose() -> None:
        actions.choose_client_columns(actor=request.actor, job=job, **form.import_values())

    if submit(form, choose):
        return redirect("collaborations:client_import_preview", request.actor.place.slug, job.pk)
    return form_again(request, "collaborations/client_import_columns.html", context)


@firm(*LEADING)
@require_GET
def client_import_preview(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    job = _own_import(request, client_import_id)
    if job.parameters["is_started"]:
        return redirect("collaborations:client_import", request.actor.place.slug, job.pk)
    context = {"job": job, "preview": preview_rows(job), "steps": import_steps(2)}
    return render(request, "collaborations/client_import_preview.html", context)


@firm(*LEADING)
@require_POST
def start_client_import(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    job = _own_import(request, client_import_id)
    actions.start_client_import(actor=request.actor, job=job, now=timezone.now())
    return redirect("collaborations:client_import", request.actor.place.slug, job.pk)


@firm(*LEADING)
@require_GET
def client_import(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    job = _own_import(request, client_import_id)
    if not job.parameters["is_started"]:
        return redirect("collaborations:client_import_columns", request.actor.place.slug, job.pk)
    refused = job.items.filter(detail__has_key="code").first()
    errors = list(error_rows(job))
    context = {
        "job": job,
        "steps": import_steps(4 if job.finished_at else 3),
        "counts": contact_import_counts(job),
        "refusal": refusal_text(refused.detail) if refused else "",
        "errors": errors[:SHOWN_ERRORS],
        "is_cut": len(errors) > SHOWN_ERRORS,
        "most": SHOWN_ERRORS,
    }
    template = "collaborations/_client_import.html" if is_htmx(request) else "collaborations/client_import.html"
    return render(request, template, context)


@firm(*LEADING)
@require_GET
def client_import_report(request: WorkspaceRequest, client_import_id: UUID) -> HttpResponse:
    job = _own_import(request, client_import_id)
    content = b"".join(write_csv(report_rows(job)))
    return file_response(content, name=f"{_('Not imported')}.csv", content_type="text/csv; charset=utf-8")

"""Lists of products that come and go: imports with a preview, exports."""

from __future__ import annotations

from uuid import UUID

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
from catalog import actions
from catalog.forms.imports import ColumnsForm, ProductListForm
from catalog.forms.lists import ProductFilter
from catalog.rows.imports import all_errors, error_rows, preview_rows
from documents.actions import refusal_text

LATEST_JOBS = 10
SHOWN_ERRORS = 50


@access(Section.CATALOG, Level.MANAGE)
def import_products(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = ProductListForm(request.POST or None, request.FILES or None)
    taken: list[Job] = []

    def take() -> None:
        upload, archive = form.cleaned_data["upload"], form.cleaned_data["pictures"]
        content, pictures = upload.read(), archive.read() if archive else b""
        taken.append(actions.take_product_list(actor=actor, name=upload.name, content=content, archive=pictures))

    if submit(form, take):
        return redirect("catalog:product_import", actor.place.slug, taken[0].pk)
    jobs = Job.objects.visible_to(actor).of_kind(actions.PRODUCT_IMPORT).order_by("-id")[:LATEST_JOBS]
    context = {"form": form, "jobs": jobs}
    return (form_again if form.is_bound else render)(request, "catalog/import.html", context)


def _import(request: WorkspaceRequest, product_import_id: UUID) -> Job:
    jobs = Job.objects.visible_to(request.actor).of_kind(actions.PRODUCT_IMPORT)
    return get_object_or_404(jobs, pk=product_import_id)


@access(Section.CATALOG, Level.MANAGE)
def product_import(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    """The preview of an import that has not begun, where its columns are chosen; then how far it is."""
    job = _import(request, product_import_id)
    if not job.parameters["is_started"]:
        return _preview(request, job)
    refused = job.items.filter(detail__has_key="code").order_by("position").first()
    context = {
        "job": job,
        "counts": actions.import_counts(job),
        "refusal": refusal_text(refused.detail) if refused else "",
        "errors": error_rows(job, most=SHOWN_ERRORS),
        "most": SHOWN_ERRORS,
    }
    template = "catalog/_import.html" if is_htmx(request) else "catalog/import_job.html"
    return render(request, template, context)


def _preview(request: WorkspaceRequest, job: Job) -> HttpResponse:
    actor = request.actor
    form = ColumnsForm(request.POST or None, head=job.parameters["head"], columns=job.parameters["columns"])

    def start() -> None:
        actions.start_product_import(actor=actor, job=job, columns=form.columns, now=timezone.now())

    if request.POST.get("do") != "look" and submit(form, start):
        return redirect("catalog:product_import", actor.place.slug, job.pk)
    if form.is_bound and form.is_valid():
        job.parameters["columns"] = form.columns
    heads, rows, wrong = preview_rows(actions.read_rows(job, job.parameters["rows"]), job.parameters["columns"])
    columns = [{"key": "row", "label": _("Row"), "number": True}, *({"key": head, "label": head} for head in heads)]
    context = {"job": job, "form": form, "heads": columns, "rows": rows, "wrong": wrong}
    return (form_again if form.errors else render)(request, "catalog/import_preview.html", context)


@access(Section.CATALOG, Level.MANAGE)
def product_import_report(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    head = [_("Row"), _("Column"), _("Cell"), _("What is wrong")]
    errors = all_errors(_import(request, product_import_id))
    content = b"".join(write_csv([head, *([str(number), *rest] for number, *rest in errors)]))
    return file_response(content, name=f"{_('Not imported')}.csv", content_type=actions.CONTENT_TYPES["csv"])


@access(Section.CATALOG)
@require_POST
def export_products(request: WorkspaceRequest) -> HttpResponse:
    actor, asked = request.actor, ProductFilter.of(request.POST)
    job = actions.start_product_export(
        actor=actor, asked=asked.as_values, file_format="xlsx" if request.POST.get("format") == "xlsx" else "csv"
    )
    return redirect("catalog:product_export", actor.place.slug, job.pk)


def _export(request: WorkspaceRequest, product_export_id: UUID) -> Job:
    jobs = Job.objects.visible_to(request.actor).of_kind(actions.PRODUCT_EXPORT).select_related("result")
    return get_object_or_404(jobs, pk=product_export_id)


@access(Section.CATALOG)
def product_export(request: WorkspaceRequest, product_export_id: UUID) -> HttpResponse:
    job = _export(request, product_export_id)
    template = "catalog/_export.html" if is_htmx(request) else "catalog/export.html"
    return render(request, template, {"job": job})


@access(Section.CATALOG)
def product_export_file(request: WorkspaceRequest, product_export_id: UUID) -> HttpResponse:
    job = _export(request, product_export_id)
    if job.result is None:
        raise Http404
    content = actions.download_product_export(actor=request.actor, job=job)
    return file_response(content, name=job.result.name, content_type=job.result.content_type)

"""Lists of products that go: exports."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.http import is_htmx
from advisory_portal.core.models import Job
from catalog import actions
from catalog.forms.lists import ProductFilter


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

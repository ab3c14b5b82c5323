from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.models import Job, JobItem
from advisory_portal.core.paging import keyset_page
from documents import actions
from documents.forms import ImportForm
from documents.rows import import_rows

LATEST_JOBS = 10
PAGE_SIZE = 200


@access()
def import_files(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = ImportForm(request.POST or None, request.FILES or None, actor=actor)
    if not form.directions:
        raise PermissionDenied
    jobs = Job.objects.visible_to(actor).of_kind(actions.IMPORT).order_by("-id")
    jobs = jobs.filter(parameters__direction__in=[value for value, _label in form.directions])[:LATEST_JOBS]
    if request.method != "POST":
        return render(request, "documents/import.html", {"form": form, "jobs": jobs})
    started: list[Job] = []
    if submit(form, lambda: started.append(actions.start_import(actor=actor, **form.import_values()))):
        return redirect("documents:import_job", actor.place.slug, started[0].pk)
    return form_again(request, "documents/import.html", {"form": form, "jobs": jobs})


@access()
def import_job(request: WorkspaceRequest, job_id: UUID) -> HttpResponse:
    actor = request.actor
    job = get_object_or_404(Job.objects.visible_to(actor).of_kind(actions.IMPORT), pk=job_id)
    actor.require(Section(job.parameters["direction"]), Level.VIEW)
    items = job.items.all()
    outcome = request.GET.get("outcome", "")
    chosen = items.filter(outcome=outcome) if outcome in JobItem.Outcome.values else items
    page = keyset_page(
        chosen,
        order="position",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "job": job,
        "page": page,
        "rows": import_rows(page.rows, slug=actor.place.slug),
        "outcome": outcome,
        "counts": items.by_outcome(),
    }
    template = "documents/_import_job.html" if is_htmx(request) else "documents/import_job.html"
    return render(request, template, context)

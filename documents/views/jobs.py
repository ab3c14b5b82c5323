from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import stored_response
from advisory_portal.core.http import is_htmx
from advisory_portal.core.models import Job, JobItem
from advisory_portal.core.paging import keyset_page
from documents import actions, rules
from documents.rows import item_rows, job_rows
from documents.rules.bulk import BULK
from documents.words import JOB_WORDS

JOBS_ON_PAGE = 50
ITEMS_ON_PAGE = 200


@access()
def jobs(request: WorkspaceRequest) -> HttpResponse:
    """Long work over documents, the latest first: of the sections that the actor may view."""
    actor = request.actor
    kinds = [kind for kind in rules.KIND_SLUGS.values() if actor.may(Section(rules.section_of(kind)), Level.VIEW)]
    found = Job.objects.visible_to(actor).filter(kind__in=BULK, parameters__kind__in=kinds).order_by("-id")
    rows = job_rows(found[:JOBS_ON_PAGE], slug=actor.place.slug, time_zone=actor.place.time_zone)
    return render(request, "documents/jobs.html", {"rows": rows})


def _job(actor: Actor, bulk_id: UUID) -> Job:
    found = get_object_or_404(Job.objects.visible_to(actor).filter(kind__in=BULK).select_related("result"), pk=bulk_id)
    actor.require(Section(rules.section_of(found.parameters["kind"])), Level.VIEW)
    return found


@access()
def job(request: WorkspaceRequest, bulk_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _job(actor, bulk_id)
    items = found.items.all()
    outcome = request.GET.get("outcome", "")
    chosen = items.filter(outcome=outcome) if outcome in JobItem.Outcome.values else items
    page = keyset_page(
        chosen,
        order="position",
        size=ITEMS_ON_PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "job": found,
        "title": JOB_WORDS[found.kind],
        "list_kind": rules.SLUG_OF_KIND[found.parameters["kind"]],
        "page": page,
        "rows": item_rows(page.rows, slug=actor.place.slug),
        "outcome": outcome,
        "counts": items.by_outcome(),
    }
    return render(request, "documents/_job.html" if is_htmx(request) else "documents/job.html", context)


@access()
def download_job(request: WorkspaceRequest, bulk_id: UUID) -> HttpResponseBase:
    found = _job(request.actor, bulk_id)
    if found.result is None:
        raise Http404
    return stored_response(actions.download_result(actor=request.actor, job=found))

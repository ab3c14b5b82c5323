"""Hand-over exports: begun on a client's page, watched and fetched on their own."""

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, firm
from advisory_portal.core.files import stored_response
from advisory_portal.core.http import is_htmx
from advisory_portal.core.models import Job, JobItem
from collaborations import actions
from collaborations.actions.handovers import HANDOVER
from collaborations.models import Client
from collaborations.models.clients import ELIGIBLE
from collaborations.views.clients import find_client


@firm(*ELIGIBLE)
@require_POST
def start_handover(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    job = actions.start_handover(actor=request.actor, client=found, now=timezone.now())
    return redirect("collaborations:handover", request.actor.place.slug, job.pk)


def _own(request: WorkspaceRequest, handover_id: UUID) -> tuple[Job, Client]:
    """The firm's job, if the person sees the client whose it is. Raises Http404."""
    jobs = Job.objects.visible_to(request.actor).of_kind(HANDOVER).select_related("result")
    job = get_object_or_404(jobs, pk=handover_id)
    return job, find_client(request, UUID(job.parameters["client"]))


@firm(*ELIGIBLE)
@require_GET
def handover(request: WorkspaceRequest, handover_id: UUID) -> HttpResponse:
    job, client = _own(request, handover_id)
    refused = job.items.filter(outcome=JobItem.Outcome.REFUSED).order_by("position").first()
    context = {"job": job, "client": client, "refusal": refused.reason if refused else ""}
    template = "collaborations/_handover.html" if is_htmx(request) else "collaborations/handover.html"
    return render(request, template, context)


@firm(*ELIGIBLE)
@require_GET
def handover_file(request: WorkspaceRequest, handover_id: UUID) -> HttpResponseBase:
    job, _client = _own(request, handover_id)
    if job.result is None:
        raise Http404
    file = actions.download_handover(actor=request.actor, job=job, now=timezone.now())
    return stored_response(file)

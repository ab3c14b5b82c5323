"""Many contacts invited at once."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import is_htmx
from advisory_portal.core.models import Job
from advisory_portal.core.paging import keyset_page
from client_portal import actions
from client_portal.forms import ContactsForm
from client_portal.rules import INVITE

ITEMS_ON_PAGE = 200


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def invite_contacts(request: WorkspaceRequest) -> HttpResponse:
    form = ContactsForm(request.POST)
    job = actions.invite_contacts(actor=request.actor, contacts=form.ids)
    return redirect("client_portal:invitations", request.actor.place.slug, job.pk)


@access(Section.CONTACTS)
def invitations(request: WorkspaceRequest, invitations_id: UUID) -> HttpResponse:
    """How far a job is that invites, and what became of each contact."""
    job = get_object_or_404(Job.objects.visible_to(request.actor).filter(kind=INVITE), pk=invitations_id)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = keyset_page(job.items.all(), order="position", size=ITEMS_ON_PAGE, **cursors)
    context = {"job": job, "page": page, "counts": job.items.by_outcome()}
    template = "client_portal/_invitations.html" if is_htmx(request) else "client_portal/invitations.html"
    return render(request, template, context)

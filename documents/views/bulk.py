from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from documents import actions, rules
from documents.forms import BulkForm
from documents.models import Document
from documents.rules.bulk import MOST_SELECTED
from documents.views.lists import kind_of


@access()
@require_POST
def bulk(request: WorkspaceRequest, kind: str) -> HttpResponse:
    actor, name = request.actor, kind_of(kind)
    actor.require(Section(rules.section_of(name)), Level.VIEW)
    form = BulkForm(request.POST)
    if not form.is_valid():
        return redirect("documents:list", actor.place.slug, kind)
    ids = form.ids
    if form.cleaned_data["everything"]:
        found = form.filter.apply(Document.objects.visible_to(actor).of_kind(name), actor.today())
        ids = list(found.values_list("pk", flat=True)[: MOST_SELECTED + 1])
    job = actions.start_bulk(actor=actor, kind=name, documents=ids, **form.job_values())
    return redirect("documents:job", actor.place.slug, job.pk)

from django.http import HttpResponse
from django.shortcuts import render

from advisory_portal.core.access import Section, WorkspaceRequest, access


@access(Section.JOURNAL)
def journal(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "bookkeeping/journal.html", {})

from django.http import Http404, HttpResponse
from django.shortcuts import render

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.paging import capped_count, keyset_page
from documents import rules
from documents.forms import DocumentFilter
from documents.models import Document
from documents.rows import document_rows
from documents.words import KIND_WORDS, state_label

PAGE_SIZE = 50


@access()
def document_list(request: WorkspaceRequest, kind: str) -> HttpResponse:
    if kind not in rules.KIND_SLUGS:
        raise Http404
    actor, today = request.actor, request.actor.today()
    name = rules.KIND_SLUGS[kind]
    actor.require(Section(rules.section_of(name)), Level.VIEW)
    asked = DocumentFilter.of(request.GET)
    documents = asked.apply(Document.objects.visible_to(actor).of_kind(name), today)
    page = keyset_page(
        documents.for_listing(),
        order=asked.order,
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "words": KIND_WORDS[name],
        "kind": kind,
        "asked": asked,
        "page": page,
        "rows": document_rows(page.rows, slug=actor.place.slug, today=today),
        "count": capped_count(documents),
        "states": state_choices(name),
        "may_import": name in rules.IMPORTED_KINDS and actor.may(Section(rules.section_of(name)), Level.MANAGE),
    }
    return render(request, "documents/document_list.html", context)


def state_choices(kind: str) -> list[tuple[str, str]]:
    """The states a document of this kind can be in, as choices of the filter."""
    reachable = set(rules.moves_of(kind)) | set().union(*rules.moves_of(kind).values())
    choices = [(str(state), state_label(kind, state)) for state in Document.State if state in reachable]
    return [*choices, ("overdue", state_label(kind, "overdue"))] if kind in rules.PAYABLE_KINDS else choices

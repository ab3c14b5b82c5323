from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import format_date, format_number
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import capped_count, keyset_page
from documents import actions, rules
from documents.forms import DocumentFilter, FilterNameForm
from documents.models import Contact, Document, Kind, SavedFilter
from documents.rows import document_rows, runs_of
from documents.words import KIND_WORDS, NEW_WORDS, PERIOD_WORDS, state_label

PAGE_SIZE = 50


def kind_of(slug: str) -> str:
    """The kind of a list's address. Raises Http404."""
    if slug not in rules.KIND_SLUGS:
        raise Http404
    return rules.KIND_SLUGS[slug]


def may_manage(actor: Actor, kind: str) -> bool:
    return actor.may(Section(rules.section_of(kind)), Level.MANAGE)


@access()
def document_list(request: WorkspaceRequest, kind: str) -> HttpResponse:
    actor, today, name = request.actor, request.actor.today(), kind_of(kind)
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
        "runs": runs_of(document_rows(page.rows, slug=actor.place.slug, today=today)),
        "count": capped_count(documents),
        "states": state_choices(name),
        "periods": PERIOD_WORDS.items(),
        "more": more_words(actor, asked),
        "saved": SavedFilter.objects.visible_to(actor).filter(kind=name).order_by("name"),
        "may_manage": may_manage(actor, name),
        "new_label": NEW_WORDS.get(name) if may_manage(actor, name) else None,
        "may_import": name in rules.IMPORTED_KINDS and may_manage(actor, name),
        "may_send": name in rules.PORTAL_KINDS,
    }
    return render(request, "documents/document_list.html", context)


def state_choices(kind: str) -> list[tuple[str, str]]:
    """The states a document of this kind can be in, as choices of the filter."""
    reachable = set(rules.moves_of(kind)) | set().union(*rules.moves_of(kind).values())
    choices = [(str(state), state_label(kind, state)) for state in Document.State if state in reachable]
    if kind == Kind.QUOTE:
        return [*choices, ("expired", state_label(kind, "expired"))]
    return [*choices, ("overdue", state_label(kind, "overdue"))] if kind in rules.PAYABLE_KINDS else choices


def more_words(actor: Actor, asked: DocumentFilter) -> list[tuple[str, str]]:
    """What is asked for beyond words, state and review: its name in the address, and in words.

    A contact costs a query, to be named.
    """
    said = dict(asked.more)
    if asked.period:
        said["period"] = str(PERIOD_WORDS[asked.period])
    if asked.since:
        said["from"] = f"≥ {format_date(asked.since)}"
    if asked.until:
        said["to"] = f"≤ {format_date(asked.until)}"
    if asked.contact:
        found = Contact.objects.visible_to(actor).filter(pk=asked.contact)
        said["contact"] = found.values_list("name", flat=True).first() or "–"
    if asked.least is not None:
        said["min"] = f"≥ {format_number(asked.least, least=2)}"
    if asked.most is not None:
        said["max"] = f"≤ {format_number(asked.most, least=2)}"
    return list(said.items())


# --- Saved filters -------------------------------------------------------------------------------------------


@access()
def saved_filters(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """The person's filters of one list; POST saves another."""
    actor, name = request.actor, kind_of(kind)
    actor.require(Section(rules.section_of(name)), Level.VIEW)
    form = FilterNameForm(request.POST or None, initial={"query": DocumentFilter.of(request.GET).query})
    if request.method == "POST" and submit(
        form, lambda: actions.save_filter(actor=actor, kind=name, **form.cleaned_data)
    ):
        return _to_list(request, kind, form.cleaned_data["query"])
    context = {
        "form": form,
        "kind": kind,
        "words": KIND_WORDS[name],
        "saved": SavedFilter.objects.visible_to(actor).filter(kind=name).order_by("name"),
    }
    return (form_again if form.is_bound else render)(request, "documents/saved_filters.html", context)


def _to_list(request: WorkspaceRequest, kind: str, query: str) -> HttpResponse:
    response = redirect("documents:list", request.actor.place.slug, kind)
    response["Location"] += f"?{query}" if query else ""
    return response


@access()
@require_POST
def rename_filter(request: WorkspaceRequest, filter_id: UUID) -> HttpResponse:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.actor), pk=filter_id)
    form = FilterNameForm(request.POST)
    slug, kind = request.actor.place.slug, rules.SLUG_OF_KIND[saved.kind]
    if submit(form, lambda: actions.rename_filter(actor=request.actor, saved=saved, name=form.cleaned_data["name"])):
        return redirect("documents:saved_filters", slug, kind)
    rows = SavedFilter.objects.visible_to(request.actor).filter(kind=saved.kind).order_by("name")
    context = {"form": form, "kind": kind, "words": KIND_WORDS[saved.kind], "saved": rows}
    return form_again(request, "documents/saved_filters.html", context)


@access()
@require_POST
def delete_filter(request: WorkspaceRequest, filter_id: UUID) -> HttpResponse:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.actor), pk=filter_id)
    actions.delete_filter(actor=request.actor, saved=saved)
    return redirect("documents:saved_filters", request.actor.place.slug, rules.SLUG_OF_KIND[saved.kind])

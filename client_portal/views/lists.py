"""Lists of a contact's documents and payments."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, WorkspaceRequest, portal
from advisory_portal.core.files import file_response
from advisory_portal.core.paging import Cut, keyset_page
from client_portal import actions
from client_portal.forms import DocumentChoiceForm, PortalFilter
from client_portal.forms.document_filter import STATES
from client_portal.models import with_receipts
from client_portal.models.listed import EXPIRED, OPEN, OVERDUE, TO_DECIDE, listed_page
from client_portal.rows.documents import document_rows, payment_rows
from client_portal.rules import PAID_ONLINE
from documents import rules
from documents.models import Document, Kind, Settlement
from documents.words import KIND_WORDS, state_label

PAGE_SIZE = 25


def _kind_of(slug: str) -> str:
    """The kind of a list's address. Raises Http404 for one that the portal does not show."""
    kind = rules.KIND_SLUGS.get(slug, "")
    if kind not in rules.PORTAL_KINDS:
        raise Http404
    return kind


def came_by_link(actor: Actor) -> bool:
    """Whether the contact came by a document's link, and has nothing here but the documents of its links."""
    return actor.document_ids is not None


@portal
def document_list(request: WorkspaceRequest, kind: str) -> HttpResponse:
    actor, today, name = request.actor, request.actor.today(), _kind_of(kind)
    if came_by_link(actor):
        return redirect("client_portal:home", actor.place.slug)
    asked = PortalFilter.of(request.GET, name)
    cursors = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    cut = Cut.asked(Document, order=asked.order, size=PAGE_SIZE, **cursors)
    page = listed_page(actor, asked.narrowing, cut, today)
    context = {
        "business": actor.place,
        "title": KIND_WORDS[name].plural,
        "empty": KIND_WORDS[name].empty,
        "kind": kind,
        "asked": asked,
        "page": page,
        "rows": document_rows(page.rows, slug=actor.place.slug, today=today),
        "states": _state_choices(name),
        "columns": _columns(name),
        "has_due": name in (Kind.INVOICE, Kind.QUOTE, Kind.SALES_ORDER),
        "has_left": name in rules.PAYABLE_KINDS,
        "may_pay": name in PAID_ONLINE and not actor.read_only,
    }
    return render(request, "client_portal/document_list.html", context)


def _state_choices(kind: str) -> list[tuple[str, str]]:
    words = {
        OPEN: pgettext("documents", "Still open"),
        TO_DECIDE: _("To decide"),
        OVERDUE: state_label(kind, "overdue"),
        EXPIRED: state_label(kind, "expired") if kind == Kind.QUOTE else "",
    }
    return [(str(one), words.get(one) or state_label(kind, one)) for one in STATES.get(kind, ())]


def _columns(kind: str) -> list[dict[str, Any]]:
    """The columns of a list; only what the kind has."""
    due = {"key": "due_on", "label": _("Valid until") if kind == Kind.QUOTE else _("Due")}
    left = {"key": "left", "label": _("Open"), "number": True, "wide": True}
    return [
        {"key": "number", "label": _("Number"), "sort": True},
        {"key": "issued_on", "label": _("Date"), "sort": True},
        *([due] if kind in (Kind.INVOICE, Kind.QUOTE, Kind.SALES_ORDER) else []),
        {"key": "state", "label": _("State")},
        {"key": "payable", "label": _("Amount"), "sort": True, "number": True},
        *([left] if kind in rules.PAYABLE_KINDS else []),
    ]


@portal
def payments(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    if came_by_link(actor):
        return redirect("client_portal:home", actor.place.slug)
    page = keyset_page(
        with_receipts(Settlement.objects.visible_to(actor).handed_over())
        .select_related("document")
        .only("amount", "received_on", "method", "document__kind", "document__number", "document__currency"),
        order="-received_on",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    rows = payment_rows(page.rows, slug=actor.place.slug)
    return render(request, "client_portal/payments.html", {"business": actor.place, "page": page, "rows": rows})


@portal
@require_POST
def document_archive(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """The chosen documents of a list as PDFs in a ZIP."""
    actor, name = request.actor, _kind_of(kind)
    content = actions.pack_documents(actor=actor, kind=name, documents=DocumentChoiceForm(request.POST).ids)
    return file_response(content, name=f"{KIND_WORDS[name].plural}.zip", content_type="application/zip")

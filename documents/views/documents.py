from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.models import HistoryEntry
from documents import actions, rules, sheets
from documents.fiscal import REPORTED_KINDS
from documents.models import Document, FiscalRecord, Kind, Recurrence
from documents.rows import (
    MADE_FROM_IT,
    POSSIBLE_VERSION,
    attachment_rows,
    document_rows,
    note_rows,
    payment_rows,
    related_rows,
    relation_of,
)
from documents.rows.fiscal import FiscalRow, fiscal_rows
from documents.words import CONVERT_WORDS, state_label

LATEST = 10


def _document(actor: Actor, document_id: UUID, level: Level) -> Document:
    """The document, if the actor sees it; Forbidden if its section is not open that far."""
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actor.require(document.section, level)
    return document


@access()
@require_GET
def document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor, today = request.actor, request.actor.today()
    found = get_object_or_404(Document.objects.visible_to(actor).for_reading(), pk=document_id)
    state = rules.shown_state(found.kind, found.state, found.due_on, today, is_invoiced=found.is_invoiced)
    slug, time_zone = actor.place.slug, actor.place.time_zone
    others = list(Document.objects.visible_to(actor).related_to(found))
    versions = [other for other in others if relation_of(found, other) == POSSIBLE_VERSION]
    related = related_rows(found, [other for other in others if other not in versions], slug=slug)
    context = {
        "document": found,
        "sheet": sheets.sheet_of(found, accent=actor.place.accent),
        "state": state,
        "state_label": state_label(found.kind, state),
        "kind": rules.SLUG_OF_KIND[found.kind],
        "versions": document_rows(versions, slug=slug, today=today),
        "related": related,
        "payments": payment_rows(found, found.settlements.order_by("id"), slug=slug),
        "attachments": attachment_rows(found.attachments.select_related("file"), time_zone=time_zone),
        "notes": note_rows(found.internal_notes.all(), time_zone=time_zone),
        "history": HistoryEntry.objects.visible_to(actor)
        .about("documents.document", found.pk)
        .order_by("-id")[:LATEST],
        "may_see_contact": actor.may(Section.CONTACTS, Level.VIEW),
        "downloads": _downloads(found, slug),
        "schedule": _schedule(actor, found),
        "fiscal": _fiscal(actor, found),
        **_acts(actor, found, {row.kind for row in related if row.relation == MADE_FROM_IT}),
    }
    return render(request, "documents/document.html", context)


def _schedule(actor: Actor, document: Document) -> Recurrence | None:
    """When a recurring invoice makes the next one; a query for that kind alone."""
    if document.kind != Kind.RECURRING_INVOICE:
        return None
    return Recurrence.objects.visible_to(actor).filter(invoice=document).first()


def _fiscal(actor: Actor, document: Document) -> list[FiscalRow]:
    """What was reported of an invoice to the tax agency; a query for invoices and credit notes alone."""
    if document.kind not in REPORTED_KINDS or document.is_imported or document.state == Document.State.DRAFT:
        return []
    records = FiscalRecord.objects.visible_to(actor).filter(document=document).order_by("position")
    return fiscal_rows(records, slug=actor.place.slug, time_zone=actor.place.time_zone)


def _downloads(document: Document, slug: str) -> list[dict[str, str]]:
    """Entries of the menu: what else than the PDF can be taken."""
    found = []
    if document.kind in rules.INVOICE_KINDS and document.state != Document.State.DRAFT:
        for view, label in (("document_ubl", _("E-invoice as UBL")), ("document_cii", _("E-invoice as CII"))):
            found.append(
                {"label": label, "href": reverse(f"documents:{view}", args=[slug, document.pk]), "icon": "file-code"}
            )
    if document.original_id:
        original = reverse("documents:document_original", args=[slug, document.pk])
        found.append({"label": _("Imported file"), "href": original, "icon": "file-down"})
    return found


def _acts(actor: Actor, document: Document, made: set[str]) -> dict[str, Any]:
    """What the actor may do with the document now. `made` are the kinds that were made from it already."""
    may_manage = actor.may(document.section, Level.MANAGE)
    is_draft = document.state == Document.State.DRAFT
    stands = may_manage and document.state not in (Document.State.DRAFT, Document.State.VOID)
    is_payable = document.kind in rules.PAYABLE_KINDS
    is_decided = document.state in (Document.State.ACCEPTED, Document.State.DECLINED)
    # What was accepted is converted by the card of the decision, which knows the customer's order number.
    conversions = rules.CONVERSIONS.get(document.kind, ()) if stands and not is_decided else ()
    return {
        "may_manage": may_manage,
        "is_payable": is_payable,
        "in_portal": document.kind in rules.PORTAL_KINDS and not is_draft,
        "may_issue": may_manage and is_draft and document.kind != Kind.RECURRING_INVOICE,
        "is_theirs": document.kind in rules.SUPPLIER_NUMBERED_KINDS,
        "may_edit": may_manage and is_draft,
        "may_pay": stands and is_payable and document.outstanding != 0 and not document.is_invoiced,
        "may_void": may_manage and "void" in document.moves().get(document.state, ()),
        "may_credit": stands and document.kind in rules.CREDITED_BY,
        "may_renew": stands and document.kind == Kind.QUOTE and document.state != Document.State.ACCEPTED,
        "may_remind": stands and document.kind == Kind.INVOICE and document.outstanding > 0,
        "may_recur": stands and document.kind == Kind.INVOICE,
        "may_set_off": stands and is_payable and document.outstanding != 0 and document.corrects_id is not None,
        "conversions": [
            (kind, CONVERT_WORDS[kind], kind in made)
            for kind in conversions
            if actor.may(Section(rules.section_of(kind)), Level.MANAGE)
        ],
    }


@access()
def document_original(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.VIEW)
    if found.original is None:
        raise Http404
    content = actions.download_original(actor=request.actor, document=found)
    return file_response(content, name=found.original.name, content_type=found.original.content_type)


@access()
@require_POST
def issue_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.issue_document(actor=request.actor, document=found, now=timezone.now())
    return redirect("documents:document", request.actor.place.slug, found.pk)


@access()
@require_POST
def void_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.void_document(actor=request.actor, document=found, now=timezone.now())
    return redirect("documents:document", request.actor.place.slug, found.pk)


@access()
@require_POST
def review_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.review_document(actor=request.actor, document=found, now=timezone.now())
    return redirect("documents:document", request.actor.place.slug, found.pk)


@access()
@require_POST
def take_back_review(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    actions.take_back_review(actor=request.actor, document=found)
    return redirect("documents:document", request.actor.place.slug, found.pk)


@access()
@require_POST
def duplicate_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _document(actor, document_id, Level.MANAGE)
    draft = actions.duplicate_document(actor=actor, document=found, today=actor.today())
    return redirect("documents:edit_document", actor.place.slug, draft.pk)


@access()
@require_POST
def convert_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _document(actor, document_id, Level.VIEW)
    draft = actions.convert_document(
        actor=actor,
        document=found,
        to=request.POST.get("to", ""),
        today=actor.today(),
        again=request.POST.get("again") == "1",
    )
    return redirect("documents:edit_document", actor.place.slug, draft.pk)


@access()
@require_POST
def credit_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _document(actor, document_id, Level.MANAGE)
    draft = actions.credit_document(actor=actor, document=found, today=actor.today())
    return redirect("documents:edit_document", actor.place.slug, draft.pk)


@access()
@require_POST
def new_version(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = _document(request.actor, document_id, Level.MANAGE)
    draft = actions.new_version(actor=request.actor, document=found)
    return redirect("documents:edit_document", request.actor.place.slug, draft.pk)

"""The thread of comments on a document: one view for contacts, one for staff, around the same answers."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, ActorKind, Level, WorkspaceRequest, access, portal
from advisory_portal.core.files import file_response
from advisory_portal.core.http import is_htmx, submit
from client_portal import actions
from client_portal.forms import CommentForm
from client_portal.models import Comment, CommentAttachment, UnreadComments
from client_portal.rows.comments import Thread, thread_of
from documents.models import Document
from documents.rules import PORTAL_KINDS

MOST_SHOWN = 200  # the newest; what came before is in nobody's way
THREAD = "client_portal/_comment_thread.html"


def _document(actor: Actor, document_id: UUID) -> Document:
    """The document, if the actor sees it and it is one that a contact may see."""
    documents = Document.objects.visible_to(actor).filter(kind__in=PORTAL_KINDS).exclude(state=Document.State.DRAFT)
    return get_object_or_404(documents, pk=document_id)


def _thread(actor: Actor, document: Document) -> Thread:
    newest = Comment.objects.visible_to(actor).filter(document=document).order_by("-id")
    comments = list(newest.prefetch_related("attachments__file")[:MOST_SHOWN])[::-1]
    is_unread = UnreadComments.objects.visible_to(actor).filter(document=document).exists()
    writes = not actor.read_only if actor.kind == ActorKind.CONTACT else actor.may(document.section, Level.MANAGE)
    return thread_of(actor, document, comments, is_unread=is_unread, may_write=writes)


def _comments(request: WorkspaceRequest, document_id: UUID, page: str, back: str) -> HttpResponse:
    """The thread with its form; POST writes. htmx gets the card, everybody else a page."""
    actor = request.actor
    document = _document(actor, document_id)
    form = CommentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and submit(
        form, lambda: actions.write_comment(actor=actor, document=document, now=timezone.now(), **form.values())
    ):
        if not is_htmx(request):
            return redirect(reverse(back, args=[actor.place.slug, document.pk]) + actions.ANCHOR)
        form = CommentForm()
    context = {"document": document, "thread": _thread(actor, document), "form": form, "business": actor.place}
    template = "client_portal/_comment_card.html" if is_htmx(request) else page
    return render(request, template, context, status=422 if form.errors else 200)


def _news(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """The thread, where it has something that the page does not show (`after` names the last that it does)."""
    document = _document(request.actor, document_id)
    thread = _thread(request.actor, document)
    if thread.last == request.GET.get("after", "") and not thread.is_unread:
        return HttpResponse(status=204)
    return render(request, THREAD, {"document": document, "thread": thread})


def _read(request: WorkspaceRequest, document_id: UUID, back: str) -> HttpResponse:
    document = _document(request.actor, document_id)
    actions.mark_comments_read(actor=request.actor, document=document)
    return HttpResponse(status=204) if is_htmx(request) else redirect(back, request.actor.place.slug, document.pk)


def _file(request: WorkspaceRequest, document_id: UUID, comment_file_id: UUID) -> HttpResponse:
    document = _document(request.actor, document_id)
    files = CommentAttachment.objects.visible_to(request.actor).select_related("file", "comment__document")
    found = get_object_or_404(files, pk=comment_file_id, comment__document=document)
    content = actions.download_comment_file(actor=request.actor, attachment=found)
    return file_response(content, name=found.file.name, content_type=found.file.content_type)


@portal
def comments(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _comments(request, document_id, "client_portal/comments.html", "client_portal:document")


@portal
@require_GET
def comment_news(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _news(request, document_id)


@portal
@require_POST
def read_comments(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _read(request, document_id, "client_portal:document")


@portal
@require_GET
def comment_file(request: WorkspaceRequest, document_id: UUID, comment_file_id: UUID) -> HttpResponse:
    return _file(request, document_id, comment_file_id)


@access()
def staff_comments(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _comments(request, document_id, "client_portal/staff_comments.html", "documents:document")


@access()
@require_GET
def staff_comment_news(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _news(request, document_id)


@access()
@require_POST
def staff_read_comments(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    return _read(request, document_id, "documents:document")


@access()
@require_GET
def staff_comment_file(request: WorkspaceRequest, document_id: UUID, comment_file_id: UUID) -> HttpResponse:
    return _file(request, document_id, comment_file_id)

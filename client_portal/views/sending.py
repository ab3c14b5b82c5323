"""The staff's pages that send a document and close its links."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, WorkspaceRequest, access
from advisory_portal.core.http import form_again, is_htmx, respond, submit
from client_portal import actions
from client_portal.forms import SendForm
from client_portal.models import PortalLink, Viewing
from client_portal.words import sending_words
from documents import actions as documents
from documents import rules
from documents.models import Document

MOST_LINKS = 20


def _own_document(actor: Actor, document_id: UUID) -> Document:
    document = get_object_or_404(Document.objects.visible_to(actor).select_related("contact"), pk=document_id)
    actor.require(document.section, Level.MANAGE)
    return document


def _links_context(actor: Actor, document: Document) -> dict[str, object]:
    links = PortalLink.objects.visible_to(actor).filter(document=document).order_by("-id")[:MOST_LINKS]
    viewing = Viewing.objects.visible_to(actor).filter(document=document).first()
    return {"document": document, "links": links, "viewing": viewing, "now": timezone.now()}


@access()
def document_links(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    document = get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)
    context = _links_context(request.actor, document)
    fragment = "client_portal/_document_links.html"
    return render(request, fragment if is_htmx(request) else "client_portal/document_links.html", context)


def _first_address(actor: Actor, document: Document) -> str:
    """The contact's address, or the one that the document went to last."""
    sent = PortalLink.objects.visible_to(actor).filter(document=document).order_by("-id")
    return document.contact.email or sent.values_list("email", flat=True).first() or ""


@access()
def send_link(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    document = _own_document(request.actor, document_id)
    contact = document.contact
    business = request.actor.place.name
    subject, text = sending_words(document, business=business, language=contact.language, name=contact.name)
    words = {"to": _first_address(request.actor, document), "subject": subject, "text": text}
    return _mail_form(request, document, words, actions.send_document, "client_portal/send_link.html")


@access()
def remind(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    document = _own_document(actor, document_id)
    sent = document.reminders.count()
    subject, text = documents.reminder_words(document=document, step=sent + 1, today=actor.today())
    words = {"to": _first_address(actor, document), "subject": subject, "text": text}
    context: dict[str, object] = {"sent": list(document.reminders.all())}
    return _mail_form(request, document, words, actions.send_reminder, "client_portal/remind.html", context)


def _mail_form(
    request: WorkspaceRequest,
    document: Document,
    words: dict[str, str],
    send: Callable[..., list[PortalLink]],
    template: str,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    form = SendForm(request.POST or None, initial=words)
    kind = rules.SLUG_OF_KIND[document.kind]
    context = {
        "document": document,
        "form": form,
        "kind": kind,
        "can_copy": request.actor.user_id is not None,
        **(more or {}),
    }
    if request.method != "POST":
        return render(request, template, context)
    actor, now = request.actor, timezone.now()
    if not submit(form, lambda: send(actor=actor, document=document, now=now, **form.values())):
        return form_again(request, template, context)
    addresses = ", ".join(form.cleaned_data["to"])
    messages.success(request, _("The mail is on its way to %(email)s.") % {"email": addresses})
    return redirect("documents:document", actor.place.slug, document.pk)


@access()
@require_POST
def revoke_link(request: WorkspaceRequest, link_id: UUID) -> HttpResponse:
    links = PortalLink.objects.visible_to(request.actor).select_related("document", "contact")
    link = get_object_or_404(links, pk=link_id)
    actions.revoke_link(actor=request.actor, link=link, now=timezone.now())
    if link.document is None:
        return redirect("documents:contact", request.actor.place.slug, link.contact_id)
    context = _links_context(request.actor, link.document)
    to = reverse("client_portal:document_links", args=[request.actor.place.slug, link.document_id])
    return respond(request, "client_portal/_document_links.html", context, to=to)

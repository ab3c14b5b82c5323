"""The portal's pages, and the staff's pages about it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, WorkspaceRequest, access, portal, public
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, is_htmx, respond, submit
from advisory_portal.core.ids import hash_token
from advisory_portal.core.limits import limited
from advisory_portal.core.middleware import speak
from client_portal import actions
from client_portal.forms import SendLinkForm
from client_portal.models import PortalLink
from client_portal.sources import remember_link, remembered_links
from documents import rules, sheets
from documents.models import Document
from documents.words import state_label

MOST_LINKS = 20

# --- Staff -------------------------------------------------------------------------------------------------


def _own_document(actor: Actor, document_id: UUID) -> Document:
    document = get_object_or_404(Document.objects.visible_to(actor).select_related("contact"), pk=document_id)
    actor.require(document.section, Level.MANAGE)
    return document


def _links_context(actor: Actor, document: Document) -> dict[str, object]:
    links = PortalLink.objects.visible_to(actor).filter(document=document).order_by("-id")[:MOST_LINKS]
    return {"document": document, "links": links, "now": timezone.now()}


@access()
def document_links(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    document = get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)
    context = _links_context(request.actor, document)
    fragment = "client_portal/_document_links.html"
    return render(request, fragment if is_htmx(request) else "client_portal/document_links.html", context)


@access()
def send_link(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    document = _own_document(request.actor, document_id)
    form = SendLinkForm(request.POST or None, initial={"email": document.contact.email})
    context = {"document": document, "form": form}
    if request.method != "POST":
        return render(request, "client_portal/send_link.html", context)
    if not submit(
        form,
        lambda: actions.send_document_link(
            actor=request.actor, document=document, email=form.cleaned_data["email"], now=timezone.now()
        ),
    ):
        return form_again(request, "client_portal/send_link.html", context)
    messages.success(request, _("The link is on its way to %(email)s.") % form.cleaned_data)
    return redirect("documents:document", request.actor.place.slug, document.pk)


@access()
@require_POST
def revoke_link(request: WorkspaceRequest, link_id: UUID) -> HttpResponse:
    links = PortalLink.objects.visible_to(request.actor).select_related("document")
    link = get_object_or_404(links, pk=link_id)
    actions.revoke_link(actor=request.actor, link=link, now=timezone.now())
    context = _links_context(request.actor, link.document)
    to = reverse("client_portal:document_links", args=[request.actor.place.slug, link.document_id])
    return respond(request, "client_portal/_document_links.html", context, to=to)


# --- Contacts ----------------------------------------------------------------------------------------------


@public
@limited("portal_link")
def open_link(request: HttpRequest, business: str, token: str) -> HttpResponse:
    # No row is written, so robots that follow the link change nothing; the token leaves the address bar.
    links = PortalLink.objects.filter(organisation__slug=business, token_hash=hash_token(token))
    link = links.first()
    if link is None:
        raise Http404
    response = redirect("client_portal:document", business, link.document_id)
    remember_link(request, response, business, link.pk)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def stranger(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever holds no usable link: those of an expired one may ask for a fresh one, others learn nothing."""
    asked = request.resolver_match.kwargs.get("document_id") if request.resolver_match else None
    links = list(PortalLink.objects.in_portal(slug, remembered_links(request)))
    link = next((one for one in links if one.document_id == asked), links[0] if links and asked is None else None)
    if link is None:
        raise Http404
    return redirect("client_portal:expired_link", slug, link.pk)


def _remembered_link(request: HttpRequest, business: str, link_id: UUID) -> PortalLink:
    """A link that this browser holds, in the language of its contact."""
    if link_id not in remembered_links(request):
        raise Http404
    links = PortalLink.objects.in_portal(business, [link_id]).select_related("organisation", "contact", "document")
    link = get_object_or_404(links)
    speak(request, link.contact.language)
    return link


@public
def expired_link(request: HttpRequest, business: str, link_id: UUID) -> HttpResponse:
    link = _remembered_link(request, business, link_id)
    if link.is_usable(timezone.now()):
        return redirect("client_portal:document", business, link.document_id)
    return render(request, "client_portal/expired_link.html", {"link": link, "business": link.organisation})


@public
@require_POST
def send_fresh_link(request: HttpRequest, business: str, link_id: UUID) -> HttpResponse:
    link = _remembered_link(request, business, link_id)
    actions.send_fresh_link(link=link, now=timezone.now())
    return render(request, "client_portal/fresh_link_sent.html", {"link": link, "business": link.organisation})


@portal
def home(request: WorkspaceRequest) -> HttpResponse:
    documents = Document.objects.visible_to(request.actor).order_by("-issued_on", "-id")[:20]
    return render(request, "client_portal/home.html", {"business": request.actor.place, "documents": documents})


@portal
def document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Document.objects.visible_to(actor).for_reading(), pk=document_id)
    state = rules.shown_state(found.kind, found.state, found.due_on, actor.today())
    context = {
        "business": actor.place,
        "document": found,
        "sheet": sheets.sheet_of(found, accent=actor.place.accent),
        "state": state,
        "state_label": state_label(found.kind, state),
    }
    response = render(request, "client_portal/document.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@portal
def document_pdf(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    found = get_object_or_404(Document.objects.visible_to(request.actor).for_reading(), pk=document_id)
    content = sheets.document_pdf(found, accent=request.actor.place.accent)
    name = f"{sheets.file_name(found)}.pdf"
    return file_response(content, name=name, content_type="application/pdf", inline="inline" in request.GET)

"""The portal's pages, and the staff's pages about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access, portal, public
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, is_htmx, respond, submit
from advisory_portal.core.ids import hash_token
from advisory_portal.core.limits import limited
from advisory_portal.core.middleware import speak
from client_portal import actions
from client_portal.forms import SendForm
from client_portal.models import PortalLink
from client_portal.sources import remember_link, remembered_links
from client_portal.words import sending_words
from documents import actions as documents
from documents import rules, sheets
from documents.actions import shown_pdf
from documents.models import Contact, Document
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


def _box_context(actor: Actor, contact: Contact) -> dict[str, object]:
    """What the portal's card on a contact's page shows: its live links, and its latest document that can be sent."""
    now = timezone.now()
    links = PortalLink.objects.visible_to(actor).of_contact(contact).usable(now).select_related("document")
    sent = Document.objects.visible_to(actor).filter(contact=contact, kind__in=rules.PORTAL_KINDS)
    latest = sent.exclude(state=Document.State.DRAFT).order_by("-issued_on", "-id").for_listing().first()
    return {
        "contact": contact,
        "links": links.order_by("-id")[:MOST_LINKS],
        "latest": latest if latest is not None and actor.may(latest.section, Level.MANAGE) else None,
        "now": now,
    }


@access(Section.CONTACTS, Level.VIEW)
def contact_box(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.actor).present(), pk=contact_id)
    context = _box_context(request.actor, contact)
    template = "client_portal/_contact_box.html" if is_htmx(request) else "client_portal/contact_box.html"
    return render(request, template, context)


@access(Section.CONTACTS, Level.VIEW)
@require_POST
def revoke_contact_link(request: WorkspaceRequest, contact_id: UUID, link_id: UUID) -> HttpResponse:
    """Revoke one of the contact's links, and answer with the contact's card."""
    actor = request.actor
    contact = get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)
    links = PortalLink.objects.visible_to(actor).of_contact(contact).select_related("document")
    link = get_object_or_404(links, pk=link_id)
    actions.revoke_link(actor=actor, link=link, now=timezone.now())
    to = reverse("client_portal:contact_box", args=[actor.place.slug, contact.pk])
    return respond(request, "client_portal/_contact_box.html", _box_context(actor, contact), to=to)


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
    found = get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)
    content = shown_pdf(found)
    name = f"{sheets.file_name(found)}.pdf"
    return file_response(content, name=name, content_type="application/pdf", inline="inline" in request.GET)

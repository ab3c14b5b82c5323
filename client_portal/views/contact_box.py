"""The portal's card on the staff's page of a contact."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import is_htmx, respond
from client_portal import actions
from client_portal.models import PortalLink
from documents import rules
from documents.models import Contact, Document

MOST_LINKS = 20


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

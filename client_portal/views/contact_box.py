"""The portal's card on the staff's page of a contact: its links, its password, invitations."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import is_htmx, respond
from client_portal import actions
from client_portal.forms import SendingForm
from client_portal.models import PortalLink, PortalLogin, contacts_at
from client_portal.sources import may_view_as
from documents import rules
from documents.models import Contact, Document

MOST_LINKS = 20


def _contact(actor: Actor, contact_id: UUID) -> Contact:
    return get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)


def _box_context(actor: Actor, contact: Contact) -> dict[str, object]:
    """What the card shows: who enters, live links, and the latest document that can be sent."""
    now = timezone.now()
    links = PortalLink.objects.visible_to(actor).of_contact(contact).usable(now).select_related("document")
    sent = Document.objects.visible_to(actor).filter(contact=contact, kind__in=rules.PORTAL_KINDS)
    latest = sent.exclude(state=Document.State.DRAFT).order_by("-issued_on", "-id").for_listing().first()
    return {
        "contact": contact,
        "login": PortalLogin.objects.visible_to(actor).at(contact.email).first() if contact.email else None,
        "others": len(contacts_at(contact.organisation_id, contact.email)) - 1,
        "links": links.order_by("-id")[:MOST_LINKS],
        "latest": latest if latest is not None and actor.may(latest.section, Level.MANAGE) else None,
        "may_manage": actor.may(Section.CONTACTS, Level.MANAGE),
        "may_view_as": actor.user_id is not None and may_view_as(actor, contact.kind),
        "sending": uuid4(),
        "now": now,
    }


@access(Section.CONTACTS, Level.VIEW)
def contact_box(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    context = _box_context(request.actor, _contact(request.actor, contact_id))
    template = "client_portal/_contact_box.html" if is_htmx(request) else "client_portal/contact_box.html"
    return render(request, template, context)


@access(Section.CONTACTS, Level.VIEW)
@require_POST
def revoke_contact_link(request: WorkspaceRequest, contact_id: UUID, link_id: UUID) -> HttpResponse:
    """Revoke one of the contact's links, and answer with the contact's card."""
    actor = request.actor
    contact = _contact(actor, contact_id)
    links = PortalLink.objects.visible_to(actor).of_contact(contact).select_related("document")
    link = get_object_or_404(links, pk=link_id)
    actions.revoke_link(actor=actor, link=link, now=timezone.now())
    to = reverse("client_portal:contact_box", args=[actor.place.slug, contact.pk])
    return respond(request, "client_portal/_contact_box.html", _box_context(actor, contact), to=to)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def invite_contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    actor, form = request.actor, SendingForm(request.POST)
    contact = _contact(actor, contact_id)
    if not form.is_valid():
        raise Http404
    sending = form.cleaned_data["sending"] or uuid4()
    link = actions.invite_contact(actor=actor, contact=contact, now=timezone.now(), sending=sending)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": link.email})
    return redirect("documents:contact", actor.place.slug, contact.pk)


def _about_password(request: WorkspaceRequest, contact_id: UUID, act: Callable[..., object], said: str) -> HttpResponse:
    contact = _contact(request.actor, contact_id)
    act(actor=request.actor, contact=contact, now=timezone.now())
    messages.success(request, said % {"email": contact.email})
    return redirect("documents:contact", request.actor.place.slug, contact.pk)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def mail_password_link(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    said = _("A link that sets the password is on its way to %(email)s.")
    return _about_password(request, contact_id, actions.mail_password_link, said)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def reset_password(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    said = _("The password is void, and a link that sets another is on its way to %(email)s.")
    return _about_password(request, contact_id, actions.reset_password, said)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def remove_password(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    said = _("The password is removed. %(email)s enters by mailed links alone.")
    return _about_password(request, contact_id, actions.remove_password, said)

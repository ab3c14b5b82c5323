"""Staff look at the portal as one of its contacts."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Forbidden, WorkspaceRequest, access, public
from client_portal import actions
from client_portal.sources import VIEW_COOKIE, forget_cookie, may_view_as, remember_view, viewed_contact
from documents.models import Contact


@access()
@require_POST
def view_portal(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    actor = request.actor
    contact = get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)
    if actor.user_id is None or not may_view_as(actor, contact.kind):
        raise Forbidden
    actions.view_portal(actor=actor, contact=contact)
    response = redirect("client_portal:home", actor.place.slug)
    remember_view(response, actor.place.slug, user_id=actor.user_id, contact_id=contact.pk)
    return response


@public
@require_POST
def leave_view(request: HttpRequest, business: str) -> HttpResponse:
    contact_id = viewed_contact(request)
    to = ("documents:contact", business, contact_id) if contact_id else ("client_portal:home", business)
    response = redirect(*to)
    forget_cookie(response, business, VIEW_COOKIE)
    return response

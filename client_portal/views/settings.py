"""Settings > Client portal."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from client_portal import actions
from client_portal.forms import PortalSettingsForm
from client_portal.models import PortalSettings
from client_portal.views.entering import portal_at


@access(Section.SETTINGS)
def settings_portal(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    place = portal_at(actor.place.slug)
    kept = PortalSettings.objects.visible_to(actor).first() or PortalSettings()
    may_change = actor.may(Section.SETTINGS, Level.MANAGE)
    form = PortalSettingsForm(request.POST or None, kept=kept, link_hours=place.link_hours, read_only=not may_change)
    if submit(form, lambda: actions.save_portal_settings(actor=actor, changes=form.changes)):
        messages.success(request, _("Saved."))
        return redirect("client_portal:settings_portal", actor.place.slug)
    context = {"form": form, "may_change": may_change, "business": place}
    return (form_again if form.is_bound else render)(request, "client_portal/settings_portal.html", context)

"""Settings > Catalog."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from catalog import actions
from catalog.forms.settings import CatalogSettingsForm
from catalog.models.base import team_of_catalog
from catalog.models.listing import currencies_of


@access(Section.SETTINGS)
def settings_catalog(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    kept = actions.settings_of(actor.place.id)
    may_change = actor.may(Section.SETTINGS, Level.MANAGE)
    if request.method == "POST":
        actor.require(Section.SETTINGS, Level.MANAGE)
    form = CatalogSettingsForm(
        request.POST or None,
        kept=kept,
        currencies=currencies_of(actor),
        team=[(str(one.user_id), one.user.name or one.user.email) for one in team_of_catalog(actor)],
        read_only=not may_change,
    )
    if submit(form, lambda: actions.save_catalog_settings(actor=actor, changes=form.changes)):
        messages.success(request, _("Saved."))
        return redirect("catalog:settings_catalog", actor.place.slug)
    context = {"form": form, "may_change": may_change, "is_shared": kept.is_shared, "link": ""}
    return (form_again if form.is_bound else render)(request, "catalog/settings.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def share_catalog(request: WorkspaceRequest) -> HttpResponse:
    """Make a new link and show it: the one time that it can be seen."""
    actor = request.actor
    token = actions.share_catalog(actor=actor)
    link = request.build_absolute_uri(reverse("catalog:shared", args=[actor.place.slug, token]))
    response = render(request, "catalog/shared_link.html", {"link": link})
    response["Cache-Control"] = "no-store"
    return response


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def stop_sharing(request: WorkspaceRequest) -> HttpResponse:
    actions.stop_sharing(actor=request.actor)
    messages.success(request, _("The shared link leads nowhere now."))
    return redirect("catalog:settings_catalog", request.actor.place.slug)

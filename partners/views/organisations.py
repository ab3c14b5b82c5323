from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, person
from advisory_portal.core.http import form_again, submit
from partners import actions
from partners.forms import AddOrganisationForm, OrganisationForm
from partners.models import Invitation, Member, Organisation, ProfileVersion, ProgrammeApplication
from partners.views.public import LAST
from partners.views.requests import PersonRequest

SWITCHER_ROWS = 20
# Where a person begins, by the first of these sections that they may view.
FIRST_PAGES: list[tuple[Section, str, dict[str, Any]]] = [
    (Section.SALES, "documents:overview", {}),
    (Section.PURCHASES, "documents:overview", {}),
    (Section.CONTACTS, "documents:contacts", {}),
    (Section.TEAM, "partners:users", {}),
    (Section.SETTINGS, "partners:organisation_settings", {}),
]


@person
@require_GET
def organisations(request: PersonRequest) -> HttpResponse:
    rows = Organisation.objects.joined_by(request.user.actor)
    return render(request, "partners/organisations.html", {"organisations": rows})


@person
@require_GET
def switcher(request: PersonRequest) -> HttpResponse:
    rows = Organisation.objects.joined_by(request.user.actor)[:SWITCHER_ROWS]
    context = {"organisations": rows, "here": request.GET.get("here", "")}
    return render(request, "partners/_switcher.html", context)


@person
def new_organisation(request: PersonRequest) -> HttpResponse:
    form = AddOrganisationForm(request.POST or None, initial={"phone": request.user.phone})
    if form.is_valid():
        made = actions.add_organisation(actor=request.user.actor, organisation=form.organisation)
        return redirect("partners:workspace", made.slug)
    answer = form_again if form.is_bound else render
    return answer(request, "partners/new_organisation.html", {"form": form})


@access()
@require_GET
def workspace(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    request.session[LAST] = actor.place.slug
    if actor.place.kind == Organisation.Kind.FIRM:
        return firm_home(request)
    for section, view, parts in FIRST_PAGES:
        if actor.may(section, Level.VIEW):
            return redirect(reverse(view, kwargs={"organisation": actor.place.slug, **parts}))
    return render(request, "partners/nothing_yet.html")


def firm_home(request: WorkspaceRequest) -> HttpResponse:
    context = {
        "organisation": get_object_or_404(Organisation.objects.visible_to(request.actor)),
        "member_count": Member.objects.visible_to(request.actor).effective().count(),
        "waiting_count": Invitation.objects.visible_to(request.actor).waiting().count(),
        "has_joined": ProgrammeApplication.objects.visible_to(request.actor).current().exists(),
        "has_profile": ProfileVersion.objects.visible_to(request.actor).exclude(submitted_at=None).exists(),
        "has_second_factor": is_mfa_enabled(request.user),
        "may_settings": request.actor.may(Section.SETTINGS, Level.MANAGE),
        "may_team": request.actor.may(Section.TEAM, Level.MANAGE),
    }
    return render(request, "partners/firm_home.html", context)


@access(Section.SETTINGS)
def organisation_settings(request: WorkspaceRequest) -> HttpResponse:
    actor, row = request.actor, get_object_or_404(Organisation.objects.visible_to(request.actor))
    may_change = actor.may(Section.SETTINGS, Level.MANAGE)
    form = OrganisationForm(request.POST or None, organisation=row, read_only=not may_change)
    if submit(form, lambda: actions.change_organisation(actor=actor, organisation=row, details=form.details)):
        messages.success(request, _("Saved."))
        return redirect("partners:organisation_settings", actor.place.slug)
    answer = form_again if form.is_bound else render
    return answer(
        request,
        "partners/organisation_settings.html",
        {"form": form, "organisation": row, "may_change": may_change},
    )

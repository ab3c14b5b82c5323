from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.http import form_again, submit
from partners import actions
from partners.forms import RoleForm
from partners.models import Role
from partners.rules import sections_of


@access(Section.TEAM)
@require_GET
def roles(request: WorkspaceRequest) -> HttpResponse:
    rows = Role.objects.visible_to(request.actor).effective().with_use(request.actor)
    context = {
        "roles": rows.order_by("position", "name"),
        "sections": [Section(name) for name in sections_of(request.actor.place.kind)],
        "levels": list(Level),
        "may_manage": request.actor.may(Section.TEAM, Level.MANAGE),
    }
    return render(request, "partners/roles.html", context)


@access(Section.TEAM, Level.MANAGE)
def new_role(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = RoleForm(request.POST or None, sections=sections_of(actor.place.kind))
    if submit(form, lambda: actions.create_role(actor=actor, name=form.cleaned_data["name"], levels=form.levels)):
        messages.success(request, _("The role was created."))
        return redirect("partners:roles", actor.place.slug)
    answer = form_again if form.is_bound else render
    return answer(request, "partners/role.html", {"form": form, "role": None})


@access(Section.TEAM, Level.MANAGE)
def role(request: WorkspaceRequest, role_id: UUID) -> HttpResponse:
    actor = request.actor
    own = Role.objects.visible_to(actor).own().effective().with_use(actor)
    row = get_object_or_404(own, pk=role_id)
    form = RoleForm(request.POST or None, sections=sections_of(actor.place.kind), role=row)
    if submit(
        form,
        lambda: actions.change_role(actor=actor, role=row, name=form.cleaned_data["name"], levels=form.levels),
    ):
        messages.success(request, _("Saved."))
        return redirect("partners:roles", actor.place.slug)
    answer = form_again if form.is_bound else render
    return answer(request, "partners/role.html", {"form": form, "role": row})


@access(Section.TEAM, Level.MANAGE)
@require_POST
def retire_role(request: WorkspaceRequest, role_id: UUID) -> HttpResponse:
    row = get_object_or_404(Role.objects.visible_to(request.actor).own(), pk=role_id)
    actions.retire_role(actor=request.actor, role=row, now=utc_now())
    messages.success(request, _("The role “%(name)s” was withdrawn.") % {"name": row.name})
    return redirect("partners:roles", request.actor.place.slug)

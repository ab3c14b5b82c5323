"""Access to a client's account: the business gives, changes and takes it; the firm asks for it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.http import form_again, submit
from collaborations import actions
from collaborations.forms.grants import AccessRequestForm, GrantForm
from collaborations.models import Collaboration, Grant, Side
from collaborations.rows.grants import grant_facts, role_choices
from collaborations.words.agreement import AGREEMENT_VERSION, agreement_parts, agreement_text
from partners.models import Organisation, Role


def find_collaboration(request: WorkspaceRequest, conversation_id: UUID) -> Collaboration:
    """The collaboration of a conversation of the business's that stands now. Raises Http404 for others."""
    active = Collaboration.objects.visible_to(request.actor).active()
    own = active.filter(business_id=request.actor.organisation_id).select_related("firm", "conversation")
    return get_object_or_404(own, conversation_id=conversation_id)


def find_grant(collaboration: Collaboration, request: WorkspaceRequest, now: datetime) -> Grant | None:
    """What the collaboration opens now."""
    active = Grant.objects.visible_to(request.actor).active(now).select_related("role", "business", "firm")
    return active.filter(collaboration=collaboration).select_related("collaboration__conversation").first()


@access(Section.TEAM, Level.MANAGE)
def grant(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    actor, now = request.actor, utc_now()
    collaboration = find_collaboration(request, conversation_id)
    standing = find_grant(collaboration, request, now)
    roles = Role.objects.for_invitations(actor)
    form = GrantForm(
        request.POST or None,
        roles=roles,
        today=actor.today(),
        time_zone=actor.place.time_zone,
        version=AGREEMENT_VERSION,
        grant=standing,
    )

    def save() -> None:
        chosen = {"role": form.cleaned_data["role"], "ends_on": form.last_day, "actor": actor, "now": now}
        if standing is not None:
            actions.change_access(grant=standing, **chosen)
            return
        version = form.cleaned_data["agreement_version"]
        actions.grant_access(collaboration=collaboration, agreement_version=version, **chosen)

    if submit(form, save):
        messages.success(request, _("Saved. %(firm)s was told.") % {"firm": collaboration.firm.name})
        return redirect("collaborations:advisory_conversation", actor.place.slug, conversation_id)
    business = get_object_or_404(Organisation.objects.visible_to(actor).select_related("plan"))
    context = {
        "form": form,
        "collaboration": collaboration,
        "grant": grant_facts(standing, now) if standing else None,
        "roles": role_choices(roles, business.plan.sections, str(form["role"].value() or "")),
        "agreement": agreement_parts(
            standing.agreement
            if standing
            else agreement_text(actor.language, firm=collaboration.firm.name, business=actor.place.name)
        ),
    }
    answer = form_again if form.is_bound else render
    return answer(request, "collaborations/grant.html", context)


@access(Section.TEAM, Level.MANAGE)
@require_POST
def remove_access(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    collaboration = find_collaboration(request, conversation_id)
    standing = find_grant(collaboration, request, utc_now())
    if standing is not None:
        actions.remove_access(actor=request.actor, grant=standing, now=utc_now())
        messages.success(request, _("%(firm)s has no access any more.") % {"firm": collaboration.firm.name})
    return redirect("collaborations:advisory_conversation", request.actor.place.slug, conversation_id)


def find_working(request: WorkspaceRequest, conversation_id: UUID) -> Collaboration | None:
    """The collaboration of a conversation that stands now; None in the business, which grants. Raises Http404."""
    seen = Collaboration.objects.visible_to(request.actor).active()
    rows = seen.select_related("business", "firm", "conversation")
    found = get_object_or_404(rows, conversation_id=conversation_id)
    return found if request.actor.place.kind == Side.FIRM else None


@access()
@require_POST
def send_steps(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    collaboration = find_working(request, conversation_id)
    if collaboration is None:
        return redirect("collaborations:grant", request.actor.place.slug, conversation_id)
    actions.send_steps(actor=request.actor, collaboration=collaboration, now=utc_now())
    messages.success(request, _("%(client)s was sent the steps.") % {"client": collaboration.business.name})
    return redirect("collaborations:request", request.actor.place.slug, conversation_id)


@access()
def request_access(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    actor = request.actor
    collaboration = find_working(request, conversation_id)
    if collaboration is None:
        return redirect("collaborations:grant", request.actor.place.slug, conversation_id)
    form = AccessRequestForm(request.POST or None)

    def ask() -> None:
        reason = form.cleaned_data["reason"]
        actions.request_access(actor=actor, collaboration=collaboration, reason=reason, now=utc_now())

    if submit(form, ask):
        messages.success(request, _("%(client)s was asked for access.") % {"client": collaboration.business.name})
        return redirect("collaborations:request", actor.place.slug, conversation_id)
    answer = form_again if form.is_bound else render
    return answer(request, "collaborations/request_access.html", {"form": form, "collaboration": collaboration})


@access(Section.TEAM, Level.MANAGE)
@require_GET
def role_firms(request: WorkspaceRequest, role_id: UUID) -> HttpResponse:
    """The firms that have access by one of the business's own roles, for the page where it can be withdrawn."""
    actor = request.actor
    role = get_object_or_404(Role.objects.visible_to(actor).own(), pk=role_id)
    grants = Grant.objects.visible_to(actor).active(utc_now()).filter(role=role, business_id=actor.place.id)
    names = list(grants.order_by("firm__name", "id").values_list("firm__name", flat=True))
    return render(request, "collaborations/_role_firms.html", {"firms": names})

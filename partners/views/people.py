from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.http import form_again, submit
from partners import actions
from partners.forms import GiveRoleForm, InviteForm
from partners.models import Invitation, Member, Role


@access(Section.TEAM)
@require_GET
def users(request: WorkspaceRequest) -> HttpResponse:
    actor, now = request.actor, utc_now()
    members = Member.objects.visible_to(actor).present().select_related("user", "role")
    waiting = Invitation.objects.visible_to(actor).waiting().select_related("role").order_by("email")
    context = {
        "members": members.order_by("role__position", "user__name", "pk"),
        "invitations": [(invitation, invitation.is_open(now)) for invitation in waiting],
        "may_manage": actor.may(Section.TEAM, Level.MANAGE),
    }
    return render(request, "partners/users.html", context)


@access(Section.TEAM, Level.MANAGE)
def invite(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = InviteForm(request.POST or None, roles=Role.objects.for_invitations(actor))

    def send() -> None:
        sent = actions.invite(
            actor=actor, emails=form.cleaned_data["emails"], role=form.cleaned_data["role"], now=utc_now()
        )
        text = ngettext("%(count)s invitation sent.", "%(count)s invitations sent.", len(sent))
        messages.success(request, text % {"count": len(sent)})

    if submit(form, send):
        return redirect("partners:users", actor.place.slug)
    answer = form_again if form.is_bound else render
    return answer(request, "partners/invite.html", {"form": form})


@access(Section.TEAM, Level.MANAGE)
@require_GET
def member(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    members = Member.objects.visible_to(request.actor).present().select_related("user", "role")
    row = get_object_or_404(members, pk=member_id)
    form = GiveRoleForm(roles=Role.objects.to_give(request.actor), initial={"role": row.role_id})
    may_change = request.actor.role == "owner" or not row.is_owner
    return render(request, "partners/member.html", {"member": row, "form": form, "may_change": may_change})


@access(Section.TEAM, Level.MANAGE)
@require_POST
def give_role(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    actor = request.actor
    member = get_object_or_404(Member.objects.visible_to(actor).present(), pk=member_id)
    form = GiveRoleForm(request.POST, roles=Role.objects.visible_to(actor).effective())
    if not form.is_valid():
        raise Refused(_("This role does not exist any more. Choose another."))
    actions.give_role(actor=actor, member=member, role=form.cleaned_data["role"])
    messages.success(request, _("Saved."))
    return redirect("partners:users", actor.place.slug)


@access(Section.TEAM, Level.MANAGE)
@require_POST
def remove_member(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=member_id)
    actions.remove_member(actor=request.actor, member=member, now=utc_now())
    messages.success(request, _("%(name)s was removed.") % {"name": member.user})
    if member.user_id == request.actor.user_id:
        return redirect("partners:home")
    return redirect("partners:users", request.actor.place.slug)


@access()
@require_POST
def leave(request: WorkspaceRequest) -> HttpResponse:
    actions.leave_organisation(actor=request.actor, now=utc_now())
    messages.success(request, _("You have left %(name)s.") % {"name": request.actor.place.name})
    return redirect("partners:home")


@access(Section.TEAM, Level.MANAGE)
@require_POST
def resend(request: WorkspaceRequest, invitation_id: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.actor), pk=invitation_id)
    if actions.resend_invitation(actor=request.actor, invitation=invitation, now=utc_now()):
        messages.success(request, _("A new invitation was sent to %(email)s.") % {"email": invitation.email})
    else:
        messages.info(request, _("An invitation was sent just now. Wait a minute before sending another."))
    return redirect("partners:users", request.actor.place.slug)


@access(Section.TEAM, Level.MANAGE)
@require_POST
def revoke(request: WorkspaceRequest, invitation_id: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.actor), pk=invitation_id)
    actions.revoke_invitation(actor=request.actor, invitation=invitation, now=utc_now())
    messages.success(request, _("The invitation of %(email)s was revoked.") % {"email": invitation.email})
    return redirect("partners:users", request.actor.place.slug)

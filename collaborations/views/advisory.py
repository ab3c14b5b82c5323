"""My advisory: the firms that a business talks to, and what it asks of them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, business, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.http import form_again, submit
from collaborations import actions
from collaborations.forms.messages import FirstMessageForm, MessageForm, ReasonForm, RequestForm
from collaborations.kpis import pending_of
from collaborations.models import Conversation, Question
from collaborations.rows.conversations import list_context
from collaborations.rows.endings import lost_with, still_open
from collaborations.rules.grants import granted_levels
from collaborations.views.threads import (
    address_of,
    found_collaboration,
    found_conversation,
    may_write,
    standing_access,
    thread_context,
)
from partners.models import Listing


@business(Section.TEAM)
@require_GET
def my_advisory(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "collaborations/my_advisory.html", list_context(request.actor, request.GET, utc_now()))


@business(Section.TEAM)
@require_GET
def conversation(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    context = thread_context(request, conversation_id, MessageForm.fresh())
    return render(request, "collaborations/conversation.html", context)


@business(Section.TEAM, Level.MANAGE)
def write_to_firm(request: WorkspaceRequest, firm: str) -> HttpResponse:
    """The first message to a firm of the marketplace; later ones are written in the conversation."""
    actor = request.actor
    listing = get_object_or_404(Listing.objects.visible_to(actor).select_related("organisation"), slug=firm)
    there = Conversation.objects.visible_to(actor).filter(firm=listing.organisation).first()
    if there is not None:
        return redirect(address_of(actor, there.pk))
    form = FirstMessageForm(request.POST, request.FILES) if request.method == "POST" else FirstMessageForm.fresh()
    if form.is_bound and submit(
        form,
        lambda: actions.write_to_firm(actor=actor, firm=listing.organisation, now=utc_now(), **form.values()),
    ):
        made = get_object_or_404(Conversation.objects.visible_to(actor), firm=listing.organisation)
        messages.success(request, _("Your message is sent to %(name)s.") % {"name": listing.display_name})
        return redirect(address_of(actor, made.pk))
    context = {"form": form, "firm": listing, "may_write": may_write(actor)}
    return (form_again if form.is_bound else render)(request, "collaborations/write_to_firm.html", context)


@business(Section.TEAM, Level.MANAGE)
@require_POST
def ask(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    actor = request.actor
    found = found_conversation(actor, conversation_id)
    form = RequestForm(request.POST)
    if not submit(
        form,
        lambda: actions.ask_to_collaborate(
            actor=actor, conversation=found, text=form.cleaned_data["text"], now=utc_now()
        ),
    ):
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    messages.success(request, _("%(name)s is told, and answers here.") % {"name": found.firm.name})
    return redirect(address_of(actor, found.pk))


@business(Section.TEAM, Level.MANAGE)
@require_POST
def withdraw(request: WorkspaceRequest, collaboration_id: UUID) -> HttpResponse:
    collaboration = found_collaboration(request.actor, collaboration_id)
    actions.withdraw_request(actor=request.actor, collaboration=collaboration, now=utc_now())
    messages.success(request, _("Your request is withdrawn."))
    return redirect(address_of(request.actor, collaboration.conversation_id))


@business(Section.TEAM, Level.MANAGE)
def end(request: WorkspaceRequest, collaboration_id: UUID) -> HttpResponse:
    """What is lost and what is still open, and the confirmation; the firm has its own on the client's page."""
    actor, now = request.actor, utc_now()
    collaboration = found_collaboration(actor, collaboration_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and submit(
        form,
        lambda: actions.end_collaboration(
            actor=actor, collaboration=collaboration, reason=form.cleaned_data["reason"], now=now
        ),
    ):
        messages.success(request, _("The collaboration has ended. All access is gone."))
        return redirect(address_of(actor, collaboration.conversation_id))
    access = standing_access(actor, collaboration)
    levels = granted_levels(access.role.levels, access.business.plan.sections) if access else {}
    asked = Question.objects.visible_to(actor).filter(firm=collaboration.firm).exclude(state=Question.State.SETTLED)
    context = {
        "collaboration": collaboration,
        "form": form,
        "lost": lost_with(collaboration, access),
        "open": still_open(pending_of(collaboration.business_id, levels, now), asked.count()),
        "back": address_of(actor, collaboration.conversation_id),
    }
    return (form_again if form.is_bound else render)(request, "collaborations/end.html", context)

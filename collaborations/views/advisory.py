"""My advisory: the firms that a business talks to, and what it asks of them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.http import form_again, submit
from collaborations import actions
from collaborations.forms.messages import MessageForm, RequestForm
from collaborations.models import Conversation
from collaborations.rows.conversations import list_context
from collaborations.views.threads import (
    address_of,
    for_businesses,
    found_collaboration,
    found_conversation,
    may_write,
    thread_context,
)
from partners.models import Listing


@access(Section.TEAM)
@require_GET
@for_businesses
def my_advisory(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "collaborations/my_advisory.html", list_context(request.actor, request.GET, utc_now()))


@access(Section.TEAM)
@require_GET
@for_businesses
def conversation(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    found = found_conversation(request.actor, conversation_id)
    return render(request, "collaborations/conversation.html", thread_context(request, found, MessageForm.fresh()))


@access(Section.TEAM, Level.MANAGE)
@for_businesses
def write_to_firm(request: WorkspaceRequest, firm: str) -> HttpResponse:
    """The first message to a firm of the marketplace; later ones are written in the conversation."""
    actor = request.actor
    listing = get_object_or_404(Listing.objects.visible_to(actor).select_related("organisation"), slug=firm)
    there = Conversation.objects.visible_to(actor).filter(firm=listing.organisation).first()
    if there is not None:
        return redirect(address_of(actor, there.pk))
    form = MessageForm(request.POST, request.FILES) if request.method == "POST" else MessageForm.fresh()
    if form.is_bound and submit(
        form,
        lambda: actions.write_to_firm(actor=actor, firm=listing.organisation, now=utc_now(), **form.values()),
    ):
        made = get_object_or_404(Conversation.objects.visible_to(actor), firm=listing.organisation)
        messages.success(request, _("Your message is sent to %(name)s.") % {"name": listing.display_name})
        return redirect(address_of(actor, made.pk))
    context = {"form": form, "firm": listing, "may_write": may_write(actor)}
    return (form_again if form.is_bound else render)(request, "collaborations/write_to_firm.html", context)


@access(Section.TEAM, Level.MANAGE)
@require_POST
@for_businesses
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


@access(Section.TEAM, Level.MANAGE)
@require_POST
@for_businesses
def withdraw(request: WorkspaceRequest, collaboration_id: UUID) -> HttpResponse:
    collaboration = found_collaboration(request.actor, collaboration_id)
    actions.withdraw_request(actor=request.actor, collaboration=collaboration, now=utc_now())
    messages.success(request, _("Your request is withdrawn."))
    return redirect(address_of(request.actor, collaboration.conversation_id))

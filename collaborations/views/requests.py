"""The firm's requests: who wrote, who asks, and the answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, firm, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.http import submit
from collaborations import actions
from collaborations.forms.messages import MessageForm, ReasonForm
from collaborations.models.base import LEADING
from collaborations.rows.conversations import list_context
from collaborations.views.threads import (
    address_of,
    found_collaboration,
    found_conversation,
    thread_context,
)


@firm()
@require_GET
def requests(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "collaborations/requests.html", list_context(request.actor, request.GET, utc_now()))


@firm()
@require_GET
def request_page(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    context = thread_context(request, conversation_id, MessageForm.fresh())
    return render(request, "collaborations/conversation.html", context)


@firm(*LEADING)
@require_POST
def accept(request: WorkspaceRequest, collaboration_id: UUID) -> HttpResponse:
    collaboration = found_collaboration(request.actor, collaboration_id)
    actions.accept_collaboration(actor=request.actor, collaboration=collaboration, now=utc_now())
    messages.success(request, _("You work for %(name)s now.") % {"name": collaboration.business.name})
    return redirect(address_of(request.actor, collaboration.conversation_id))


@firm(*LEADING)
@require_POST
def decline(request: WorkspaceRequest, collaboration_id: UUID) -> HttpResponse:
    actor = request.actor
    collaboration = found_collaboration(actor, collaboration_id)
    form = ReasonForm(request.POST)
    if not submit(
        form,
        lambda: actions.decline_collaboration(
            actor=actor, collaboration=collaboration, reason=form.cleaned_data["reason"], now=utc_now()
        ),
    ):
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    messages.success(request, _("The request is declined. You find the conversation under Archived."))
    return redirect("collaborations:requests", actor.place.slug)


@firm(*LEADING)
@require_POST
def block(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    conversation = found_conversation(request.actor, conversation_id)
    actions.block(actor=request.actor, conversation=conversation, now=utc_now())
    messages.success(request, _("%(name)s can no longer write to you or ask.") % {"name": conversation.business.name})
    return redirect(address_of(request.actor, conversation.pk))


@firm(*LEADING)
@require_POST
def unblock(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    conversation = found_conversation(request.actor, conversation_id)
    actions.unblock(actor=request.actor, conversation=conversation)
    messages.success(request, _("%(name)s can write to you again.") % {"name": conversation.business.name})
    return redirect(address_of(request.actor, conversation.pk))

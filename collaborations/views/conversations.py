"""What both sides do in their conversation: write, read, fetch files, put away, end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, is_htmx, submit
from collaborations import actions
from collaborations.forms.messages import MessageForm, ReasonForm
from collaborations.models import MessageAttachment, Side
from collaborations.views.threads import (
    address_of,
    found_collaboration,
    found_conversation,
    number_in,
    page_of_thread,
    seen_by,
    thread_context,
)


@access(Section.TEAM)
@require_POST
def write(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    actor = request.actor
    conversation = found_conversation(actor, conversation_id)
    form = MessageForm(request.POST, request.FILES)
    if submit(
        form,
        lambda: actions.write_message(actor=actor, conversation=conversation, now=utc_now(), **form.values()),
    ):
        if not is_htmx(request):
            return redirect(address_of(actor, conversation.pk) + "#latest")
        context = {"form": MessageForm.fresh(), "conversation": conversation, "is_sent": True}
        answer = render(request, "collaborations/_composer.html", context)
        answer["HX-Trigger"] = "written"  # the thread fetches its news
        return answer
    if is_htmx(request):
        context = {"form": form, "conversation": conversation, "is_sent": False}
        return render(request, "collaborations/_composer.html", context, status=422)
    return form_again(request, "collaborations/conversation.html", thread_context(request, conversation, form))


@access(Section.TEAM)
@require_GET
def news(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    """What was written since; 204 for nothing, which changes nothing on the page."""
    actor = request.actor
    conversation = found_conversation(actor, conversation_id)
    after = number_in(request.GET.get("after", ""))
    if conversation.firm_count + conversation.business_count <= after:
        return HttpResponse(status=204)
    context = thread_context(request, conversation, MessageForm.fresh())
    side = Side(actor.place.kind)
    seen = seen_by(actor, conversation, side)
    context["lines"] = page_of_thread(actor, conversation, side, seen=seen, after=after)
    return render(request, "collaborations/_news.html", context)


@access(Section.TEAM)
@require_POST
def mark_read(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    actor = request.actor
    conversation = found_conversation(actor, conversation_id)
    seen = number_in(request.POST.get("seen", ""))
    actions.mark_read(actor=actor, conversation=conversation, seen=seen, now=utc_now())
    return HttpResponse(status=204) if is_htmx(request) else redirect(address_of(actor, conversation.pk))


@access(Section.TEAM)
@require_POST
def archive(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    conversation = found_conversation(request.actor, conversation_id)
    actions.archive(actor=request.actor, conversation=conversation, now=utc_now())
    messages.success(request, _("Archived. The next message brings it back."))
    return redirect(address_of(request.actor, conversation.pk))


@access(Section.TEAM)
@require_POST
def unarchive(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    conversation = found_conversation(request.actor, conversation_id)
    actions.unarchive(actor=request.actor, conversation=conversation)
    return redirect(address_of(request.actor, conversation.pk))


@access(Section.TEAM)
@require_GET
def sent_file(request: WorkspaceRequest, sent_file_id: UUID) -> HttpResponse:
    rows = MessageAttachment.objects.visible_to(request.actor).select_related("file", "firm", "business")
    found = get_object_or_404(rows, pk=sent_file_id)
    content = actions.download_sent_file(actor=request.actor, attachment=found)
    return file_response(content, name=found.file.name, content_type=found.file.content_type)


@access(Section.TEAM)
def end(request: WorkspaceRequest, collaboration_id: UUID) -> HttpResponse:
    """What is lost, and the confirmation."""
    actor = request.actor
    collaboration = found_collaboration(actor, collaboration_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and submit(
        form,
        lambda: actions.end_collaboration(
            actor=actor, collaboration=collaboration, reason=form.cleaned_data["reason"], now=utc_now()
        ),
    ):
        messages.success(request, _("The collaboration has ended. All access is gone."))
        return redirect(address_of(actor, collaboration.conversation_id))
    side = Side(actor.place.kind)
    context = {"collaboration": collaboration, "form": form, "other": collaboration.party(side.other), "side": side}
    answer = form_again if form.is_bound else render
    return answer(
        request, "collaborations/end.html", context | {"back": address_of(actor, collaboration.conversation_id)}
    )

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
from collaborations.forms.messages import MessageForm
from collaborations.models import MessageAttachment
from collaborations.views.threads import (
    address_of,
    found_conversation,
    number_in,
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
    return form_again(request, "collaborations/conversation.html", thread_context(request, conversation.pk, form))


@access(Section.TEAM)
@require_GET
def news(request: WorkspaceRequest, conversation_id: UUID) -> HttpResponse:
    """What was written since, and who has read; 204 where that is as the page has it."""
    after, read = number_in(request.GET.get("after", "")), number_in(request.GET.get("read", ""))
    context = thread_context(request, conversation_id, MessageForm.fresh(), after=after)
    if context["last_number"] <= after and len(context["read_by"]) == read:
        return HttpResponse(status=204)
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
